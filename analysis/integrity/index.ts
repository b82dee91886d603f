export * from "./integrity";
