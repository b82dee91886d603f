export * from "./delta";
export * from "./proof";
export * from "./report/markdown";
export * from "./report/matrix";
export * from "./report/summary";
export * from "./rules";
