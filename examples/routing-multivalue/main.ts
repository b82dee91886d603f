/**
 * Multivalue routing: up to eight healthy addresses in one answer, of which clients try another when
 * one does not work. Addresses only: Route 53 takes no aliases here, and the module refuses them.
 */
import { App } from "cdktf";

import { DnsRouting, HostedZone } from "../../index";
import { serverIn } from "../support/servers";
import { RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "routing-multivalue", "eu-west-1");
const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });

new DnsRouting(stack, "Web", {
  zone,
  recordName: "web.example.com",
  endpoints: {
    one: serverIn("eu-west-1", "192.0.2.10"),
    two: serverIn("eu-west-1", "192.0.2.20"),
    three: serverIn("eu-central-1", "198.51.100.10"),
  },
  policy: { kind: "multivalue" },
});

app.synth();
