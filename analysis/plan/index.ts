export * from "./summary";
export type * from "./terraform-plan";
