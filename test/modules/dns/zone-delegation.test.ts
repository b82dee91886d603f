import { type ZoneDelegationProps, ZoneDelegation } from "../../../modules/dns";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";

const required: ZoneDelegationProps = {
  parent: { hostedZoneId: "Z1", zoneName: "example.com" },
  zoneName: "dev.example.com",
  nameServers: ["ns-1.awsdns-01.com", "ns-2.awsdns-02.net"],
};

function stackWith(props: Partial<ZoneDelegationProps> = {}) {
  const stack = emptyStack();
  new ZoneDelegation(stack, "Delegation", { ...required, ...props });
  return stack;
}

describe("ZoneDelegation", () => {
  it("names the servers of the zone below", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_route53_record")).toEqual({
      zone_id: "Z1",
      name: "dev.example.com",
      type: "NS",
      ttl: 3600,
      records: ["ns-1.awsdns-01.com", "ns-2.awsdns-02.net"],
    });
    expect(Object.keys(resourcesOf(stack, "aws_route53_record"))).toHaveLength(1);
  });

  it("promises the signatures of the zone below", () => {
    const stack = stackWith({ dsRecord: "1 13 2 ABC", ttlSeconds: 300 });

    expect(resourceAt(stack, "aws_route53_record", "Delegation/Signature")).toEqual({
      zone_id: "Z1",
      name: "dev.example.com",
      type: "DS",
      ttl: 300,
      records: ["1 13 2 ABC"],
    });
  });

  it("refuses a zone that is not below, and a time that is none", () => {
    expect(refusal(() => stackWith({ zoneName: "example.com", ttlSeconds: -1 }))).toBe(
      [
        'test/Delegation: \'zoneName\' must be a name below "example.com", got "example.com"; pass the zone above it',
        "test/Delegation: 'ttlSeconds' must be a whole number of seconds, got -1; " +
          "choose 3600, or less while name servers change",
      ].join("\n"),
    );
  });
});
