import { type RegionalRecordProps, RegionalRecord } from "../../../modules/dns";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";

const alias = { kind: "alias", dnsName: "web.elb.amazonaws.com", hostedZoneId: "ZELB" } as const;

const required: RegionalRecordProps = {
  zone: { hostedZoneId: "Z1", zoneName: "example.com" },
  recordName: "web.eu-west-1.example.com",
  target: { region: "eu-west-1", value: alias },
};

function stackWith(props: Partial<RegionalRecordProps> = {}) {
  const stack = emptyStack();
  new RegionalRecord(stack, "Web", { ...required, ...props });
  return stack;
}

const values = (...list: string[]): RegionalRecordProps["target"] => ({
  region: "eu-west-1",
  value: { kind: "values", values: list, ttlSeconds: 60 },
});

describe("RegionalRecord", () => {
  it("is an IPv4 alias by default", () => {
    expect(resourceAt(stackWith(), "aws_route53_record")).toEqual({
      zone_id: "Z1",
      name: "web.eu-west-1.example.com",
      type: "A",
      alias: { name: "web.elb.amazonaws.com", zone_id: "ZELB", evaluate_target_health: true },
    });
  });

  it("gets an AAAA record for a target with IPv6", () => {
    const stack = stackWith({ dualStack: true });

    expect(resourceAt(stack, "aws_route53_record", "Web/Resource").type).toBe("A");
    expect(resourceAt(stack, "aws_route53_record", "Web/AAAA")).toMatchObject({
      type: "AAAA",
      alias: { name: "web.elb.amazonaws.com" },
    });
  });

  it("parts addresses by family", () => {
    const stack = stackWith({ target: values("192.0.2.1", "2001:db8::1", "192.0.2.2") });

    expect(resourceAt(stack, "aws_route53_record", "Web/Resource")).toMatchObject({
      type: "A",
      records: ["192.0.2.1", "192.0.2.2"],
      ttl: 60,
    });
    expect(resourceAt(stack, "aws_route53_record", "Web/AAAA")).toMatchObject({
      type: "AAAA",
      records: ["2001:db8::1"],
    });
  });

  it("takes an address that is unknown at synthesis for IPv4", () => {
    const stack = stackWith({ target: values("${aws_eip.x.public_ip}") });

    expect(Object.values(resourcesOf(stack, "aws_route53_record"))).toHaveLength(1);
  });

  it("leads to a host name by a CNAME", () => {
    expect(
      resourceAt(stackWith({ target: values("origin.example.org") }), "aws_route53_record"),
    ).toMatchObject({
      type: "CNAME",
      records: ["origin.example.org"],
    });
  });

  it("does not ask a CloudFront distribution for its health", () => {
    const target = { region: "us-east-1", value: { ...alias, hostedZoneId: "Z2FDTNDATAQYW2" } };

    expect(resourceAt(stackWith({ target }), "aws_route53_record").alias).toMatchObject({
      evaluate_target_health: false,
    });
  });

  it("refuses a name of another zone", () => {
    expect(refusal(() => stackWith({ recordName: "web.example.org" }))).toBe(
      'test/Web: \'recordName\' must end in the zone\'s name, "example.com", got "web.example.org"; ' +
        "change the name, or pass the zone that holds it",
    );
  });

  it("refuses a name that is none", () => {
    expect(refusal(() => stackWith({ recordName: "web.example.com." }))).toBe(
      "test/Web: 'recordName' must be a domain name in lower case without a trailing dot, with '*' for its first label " +
        'only, got "web.example.com."; write the whole name, like "web.example.com"',
    );
  });

  it("refuses to lead nowhere, and to a host name beside others", () => {
    expect(refusal(() => stackWith({ target: values() }))).toBe(
      "test/Web: 'target.value' must hold at least one value, got []; name an address",
    );
    expect(refusal(() => stackWith({ target: values("a.example.org", "b.example.org") }))).toBe(
      'test/Web: \'target.value\' must be one name, or addresses only, got ["a.example.org","b.example.org"]; ' +
        "remove the other values: a CNAME stands alone",
    );
  });

  it("refuses a name that has its records from another construct", () => {
    const stack = stackWith();

    expect(refusal(() => new RegionalRecord(stack, "Again", required))).toBe(
      "test/Again: 'recordName' must be a name whose A records no other construct writes, " +
        'got "web.eu-west-1.example.com"; ' +
        "change it, or merge with test/Web: records of one name and type share one policy",
    );
  });
});
