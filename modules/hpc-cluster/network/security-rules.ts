import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";

/** Ports of a rule; `all` is every protocol and port. */
export type Ports = "all" | { readonly from: number; readonly to: number };

/** The other side of a rule: a security group, a block of addresses, or a prefix list. */
export type Peer =
  | { readonly securityGroupId: string }
  | { readonly ipv6CidrBlock: string }
  | { readonly ipv4CidrBlock: string }
  | { readonly prefixListId: string };

/** What one rule of a security group allows. */
export interface TrafficRuleProps {
  /** The group that the rule belongs to. */
  readonly securityGroupId: string;
  /** Where traffic comes from, or goes to. */
  readonly peer: Peer;
  /** Which ports. */
  readonly ports: Ports;
  /** Why, for whoever reads the group in the console. */
  readonly description: string;
}

/**
 * Traffic into a security group, as a rule of its own, so that no two places fight over one list.
 *
 * **Creates** one ingress rule.
 */
export class TrafficFrom extends Construct {
  /** The rule, for settings that this construct does not model. */
  public readonly resource: VpcSecurityGroupIngressRule;

  public constructor(scope: Construct, id: string, props: TrafficRuleProps) {
    super(scope, id);
    this.resource = new VpcSecurityGroupIngressRule(this, "Resource", ruleOf(props));
  }
}

/**
 * Traffic out of a security group.
 *
 * **Creates** one egress rule.
 */
export class TrafficTo extends Construct {
  /** The rule, for settings that this construct does not model. */
  public readonly resource: VpcSecurityGroupEgressRule;

  public constructor(scope: Construct, id: string, props: TrafficRuleProps) {
    super(scope, id);
    this.resource = new VpcSecurityGroupEgressRule(this, "Resource", ruleOf(props));
  }
}

/** The peer that a file's `AllowedIps` names. */
export function peerOf(allowed: string): Peer {
  return allowed.startsWith("pl-") ? { prefixListId: allowed } : { ipv4CidrBlock: allowed };
}

function ruleOf({ securityGroupId, peer, ports, description }: TrafficRuleProps) {
  return {
    securityGroupId,
    description,
    ...("securityGroupId" in peer ? { referencedSecurityGroupId: peer.securityGroupId } : {}),
    ...("ipv4CidrBlock" in peer ? { cidrIpv4: peer.ipv4CidrBlock } : {}),
    ...("ipv6CidrBlock" in peer ? { cidrIpv6: peer.ipv6CidrBlock } : {}),
    ...("prefixListId" in peer ? { prefixListId: peer.prefixListId } : {}),
    ...(ports === "all"
      ? { ipProtocol: "-1" }
      : { ipProtocol: "tcp", fromPort: ports.from, toPort: ports.to }),
  };
}
