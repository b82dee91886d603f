export { AppRunnerService, type AppRunnerProbe, type AppRunnerServiceProps } from "./app-runner-service";
export { appRunnerHostedZoneIds } from "./hosted-zones";
export type { AppRunnerCustomDomain } from "./custom-domain";
export type { AppRunnerPrivateIngress } from "./private-ingress";
export type { AppRunnerAlarmThresholds } from "./service-alarms";
export type { AppRunnerAutoScaling, AppRunnerHealthCheck } from "./service-settings";
export type { AppRunnerRuntime, AppRunnerSource } from "./service-source";
