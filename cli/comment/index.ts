export * from "./comment-command";
export * from "./forge";
export * from "./post-report";
export * from "./target";
