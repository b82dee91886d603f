export * from "./comment-command";
export * from "./forge";
export * from "./forge-contract";
export * from "./post-report";
export * from "./target";
