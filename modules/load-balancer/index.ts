export * from "./load-balancer";
export * from "./load-balancer-props";
