export * from "./capacity";
export * from "./global-table";
export * from "./keys";
export * from "./table-access";
