/**
 * A tree of alias records as data: the nearest continent by latency, and within each a primary and a
 * standby region. When both regions of a continent are unhealthy, Route 53 backs out of that branch,
 * since every alias evaluates the health of what it leads to.
 */
import { App } from "cdktf";

import { DnsRouting, HostedZone } from "../../index";
import { serverIn } from "../support/servers";
import { RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "routing-alias-tree", "eu-west-1");
const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });

new DnsRouting(stack, "Web", {
  zone,
  recordName: "web.example.com",
  endpoints: {
    "eu-west-1": serverIn("eu-west-1", "192.0.2.10"),
    "eu-central-1": serverIn("eu-central-1", "192.0.2.20"),
    "us-east-1": serverIn("us-east-1", "198.51.100.10"),
    "us-west-2": serverIn("us-west-2", "198.51.100.20"),
  },
  policy: {
    kind: "latency",
    branches: {
      europe: {
        region: "eu-west-1",
        to: { kind: "failover", primary: "eu-west-1", secondary: "eu-central-1" },
      },
      america: {
        region: "us-east-1",
        to: { kind: "failover", primary: "us-east-1", secondary: "us-west-2" },
      },
    },
  },
});

app.synth();
