/**
 * Geoproximity routing: everyone gets the branch that is nearest on the map. A bias above 0 lets a
 * branch reach further, here to take load off Ireland; a place may be a point that is no region.
 */
import { App } from "cdktf";

import { DnsRouting, HostedZone } from "../../index";
import { serverIn } from "../support/servers";
import { RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "routing-geoproximity", "eu-west-1");
const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });

new DnsRouting(stack, "Web", {
  zone,
  recordName: "web.example.com",
  endpoints: {
    "eu-west-1": serverIn("eu-west-1", "192.0.2.10"),
    "eu-central-1": serverIn("eu-central-1", "198.51.100.10"),
    oslo: serverIn("eu-north-1", "203.0.113.10"),
  },
  policy: {
    kind: "geoproximity",
    branches: {
      "eu-west-1": {},
      "eu-central-1": { bias: 25 },
      oslo: { place: { latitude: 59.91, longitude: 10.75 } },
    },
  },
});

app.synth();
