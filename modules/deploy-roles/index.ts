export * from "./deploy-roles";
export { linkedRoleServices } from "./runner-policy";
