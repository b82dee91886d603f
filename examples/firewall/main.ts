/**
 * One block list for all layers: IP sets and a web ACL, and denials of the network ACL for what fits
 * there. The day is given, not read from a clock, so that the same input makes the same plan.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";

import {
  activeCidrBlocks,
  blockedCidrBlockLimit,
  Firewall,
  Network,
  networkAclDenies,
  parseBlockList,
} from "../../index";
import { account, RegionStack } from "../support/stack";

const file = join(__dirname, "blocklist.txt");
const blockList = activeCidrBlocks(parseBlockList(readFileSync(file, "utf8"), file), "2026-11-20");

const app = new App();
const stack = new RegionStack(app, "firewall", "eu-west-1");
new Network(stack, "Network", {
  name: "example-firewall",
  region: stack.region,
  ipv4CidrBlock: "10.0.0.0/16",
  zones: ["eu-west-1a", "eu-west-1b"],
  natGateways: "none",
  blockedIpv4CidrBlocks: networkAclDenies(blockList, blockedCidrBlockLimit).ipv4CidrBlocks,
});
// Put it in front of something: firewall.associate("LoadBalancer", loadBalancer.loadBalancerArn).
new Firewall(stack, "Firewall", {
  name: "example-firewall",
  account,
  region: stack.region,
  scope: "REGIONAL",
  allowList: ["192.0.2.0/24"],
  blockList,
  blockedCountries: ["KP"],
  rateLimits: [
    { name: "logins", limit: 100, scopeDown: { kind: "path", position: "starts-with", value: "/login" } },
  ],
  managedRuleGroups: [
    { name: "AWSManagedRulesCommonRuleSet" },
    // Counted for a week before it blocks.
    { name: "AWSManagedRulesSQLiRuleSet", mode: "count" },
  ],
  customResponses: { rateLimits: { statusCode: 429, body: "Too many requests" } },
});

app.synth();
