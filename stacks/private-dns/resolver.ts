import type { Construct } from "constructs";

import type { Environment } from "../../environments";
import { pascalCase, type INetwork } from "../../core";
import { ForwardingRule, InboundEndpoint, OutboundEndpoint, RuleShare } from "../../modules/resolver";

/** What a region's network and the networks beyond it ask each other. Each region asks for itself. */
export function addResolver(scope: Construct, { name, privateDns }: Environment, network: INetwork): void {
  if (privateDns === undefined) {
    return;
  }
  const { clientCidrBlocks, forward } = privateDns;
  if (clientCidrBlocks.length > 0) {
    new InboundEndpoint(scope, "InboundResolver", { name, network, clientCidrBlocks });
  }
  const rules = Object.entries(forward);
  if (rules.length === 0) {
    return;
  }
  const servers = new Set(rules.flatMap(([, rule]) => rule.servers));
  const endpoint = new OutboundEndpoint(scope, "OutboundResolver", {
    name,
    network,
    serverCidrBlocks: [...servers].sort().map((server) => `${server}/32`),
  });
  for (const [domainName, { servers: asked, sharedWith }] of rules) {
    const id = pascalCase(domainName);
    const ruleName = `${name}-${domainName.replaceAll(".", "-")}`;
    const rule = new ForwardingRule(scope, `Forward-${id}`, {
      name: ruleName,
      domainName,
      endpoint,
      servers: asked,
      networks: { main: network },
    });
    if (sharedWith.length > 0) {
      new RuleShare(scope, `Share-${id}`, { name: ruleName, rules: { main: rule }, principals: sharedWith });
    }
  }
}
