import { GatewayUnderTest } from "../../support/cloud";

const association = "subnet-cidr-assoc-1";
const subnet = (state: string): string =>
  `<item><subnetId>subnet-1</subnetId><associationId>${association}</associationId><state>${state}</state></item>`;

describe("the stand-in of subnets", () => {
  let cloud: GatewayUnderTest;

  beforeEach(async () => {
    cloud = await GatewayUnderTest.start({ text: subnet("{'State': 'associated'}") });
  });
  afterEach(() => {
    cloud.stop();
  });

  const ask = async (Action: string, parameters: Record<string, string> = {}): Promise<string> =>
    (await cloud.query("ec2", { Action, Version: "2016-11-15", ...parameters })).text;
  const byAssociation = {
    "Filter.1.Name": "ipv6-cidr-block-association.association-id",
    "Filter.1.Value.1": association,
  };

  it.each(["CreateSubnet", "DescribeSubnets"])("names the state of an IPv6 block in %s", async (action) => {
    expect(await ask(action)).toBe(subnet("associated"));
  });

  it("finds the subnet of an IPv6 block by the association of the two", async () => {
    await ask("AssociateSubnetCidrBlock", { SubnetId: "subnet-1", Ipv6CidrBlock: "2001:db8::/64" });

    expect(await ask("DescribeSubnets", byAssociation)).toBe(subnet("associated"));
    expect(cloud.received.at(-1)?.body).toBe("Action=DescribeSubnets&Version=2016-11-15&SubnetId.1=subnet-1");
  });

  it("finds no subnet by an association that nobody made", async () => {
    expect(await ask("DescribeSubnets", byAssociation)).toContain("<subnetSet></subnetSet>");
    expect(cloud.received).toEqual([]);
  });

  it("leaves other filters to moto", async () => {
    await ask("DescribeSubnets", { "Filter.1.Name": "vpc-id", "Filter.1.Value.1": "vpc-1" });

    expect(cloud.received.at(-1)?.body).toContain("vpc-1");
  });
});
