/**
 * Every way to tell health, on one name: probes over HTTPS, HTTP and TCP, text that an answer must
 * hold, M of N others, a CloudWatch alarm for what the internet cannot reach, and the inverted switch.
 */
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { App } from "cdktf";

import { allOf, DnsRouting, HostedZone, type HealthCheckDefinition, type IDnsTarget } from "../../index";
import { timing } from "../support/servers";
import { RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "health-checks", "eu-west-1");
const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });

const threshold = 1;
// The servers of a private subnet report that they are alive; silence counts as death.
const alarm = new CloudwatchMetricAlarm(stack, "Alive", {
  alarmName: "example-alive",
  namespace: "Example",
  metricName: "Alive",
  statistic: "Sum",
  comparisonOperator: "LessThanThreshold",
  threshold,
  period: 60,
  evaluationPeriods: 1,
});
const alive: HealthCheckDefinition = {
  kind: "alarm",
  alarmName: alarm.alarmName,
  alarmRegion: stack.region, // where the metric is, whatever the region that is checked
  insufficientDataHealthStatus: "Unhealthy",
  triggers: { threshold: String(threshold) }, // Route 53 keeps a copy of the alarm's settings
};

const fullyQualifiedDomainName = "web.eu-west-1.example.com";
const target = (address: string): IDnsTarget => ({
  region: "eu-west-1",
  value: { kind: "values", values: [address], ttlSeconds: 60 },
});

new DnsRouting(stack, "Web", {
  zone,
  recordName: "web.example.com",
  endpoints: {
    primary: {
      target: target("192.0.2.10"),
      // Two of three probes have to be good, so that one odd port takes nobody out. What has to be good as
      // well would be one more probe: Route 53 counts no calculated check in another.
      healthCheck: {
        kind: "calculated",
        healthyThreshold: 2,
        children: {
          pages: {
            kind: "https",
            fullyQualifiedDomainName,
            path: "/health",
            searchString: "ready",
            timing,
          },
          redirect: { kind: "http", fullyQualifiedDomainName, path: "/", timing },
          database: { kind: "tcp", fullyQualifiedDomainName, port: 5432, timing },
        },
      },
    },
    standby: {
      target: target("192.0.2.20"),
      healthCheck: allOf({
        alive,
        // It is taken out for maintenance by putting this page up.
        maintenance: {
          kind: "https",
          fullyQualifiedDomainName: "switch.example.com",
          path: "/maintenance",
          inverted: true,
          timing,
        },
      }),
    },
  },
  policy: { kind: "failover", primary: "primary", secondary: "standby" },
});

app.synth();
