/**
 * IP-based routing: the network that a user's resolver is in decides, such as the office or a provider
 * with a line of its own. Who is in no location of the collection gets `*`, which is required.
 */
import { App } from "cdktf";

import { CidrCollection, DnsRouting, HostedZone } from "../../index";
import { serverIn } from "../support/servers";
import { RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "routing-ip-based", "eu-west-1");
const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });
const collection = new CidrCollection(stack, "Networks", {
  name: "example-networks",
  locations: { office: ["203.0.113.0/24", "2001:db8::/48"] },
});

new DnsRouting(stack, "Web", {
  zone,
  recordName: "web.example.com",
  endpoints: {
    "eu-west-1": serverIn("eu-west-1", "192.0.2.10"),
    "eu-central-1": serverIn("eu-central-1", "198.51.100.10"),
  },
  policy: {
    kind: "ip-based",
    collection,
    branches: {
      office: { to: "eu-central-1" },
      everyone: { location: "*", to: "eu-west-1" },
    },
  },
});

app.synth();
