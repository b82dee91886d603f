/**
 * Names across networks: a private zone for this one, addresses that the office asks for it, and the
 * office's own domain asked in turn. The rule is shared with another account of the organisation. What the network's machines
 * may not look up is denied.
 */
import { App, TerraformOutput } from "cdktf";

import {
  DnsFirewall,
  ForwardingRule,
  InboundEndpoint,
  Network,
  OutboundEndpoint,
  PrivateHostedZone,
  ResolverQueryLog,
  RuleShare,
  SystemRule,
} from "../../index";
import { account, RegionStack } from "../support/stack";

const office = { network: "192.168.0.0/16", nameServers: ["192.168.0.10", "192.168.0.11"] };
const app = new App();
const stack = new RegionStack(app, "resolver", "eu-west-1");
const { region } = stack;

const network = new Network(stack, "Network", {
  name: "example-resolver",
  region,
  ipv4CidrBlock: "10.0.0.0/16",
  zones: [`${region}a`, `${region}b`],
  natGateways: "none",
});
new PrivateHostedZone(stack, "Zone", { name: "cloud.example.com", network, deletionProtection: false });

const inbound = new InboundEndpoint(stack, "Inbound", {
  name: "example-inbound",
  network,
  clientCidrBlocks: [office.network],
});
new TerraformOutput(stack, "ask-these", { value: inbound.ipAddresses });

const endpoint = new OutboundEndpoint(stack, "Outbound", {
  name: "example-outbound",
  network,
  serverCidrBlocks: [office.network],
});
const corporate = new ForwardingRule(stack, "Corporate", {
  name: "corporate",
  domainName: "example.com",
  endpoint,
  servers: office.nameServers,
  networks: { example: network },
});
// The zone above is below the office's domain: its names are not asked in the office.
new SystemRule(stack, "Cloud", {
  name: "cloud",
  domainName: "cloud.example.com",
  networks: { example: network },
});
new RuleShare(stack, "Share", { name: "example-rules", rules: { corporate }, principals: ["444455556666"] });
// Names of the office stay open; protection is left out here, so that the example goes as it came.
new DnsFirewall(stack, "DnsFirewall", {
  name: "example",
  allow: { office: { domains: ["example.com", "*.example.com"] } },
  block: { callbacks: { domains: ["interact.sh", "*.interact.sh"] } },
  networks: { example: network },
  mutationProtection: false,
});
new ResolverQueryLog(stack, "Queries", { name: "example", account, region, networks: { example: network } });

app.synth();
