import { type HostedZoneProps, HostedZone } from "../../../modules/dns";
import { dataOf, emptyStack, refusal, resourceAt } from "../../support/synth";
import { resolve } from "./resolve";

function stackWith(props: Partial<HostedZoneProps> = {}) {
  const stack = emptyStack();
  const zone = new HostedZone(stack, "Zone", { name: "example.com", ...props });
  return { stack, zone };
}

describe("HostedZone", () => {
  it("is public and protected by default", () => {
    const { stack, zone } = stackWith();

    expect(resourceAt(stack, "aws_route53_zone")).toEqual({
      name: "example.com",
      comment: "",
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
    expect(zone.zoneName).toBe("example.com");
    expect(resolve(stack, zone.hostedZoneId)).toBe("${aws_route53_zone.Zone_A5DE4B68.zone_id}");
    expect(resolve(stack, zone.hostedZoneArn)).toBe("${aws_route53_zone.Zone_A5DE4B68.arn}");
    expect(resolve(stack, zone.nameServers)).toBe("${aws_route53_zone.Zone_A5DE4B68.name_servers}");
  });

  it("can be destroyed with its records where protection is off", () => {
    const { stack } = stackWith({ deletionProtection: false, comment: "Trial" });

    expect(resourceAt(stack, "aws_route53_zone")).toEqual({
      name: "example.com",
      comment: "Trial",
      force_destroy: true,
    });
  });

  it("answers by the name servers of a delegation set", () => {
    expect(
      resourceAt(stackWith({ delegationSetId: "N1PA6795SAMPLE" }).stack, "aws_route53_zone"),
    ).toMatchObject({ delegation_set_id: "N1PA6795SAMPLE" });
  });

  it("refuses a delegation set that is named by its path", () => {
    expect(refusal(() => stackWith({ delegationSetId: "/delegationset/N1PA6795SAMPLE" }))).toBe(
      "test/Zone: 'delegationSetId' must be the id of a reusable delegation set, " +
        'got "/delegationset/N1PA6795SAMPLE"; write it like "N1PA6795SAMPLE", without "/delegationset/" before it',
    );
  });

  it("represents a known zone", () => {
    const zone = HostedZone.fromHostedZoneAttributes({ hostedZoneId: "Z1", zoneName: "example.com" });

    expect(zone).toEqual({ hostedZoneId: "Z1", zoneName: "example.com" });
  });

  it("looks up a public zone by name", () => {
    const stack = emptyStack();

    const zone = HostedZone.fromLookup(stack, "Zone", { name: "example.com" });

    expect(zone.zoneName).toBe("example.com");
    expect(resolve(stack, zone.hostedZoneId)).toBe("${data.aws_route53_zone.Zone.zone_id}");
    expect(dataOf(stack, "aws_route53_zone")).toEqual({
      Zone: { name: "example.com", private_zone: false },
    });
  });

  it("looks up a private zone where asked", () => {
    const stack = emptyStack();

    HostedZone.fromLookup(stack, "Zone", { name: "example.internal", privateZone: true });

    expect(dataOf(stack, "aws_route53_zone")).toEqual({
      Zone: { name: "example.internal", private_zone: true },
    });
  });

  it("refuses a name with a trailing dot and a long comment", () => {
    expect(refusal(() => stackWith({ name: "Example.com.", comment: "x".repeat(257) }))).toBe(
      [
        "test/Zone: 'name' must be a domain name in lower case without a trailing dot, got \"Example.com.\"; " +
          'write it like "example.com"',
        `test/Zone: 'comment' must be at most 256 characters long, got "${"x".repeat(257)}"; shorten it`,
      ].join("\n"),
    );
  });
});
