import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";

import type { Environment } from "../../environments";
import { AlarmTopic } from "../../modules/alarm-topic";
import { nameLimits, partitionOf, pascalCase, resourceName, type IHostedZone } from "../../core";
import { HealthCheckAlarm, ZoneSigningAlarms } from "../../modules/dns";
import { dnsAlarmTopicName } from "../physical-names";

/** Where Route 53 publishes all of its metrics. */
const route53MetricsRegion = "us-east-1";

/** What the alarms of an environment's names watch. */
export interface DnsAlarmsProps {
  readonly environment: Environment;
  /** The zone of the services. */
  readonly zone: IHostedZone;
  /** Ids of the health checks by endpoint, such as a region, by service. */
  readonly healthCheckIds: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The provider of a region; asked only where there are alarms. */
  readonly providerIn: (region: string) => TerraformProvider | undefined;
}

/**
 * Notifies the environment's addresses when Route 53 leads users away from a region and when it leads them
 * back, and when the zone's signatures are in danger. Nothing where nobody is to be notified.
 */
export function addDnsAlarms(scope: Construct, props: DnsAlarmsProps): void {
  const { environment, zone, healthCheckIds } = props;
  const { name, account, alarms, domain, homeRegion } = environment;
  // Elsewhere Route 53 is another service, with metrics in a region of that partition.
  if (alarms.emails.length === 0 || partitionOf(homeRegion) !== "aws") {
    return;
  }
  const provider = props.providerIn(route53MetricsRegion);
  const topic = new AlarmTopic(scope, "DnsAlarmTopic", {
    topicName: dnsAlarmTopicName(environment),
    account,
    region: route53MetricsRegion,
    emails: alarms.emails,
    provider,
  });
  for (const [service, ids] of healthCheckIds) {
    for (const [endpoint, healthCheckId] of Object.entries(ids)) {
      new HealthCheckAlarm(scope, `Health-${pascalCase(service)}-${endpoint}`, {
        healthCheckId,
        alarmName: resourceName(nameLimits.alarm, name, service, endpoint, "health"),
        alarmDescription: describe(service, endpoint),
        topics: [topic],
        provider,
      });
    }
  }
  if (domain.dnssec) {
    new ZoneSigningAlarms(scope, "SigningAlarms", {
      zone,
      alarmNamePrefix: resourceName(signingPrefixLimit, name, "dnssec"),
      topics: [topic],
      provider,
    });
  }
}

const signingPrefixLimit = 64;

function describe(service: string, endpoint: string): string {
  return endpoint === "accelerator"
    ? `Route 53 routes users of ${service} past the accelerator, to the regions: nothing answers behind it, or one of its regions was taken out`
    : `Route 53 routes users of ${service} away from ${endpoint}: the service does not answer there, its certificate is about to expire, or the region was taken out`;
}
