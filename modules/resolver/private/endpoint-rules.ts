import { type INetwork, type SubnetTier, isIpv4CidrBlock } from "../../../core";
import type { ValidationRule } from "../../parts";
import { nameExpected, namePattern } from "./names";

/** What both kinds of endpoint are made of. */
export interface EndpointProps {
  /** The endpoint's name, and the prefix of its security group's. */
  readonly name: string;
  /** The network that it stands in, in two zones or more. */
  readonly network: Pick<INetwork, "region" | "vpcId" | "zones" | "subnetIds">;
  /** The tier of its subnets. */
  readonly tier?: SubnetTier;
}

/** An endpoint holds two addresses at least and six at most; here it has one a zone. */
export const addressLimits = { minimum: 2, maximum: 6 };

/** What is wrong with either kind of endpoint. */
export const endpointRules: readonly ValidationRule<EndpointProps>[] = [
  {
    property: "name",
    isValid: (props) => namePattern.test(props.name),
    expected: nameExpected,
    remedy: "shorten it or leave other characters out",
  },
  {
    property: "network",
    isValid: ({ network }) => network.zones.length >= addressLimits.minimum,
    expected: `be in ${addressLimits.minimum} zones or more`,
    got: ({ network }) => network.zones,
    remedy: "add a zone, so that names resolve when one fails",
  },
  {
    property: "network",
    isValid: ({ network }) => network.zones.length <= addressLimits.maximum,
    expected: `be in at most ${addressLimits.maximum} zones`,
    got: ({ network }) => network.zones,
    remedy: "pass a network of fewer zones; the others ask across",
  },
];

/** What is wrong with the blocks at the other end, whatever the property is called. */
export function blockRules<Props extends object>(
  property: Extract<keyof Props, string>,
  blocksOf: (props: Props) => readonly string[],
): readonly ValidationRule<Props>[] {
  const invalid = (props: Props): readonly string[] => blocksOf(props).filter((block) => !isNamed(block));
  return [
    {
      property,
      isValid: (props) => blocksOf(props).length > 0,
      expected: "hold at least one block",
      remedy: "name the networks at the other end",
    },
    {
      property,
      isValid: (props) => invalid(props).length === 0,
      expected: "hold IPv4 blocks without host bits, none of them the whole internet",
      got: invalid,
      remedy: 'write each like "10.0.0.0/8"',
    },
    {
      property,
      isValid: (props) => new Set(blocksOf(props)).size === blocksOf(props).length,
      expected: "name each block once",
      remedy: "remove the repetition",
    },
  ];
}

function isNamed(block: string): boolean {
  return isIpv4CidrBlock(block) && !block.endsWith("/0");
}
