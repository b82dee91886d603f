/**
 * A switch for each region: a cluster of Application Recovery Controller whose routing controls lead users
 * away while no control plane can be reached, with alarms that say when a region leaves. The cluster is
 * charged by the hour.
 */
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { App } from "cdktf";

import {
  AlarmTopic,
  allOf,
  DnsRouting,
  EvacuationRole,
  HealthCheckAlarm,
  HostedZone,
  RoutingControls,
  ZoneSigning,
  ZoneSigningAlarms,
  ZoneSigningKey,
} from "../../index";
import { serverIn, timing } from "../support/servers";
import { account, RegionStack } from "../support/stack";

const app = new App();
// Where Route 53 publishes the status of health checks, and so where their alarms stand.
const stack = new RegionStack(app, "routing-controls", "us-east-1");
const zone = new HostedZone(stack, "Zone", { name: "switched.example.com", deletionProtection: false });
const servers = { "eu-west-1": "192.0.2.10", "eu-central-1": "192.0.2.20" };

const controls = new RoutingControls(stack, "Controls", {
  name: "example",
  regions: Object.keys(servers),
  deletionProtection: false,
});
// Keep a copy wherever it can be read while a region is dark.
const parameter = new SsmParameter(stack, "Where", {
  name: "/example/routing-controls",
  type: "String",
  value: controls.document,
});
new EvacuationRole(stack, "Role", {
  name: "example-evacuate",
  account,
  region: stack.region,
  controlArns: Object.values(controls.controlArns),
  parameterName: parameter.name,
});

const { healthCheckIds } = new DnsRouting(stack, "Web", {
  zone,
  recordName: "web.switched.example.com",
  endpoints: Object.fromEntries(
    Object.entries(servers).map(([region, address]) => [
      region,
      {
        ...serverIn(region, address),
        healthCheck: allOf({
          answers: {
            kind: "https",
            fullyQualifiedDomainName: `web.${region}.switched.example.com`,
            path: "/health",
            timing,
          },
          // Turn the controls on before this is applied: a new one is off, and its region would be out.
          control: { kind: "routing-control", routingControlArn: controls.controlArns[region] ?? "" },
        }),
      },
    ]),
  ),
  policy: { kind: "latency", branches: { "eu-west-1": {}, "eu-central-1": {} } },
});

const topic = new AlarmTopic(stack, "Topic", {
  topicName: "example-dns",
  account,
  region: stack.region,
  emails: ["oncall@example.com"],
});
for (const [region, healthCheckId] of Object.entries(healthCheckIds)) {
  new HealthCheckAlarm(stack, `Health-${region}`, {
    healthCheckId,
    alarmName: `example-web-${region}`,
    alarmDescription: `Users of web are routed away from ${region}`,
    topics: [topic],
  });
}

const { keyArn } = new ZoneSigningKey(stack, "Key", { account, deletionProtection: false });
new ZoneSigning(stack, "Signing", { zone, keyArn });
new ZoneSigningAlarms(stack, "SigningAlarms", {
  zone,
  alarmNamePrefix: "example-dnssec",
  topics: [topic],
});

app.synth();
