import type { Environment } from "../environments";
import { partitionOf, resourceName } from "../core";

/** Names in AWS that one stack gives and another spells out, instead of reading an output. */

/** The topic that a region's alarms go to. */
export function alarmTopicName({ name }: Environment): string {
  return `${name}-alarms`;
}

/** The ARN of {@link alarmTopicName} in a region. */
export function alarmTopicArn(environment: Environment, region: string): string {
  return `arn:${partitionOf(region)}:sns:${region}:${environment.account}:${alarmTopicName(environment)}`;
}

/** The alarm on the certificate of a region. */
export function certificateAlarmName({ name }: Environment): string {
  return `${name}-certificate-expiry`;
}

/** The alarm on the certificate of a region's private services. */
export function privateCertificateAlarmName({ name }: Environment): string {
  return `${name}-private-certificate-expiry`;
}

/** The topic of the alarms on CloudFront's certificate. */
export function cloudfrontAlarmTopicName({ name }: Environment): string {
  return `${name}-cloudfront-alarms`;
}

/** The alarm on the certificate of CloudFront. Another name than in the regions, one of which may be us-east-1. */
export function cloudfrontCertificateAlarmName({ name }: Environment): string {
  return `${name}-cloudfront-certificate-expiry`;
}

/** The topic of the alarms on health checks and signatures, in us-east-1. Another name than those of other stacks there. */
export function dnsAlarmTopicName({ name }: Environment): string {
  return `${name}-dns-alarms`;
}

/** The parameter that says in each region where the routing controls are, and the endpoints that flip them. */
export function routingControlsParameterName({ name }: Pick<Environment, "name">): string {
  return `/meridian/${name}/routing-controls`;
}

/** The role that may flip the routing controls. */
export function evacuationRoleName({ name }: Environment): string {
  return `${name}-meridian-evacuate`;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
const tableNameLimit = 255;

/** A table, the same in every region. */
export function tableName({ name }: Environment, table: string): string {
  return resourceName(tableNameLimit, name, table);
}

/** The name that App Runner gives a service in the region. */
export type AppRunnerOutput = `app_runner_${string}_domain_name`;

/** The output that holds the name that App Runner gives a service. */
export function appRunnerOutput(service: string): AppRunnerOutput {
  return `app_runner_${outputWord(service)}_domain_name`;
}

/** The part of an output's name that stands for a service. */
export function outputWord(service: string): string {
  return service.replaceAll("-", "_");
}
