export type { AlarmThresholds } from "./deployment-alarms";
export type { Capacity } from "./capacity";
export * from "./fargate-cluster";
export * from "./fargate-service";
export type { ServiceHealthCheck } from "./health-check";
export type { ScalingOptions, ScheduledCapacity } from "./service-scaling";
export type { StepChange, StepScaling } from "./step-scaling";
export type { Sidecar } from "./task-definition";
export type { ListenerRuleOptions } from "./service-ingress";
