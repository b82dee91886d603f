export * from "./capacity";
export * from "./global-table";
export * from "./global-table-props";
export * from "./keys";
export * from "./table-access";
export * from "./table-permissions";
