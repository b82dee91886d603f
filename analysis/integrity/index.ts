export * from "./agreement";
export * from "./integrity";
