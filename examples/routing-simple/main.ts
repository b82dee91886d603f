/** Simple routing: one name, one place. Everyone gets the same answer, and no health is asked for. */
import { App } from "cdktf";

import { DnsRouting, HostedZone } from "../../index";
import { RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "routing-simple", "eu-west-1");
const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });

new DnsRouting(stack, "Web", {
  zone,
  recordName: "web.example.com",
  endpoints: {
    "eu-west-1": {
      target: { region: "eu-west-1", value: { kind: "values", values: ["192.0.2.10"], ttlSeconds: 300 } },
    },
  },
  policy: { kind: "simple" },
});

app.synth();
