export * from "./role-permissions";
export * from "./security-group-egress";
export * from "./validation";
