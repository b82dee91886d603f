import { Wafv2IpSet } from "@cdktf/provider-aws/lib/wafv2-ip-set";
import { Construct } from "constructs";

import { nameLimits, resourceName } from "../../core";
import { coveringSet } from "./covering-set";
import { type IpVersion, parseAddressBlock } from "./private/address-block";
import { anyOf, capacityOf, chunksOf, type MeasuredStatement } from "./private/statement";

/**
 * Addresses that an IP set holds at most.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
 */
export const addressesPerIpSet = 10_000;

/** One IP set of a list. */
export interface IpSetPlan {
  /** Version of its addresses. */
  readonly version: IpVersion;
  /** Its number among the sets of this version, from 1. */
  readonly number: number;
  /** Its blocks. */
  readonly addresses: readonly string[];
}

/**
 * The IP sets that hold a list: as many of each version as its blocks need, and one of each at
 * least, so that the first IPv6 address changes a set and not the rules.
 *
 * The same list makes the same sets, whatever the scope and the region.
 */
export function planIpSets(cidrBlocks: readonly string[]): readonly IpSetPlan[] {
  const covering = coveringSet(cidrBlocks).cidrBlocks;
  return ([4, 6] as const).flatMap((version) => {
    const ofVersion = covering.filter((cidrBlock) => parseAddressBlock(cidrBlock)?.version === version);
    const chunks = ofVersion.length === 0 ? [[]] : chunksOf(ofVersion, addressesPerIpSet);
    return chunks.map((addresses, index) => ({ version, number: index + 1, addresses }));
  });
}

/** What {@link IpSets} are made of. */
export interface IpSetsProps {
  /** Name of the firewall and of the list. */
  readonly name: string;
  /** What the list is for. */
  readonly description: string;
  /** Where the web ACL stands. */
  readonly scope: "REGIONAL" | "CLOUDFRONT";
  /** The sets to make. */
  readonly plan: readonly IpSetPlan[];
}

/** The IP sets of one list. */
export class IpSets extends Construct {
  /** The sets of the provider, for settings that this module does not model. */
  public readonly resource: readonly Wafv2IpSet[];

  public constructor(scope: Construct, id: string, props: IpSetsProps) {
    super(scope, id);
    this.resource = props.plan.map(
      ({ version, number, addresses }) =>
        new Wafv2IpSet(this, `Ipv${version}-${number}`, {
          name: resourceName(nameLimits.webAcl, props.name, `ipv${version}`, String(number)),
          description: props.description,
          scope: props.scope,
          ipAddressVersion: `IPV${version}`,
          addresses: [...addresses],
          // A set that is no longer needed goes only after the web ACL has let go of it; AWS refuses the other order.
          lifecycle: { createBeforeDestroy: true },
        }),
    );
  }

  /** The statement that matches any of the list's addresses. */
  public get statement(): MeasuredStatement {
    return matchIpSets(this.resource.map((ipSet) => ipSet.arn));
  }
}

/** The statement that matches the addresses of some IP sets. */
export function matchIpSets(arns: readonly string[]): MeasuredStatement {
  return anyOf(
    arns.map((arn) => ({
      statement: { ip_set_reference_statement: { arn } },
      capacityUnits: capacityOf.ipSet,
    })),
  );
}
