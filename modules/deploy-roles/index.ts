export * from "./deploy-roles";
export * from "./deploy-roles-props";
export { linkedRoleServices } from "./runner-policy";
