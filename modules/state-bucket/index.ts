export * from "./replicated-bucket-copy";
export * from "./state-bucket";
