export * from "./approvals";
export * from "./gates";
