export * from "./diff";
export * from "./synthesized-stack";
