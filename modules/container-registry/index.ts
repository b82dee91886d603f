export * from "./image-repository";
export * from "./lifecycle-rule";
export * from "./registry-replication";
