/**
 * Latency routing: everyone gets the region that answers fastest, of those that are healthy. The
 * records can be left to their default, one a region; `rtoSeconds` refuses checks that are too slow.
 */
import { App } from "cdktf";

import { DnsRouting, HostedZone } from "../../index";
import { serverIn } from "../support/servers";
import { RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "routing-latency", "eu-west-1");
const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });

new DnsRouting(stack, "Web", {
  zone,
  recordName: "web.example.com",
  endpoints: {
    "eu-west-1": serverIn("eu-west-1", "192.0.2.10"),
    "us-east-1": serverIn("us-east-1", "198.51.100.10"),
    "ap-southeast-2": serverIn("ap-southeast-2", "203.0.113.10"),
  },
  policy: { kind: "latency" },
  rtoSeconds: 156,
});

app.synth();
