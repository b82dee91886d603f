export * from "./cidr";
export * from "./contracts";
export * from "./fargate-sizes";
export * from "./naming";
export * from "./recovery";
export * from "./regions";
export * from "./tags";
export * from "./validation";
