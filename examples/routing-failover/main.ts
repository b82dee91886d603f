/**
 * Failover routing: one region serves, and the others wait. With more than one standby the secondary
 * side is the nearest of them by latency, which the module makes of the endpoints by itself.
 */
import { App } from "cdktf";

import { DnsRouting, HostedZone } from "../../index";
import { serverIn } from "../support/servers";
import { RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "routing-failover", "eu-west-1");
const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });

new DnsRouting(stack, "Web", {
  zone,
  recordName: "web.example.com",
  endpoints: {
    "eu-west-1": serverIn("eu-west-1", "192.0.2.10"),
    "eu-central-1": serverIn("eu-central-1", "198.51.100.10"),
    "us-east-1": serverIn("us-east-1", "203.0.113.10"),
  },
  policy: { kind: "failover", primary: "eu-west-1" },
});

app.synth();
