export * from "./deploy-roles";
