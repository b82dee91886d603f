export * from "./image-repository";
export * from "./lifecycle-rule";
export * from "./pull-through-cache";
export * from "./registry-account-setting";
export * from "./registry-policy";
export * from "./registry-replication";
export * from "./registry-scanning";
export * from "./repository-template";
