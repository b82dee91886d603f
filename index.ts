/** The modules of Meridian, for use in other repositories. */
export * from "./modules/alarm-topic";
export * from "./modules/app-runner";
export * from "./modules/container-registry";
export * from "./modules/core";
export * from "./modules/deploy-roles";
export * from "./modules/distribution";
export * from "./modules/dns";
export * from "./modules/ecs-express";
export * from "./modules/fargate-service";
export * from "./modules/firewall";
export * from "./modules/global-accelerator";
export * from "./modules/global-table";
export * from "./modules/hpc-cluster";
export * from "./modules/load-balancer";
export * from "./modules/network";
export * from "./modules/resolver";
export * from "./modules/state-bucket";
