import { NetworkAcl } from "@cdktf/provider-aws/lib/network-acl";
import { NetworkAclAssociation } from "@cdktf/provider-aws/lib/network-acl-association";
import { NetworkAclRule, type NetworkAclRuleConfig } from "@cdktf/provider-aws/lib/network-acl-rule";
import { Construct } from "constructs";
import type { SubnetTier } from "../../core";
import {
  acceleratorRules,
  type AllowRule,
  allowRules,
  denyRuleNumbers,
  ipv6AllowRules,
} from "./network-acl-rules";
import type { NetworkTier } from "./network-tier";

/** What a {@link TierAcl} is made of. */
export interface TierAclProps {
  /** Prefix of the `Name` tag. */
  readonly name: string;
  /** The tier whose traffic is filtered. */
  readonly tier: SubnetTier;
  /** The VPC's id. */
  readonly vpcId: string;
  /** The VPC's IPv4 block. */
  readonly vpcCidrBlock: string;
  /**
   * The VPC's IPv6 block.
   *
   * @default - nothing is let through over IPv6
   */
  readonly vpcIpv6CidrBlock?: string;
  /** The tier's subnets. */
  readonly subnets: NetworkTier;
  /** Whether Global Accelerator reaches load balancers in the tier, which is the private one. */
  readonly hasAcceleratorEndpoints: boolean;
  /** IPv4 and IPv6 blocks that are denied in both directions. */
  readonly blockedCidrBlocks: readonly string[];
}

/** The block that a rule is about, of either family. */
type Peer = Pick<NetworkAclRuleConfig, "cidrBlock" | "ipv6CidrBlock">;

/**
 * The network ACL of one tier: denies first, then the tier's allows.
 *
 * Rules and associations are resources of their own, keyed by purpose, block and zone, so that a
 * change of one leaves the others alone.
 */
export class TierAcl extends Construct {
  /** The network ACL, for settings that this module does not model. */
  public readonly resource: NetworkAcl;

  public constructor(scope: Construct, id: string, props: TierAclProps) {
    super(scope, id);
    this.resource = new NetworkAcl(this, "Resource", {
      vpcId: props.vpcId,
      tags: { Name: `${props.name}-${props.tier}` },
    });
    for (const [cidrBlock, ruleNumber] of denyRuleNumbers(props.blockedCidrBlocks)) {
      this.deny(cidrBlock, ruleNumber);
    }
    const more = props.hasAcceleratorEndpoints ? acceleratorRules : [];
    for (const rule of [...allowRules[props.tier], ...more]) {
      this.allow(rule, { cidrBlock: rule.peer === "vpc" ? props.vpcCidrBlock : "0.0.0.0/0" });
    }
    if (props.vpcIpv6CidrBlock !== undefined) {
      for (const rule of ipv6AllowRules[props.tier]) {
        this.allow(rule, { ipv6CidrBlock: rule.peer === "vpc" ? props.vpcIpv6CidrBlock : "::/0" });
      }
    }
    for (const { zone, subnet } of props.subnets.places) {
      new NetworkAclAssociation(this, zone, { networkAclId: this.resource.id, subnetId: subnet.id });
    }
  }

  private deny(cidrBlock: string, ruleNumber: number): void {
    const blocked = new Construct(this, `Blocked-${cidrBlock}`);
    for (const [direction, egress] of Object.entries({ Inbound: false, Outbound: true })) {
      new NetworkAclRule(blocked, direction, {
        networkAclId: this.resource.id,
        egress,
        ruleNumber,
        ruleAction: "deny",
        protocol: "-1",
        ...(cidrBlock.includes(":") ? { ipv6CidrBlock: cidrBlock } : { cidrBlock }),
      });
    }
  }

  private allow(rule: AllowRule, peer: Peer): void {
    new NetworkAclRule(this, rule.purpose, {
      networkAclId: this.resource.id,
      egress: rule.egress,
      ruleNumber: rule.ruleNumber,
      ruleAction: "allow",
      protocol: rule.protocol,
      ...peer,
      fromPort: rule.ports?.[0],
      toPort: rule.ports?.[1],
      icmpType: rule.icmp?.[0],
      icmpCode: rule.icmp?.[1],
    });
  }
}
