import { type PrivateHostedZoneProps, PrivateHostedZone, ZoneAssociation } from "../../../modules/dns";
import { emptyStack, refusal, resourceAt } from "../../support/synth";
import { resolve } from "./resolve";

const required: PrivateHostedZoneProps = {
  name: "example.internal",
  network: { region: "eu-west-1", vpcId: "vpc-1" },
};

function stackWith(props: Partial<PrivateHostedZoneProps> = {}) {
  const stack = emptyStack();
  const zone = new PrivateHostedZone(stack, "Zone", { ...required, ...props });
  return { stack, zone };
}

const refuse = (props: Partial<PrivateHostedZoneProps>): string => refusal(() => stackWith(props));

const networks = (count: number): PrivateHostedZoneProps["otherNetworks"] =>
  Object.fromEntries(
    Array.from({ length: count }, (_, number) => [
      `n${number}`,
      { region: "eu-west-1", vpcId: `vpc-n${number}` },
    ]),
  );

describe("PrivateHostedZone", () => {
  it("answers one network and is protected by default", () => {
    const { stack, zone } = stackWith();

    expect(resourceAt(stack, "aws_route53_zone")).toEqual({
      name: "example.internal",
      comment: "",
      force_destroy: false,
      vpc: [{ vpc_id: "vpc-1", vpc_region: "eu-west-1" }],
      lifecycle: { ignore_changes: ["vpc"], prevent_destroy: true },
    });
    expect(zone.zoneName).toBe("example.internal");
    expect(resolve(stack, zone.hostedZoneId)).toBe("${aws_route53_zone.Zone_A5DE4B68.zone_id}");
  });

  it("can be destroyed with its records where protection is off", () => {
    const { stack } = stackWith({ deletionProtection: false, comment: "Trial" });

    expect(resourceAt(stack, "aws_route53_zone")).toMatchObject({
      comment: "Trial",
      force_destroy: true,
      lifecycle: { ignore_changes: ["vpc"] },
    });
  });

  it("answers further networks and lets other accounts join", () => {
    const { stack } = stackWith({
      otherNetworks: { "eu-central-1": { region: "eu-central-1", vpcId: "vpc-2" } },
      authorizedNetworks: { partner: { region: "us-east-1", vpcId: "vpc-3" } },
    });

    expect(resourceAt(stack, "aws_route53_zone_association", "Zone/Networks/eu-central-1/Resource")).toEqual({
      zone_id: "${aws_route53_zone.Zone_A5DE4B68.zone_id}",
      vpc_id: "vpc-2",
      vpc_region: "eu-central-1",
    });
    expect(resourceAt(stack, "aws_route53_vpc_association_authorization", "Zone/Authorized/partner")).toEqual(
      {
        zone_id: "${aws_route53_zone.Zone_A5DE4B68.zone_id}",
        vpc_id: "vpc-3",
        vpc_region: "us-east-1",
      },
    );
  });

  it("refuses a name that is none and a long comment", () => {
    expect(refuse({ name: "internal.", comment: "x".repeat(257) })).toBe(
      [
        "test/Zone: 'name' must be a domain name in lower case without a trailing dot, got \"internal.\"; " +
          'write it like "example.internal"',
        `test/Zone: 'comment' must be at most 256 characters long, got "${"x".repeat(257)}"; shorten it`,
      ].join("\n"),
    );
  });

  it("refuses a network that is listed twice", () => {
    const first = { region: "eu-west-1", vpcId: "vpc-1" };
    const second = { region: "eu-west-1", vpcId: "vpc-2" };

    expect(refuse({ otherNetworks: { first, second, third: second } })).toBe(
      "test/Zone: 'otherNetworks' must name each network once, and not the one of 'network', " +
        'got ["first","third"]; remove the repetition',
    );
  });

  it("refuses more networks than a zone answers", () => {
    expect(refuse({ otherNetworks: networks(300) })).toBe(
      "test/Zone: 'otherNetworks' must hold fewer than 300 networks, got 300; " +
        "share the zone through a Route 53 profile instead",
    );
    expect(refuse({ authorizedNetworks: networks(1001) })).toBe(
      "test/Zone: 'authorizedNetworks' must hold at most 1000 networks, got 1001; " +
        "remove authorizations whose association stands: it stays without them",
    );
  });
});

describe("ZoneAssociation", () => {
  it("lets a network ask a zone of another stack", () => {
    const stack = emptyStack();

    new ZoneAssociation(stack, "Join", {
      zone: { hostedZoneId: "Z1", zoneName: "example.internal" },
      network: { region: "eu-west-1", vpcId: "vpc-1" },
    });

    expect(resourceAt(stack, "aws_route53_zone_association")).toEqual({
      zone_id: "Z1",
      vpc_id: "vpc-1",
      vpc_region: "eu-west-1",
    });
  });
});
