import type { INetwork } from "../../../core";

/** An existing network elsewhere, in two zones unless said otherwise. */
export function network(...letters: readonly string[]): INetwork {
  const zones = letters.length === 0 ? ["a", "b"] : letters;
  return {
    region: "eu-west-1",
    vpcId: "vpc-1",
    vpcCidrBlock: "10.0.0.0/16",
    zones: zones.map((letter) => `eu-west-1${letter}`),
    subnetIds: (tier) => zones.map((letter) => `subnet-${tier}-${letter}`),
  };
}
