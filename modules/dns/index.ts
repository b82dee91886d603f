export * from "./certificate";
export * from "./cidr-collection";
export * from "./health-check";
export * from "./hosted-zone";
export * from "./regional-record";
export * from "./routing";
export * from "./routing-policy";
