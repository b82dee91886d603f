export { account, Context, MotoRefusal } from "./context";
export * from "./input";
export * from "./json-service";
export * from "./query-service";
export * from "./rest-service";
export * from "./store";
export type { StandIn } from "../stand-in";
