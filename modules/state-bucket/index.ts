export * from "./replicated-bucket-copy";
export * from "./state-access-log";
export * from "./state-bucket";
