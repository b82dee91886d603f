export * from "./comment-command";
export * from "./forge";
export * from "./forge-contract";
export * from "./kept-issue";
export * from "./mark";
export * from "./post-preflight";
export * from "./post-report";
export * from "./target";
