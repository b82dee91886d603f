export * from "./schema/environment";
