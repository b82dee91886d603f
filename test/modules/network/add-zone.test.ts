import { Network, type NatGatewayMode } from "../../../modules/network";
import { emptyStack, synthesize } from "../../support/synth";

/** Every resource of a network by address, as Terraform reads it. */
function resourcesWith(natGateways: NatGatewayMode, zones: string[]): Record<string, unknown> {
  const stack = emptyStack();
  new Network(stack, "Network", {
    name: "prod",
    region: "eu-west-1",
    ipv4CidrBlock: "10.0.0.0/16",
    zones,
    natGateways,
    blockedIpv4CidrBlocks: ["203.0.113.0/24"],
  });
  return Object.fromEntries(
    Object.entries(synthesize(stack).resource ?? {}).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([id, block]) => [`${type}.${id}`, block]),
    ),
  );
}

describe("Adding a zone", () => {
  it.each<[NatGatewayMode, string[], string]>([
    ["one-per-zone", ["eu-west-1a", "eu-west-1b"], "eu-west-1c"],
    ["one-per-zone", ["eu-west-1b", "eu-west-1c"], "eu-west-1a"],
    ["single", ["eu-west-1b", "eu-west-1c"], "eu-west-1a"],
    ["none", ["eu-west-1a", "eu-west-1c"], "eu-west-1b"],
  ])("leaves every resource as it was, with NAT %s and %j plus %s", (natGateways, zones, added) => {
    const before = resourcesWith(natGateways, zones);

    const after = resourcesWith(natGateways, [...zones, added]);

    expect(after).toMatchObject(before);
    expect(Object.fromEntries(Object.keys(before).map((address) => [address, after[address]]))).toEqual(
      before,
    );
    const isNew = (address: string) => !(address in before);
    expect(
      Object.keys(after)
        .filter(isNew)
        .every((address) => address.includes(added)),
    ).toBe(true);
  });
});
