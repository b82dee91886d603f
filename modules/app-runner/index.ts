export { AppRunnerService, type AppRunnerProbe } from "./app-runner-service";
export { type AppRunnerServiceProps } from "./app-runner-service-props";
export { appRunnerHostedZoneIds } from "./hosted-zones";
export type { AppRunnerCustomDomain } from "./custom-domain";
export type { AppRunnerPrivateIngress } from "./private-ingress";
export type { AppRunnerAlarmThresholds } from "./service-alarms";
export type { AppRunnerAutoScaling, AppRunnerHealthCheck } from "./service-settings";
export type { AppRunnerRuntime, AppRunnerSource } from "./service-source";
