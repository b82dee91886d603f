/**
 * Geolocation routing: where users are decides, not what is near. The smallest place wins; Route 53
 * knows no place for some addresses, so a default is required, and its absence is refused.
 */
import { App } from "cdktf";

import { DnsRouting, HostedZone } from "../../index";
import { serverIn } from "../support/servers";
import { RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "routing-geolocation", "eu-west-1");
const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });

new DnsRouting(stack, "Web", {
  zone,
  recordName: "web.example.com",
  endpoints: {
    "eu-central-1": serverIn("eu-central-1", "192.0.2.10"),
    "us-west-2": serverIn("us-west-2", "198.51.100.10"),
    "us-east-1": serverIn("us-east-1", "203.0.113.10"),
  },
  policy: {
    kind: "geolocation",
    branches: {
      europe: { location: { continent: "EU" }, to: "eu-central-1" },
      california: { location: { country: "US", subdivision: "CA" }, to: "us-west-2" },
      everyone: { location: "default", to: "us-east-1" },
    },
  },
});

app.synth();
