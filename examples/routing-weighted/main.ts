/**
 * Weighted routing: nine of ten answers lead to the old servers, one to the new. To shift, change the
 * two weights and deploy; a weight of 0 takes a branch out, and so does a failed health check.
 */
import { App } from "cdktf";

import { DnsRouting, HostedZone } from "../../index";
import { serverIn } from "../support/servers";
import { RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "routing-weighted", "eu-west-1");
const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });

new DnsRouting(stack, "Web", {
  zone,
  recordName: "web.example.com",
  endpoints: { old: serverIn("eu-west-1", "192.0.2.10"), new: serverIn("eu-west-1", "192.0.2.20") },
  policy: { kind: "weighted", branches: { old: { weight: 90 }, new: { weight: 10 } } },
});

app.synth();
