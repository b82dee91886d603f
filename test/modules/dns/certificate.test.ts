import { type CertificateProps, Certificate } from "../../../modules/dns";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";
import { resolve } from "./resolve";

const zone = { hostedZoneId: "Z1", zoneName: "example.com" };

function stackWith(props: Partial<CertificateProps> = {}) {
  const stack = emptyStack();
  const certificate = new Certificate(stack, "Certificate", { domainName: "example.com", ...props });
  return { stack, certificate };
}

const refuse = (props: Partial<CertificateProps>): string => refusal(() => stackWith(props));

const option = (name: string, attribute: string): string =>
  "${[for option in aws_acm_certificate.Certificate_4E7ABB08.domain_validation_options : " +
  `option.${attribute} if trimprefix(option.domain_name, "*.") == "${name}"][0]}`;

describe("Certificate", () => {
  it("is proved by DNS and replaced without a gap", () => {
    const { stack } = stackWith();

    expect(resourceAt(stack, "aws_acm_certificate")).toEqual({
      domain_name: "example.com",
      validation_method: "DNS",
      lifecycle: { create_before_destroy: true },
    });
  });

  it("waits for records that another stack writes where it has no zone", () => {
    const { stack, certificate } = stackWith();

    expect(resourcesOf(stack, "aws_route53_record")).toEqual({});
    expect(resourceAt(stack, "aws_acm_certificate_validation")).toEqual({
      certificate_arn: "${aws_acm_certificate.Certificate_4E7ABB08.arn}",
      lifecycle: { ignore_changes: ["validation_record_fqdns"] },
    });
    expect(resolve(stack, certificate.certificateArn)).toBe(
      "${aws_acm_certificate_validation.Certificate_Validation_1DBF2B44.certificate_arn}",
    );
  });

  it("writes one record for a name and its wildcard and waits for all records", () => {
    const { stack } = stackWith({
      domainName: "*.example.com",
      subjectAlternativeNames: ["example.com", "*.eu-west-1.example.com"],
      zone,
    });

    expect(resourceAt(stack, "aws_acm_certificate").subject_alternative_names).toEqual([
      "example.com",
      "*.eu-west-1.example.com",
    ]);
    expect(Object.keys(resourcesOf(stack, "aws_route53_record"))).toHaveLength(2);
    expect(resourceAt(stack, "aws_route53_record", "Certificate/Proof/example.com")).toEqual({
      zone_id: "Z1",
      name: option("example.com", "resource_record_name"),
      type: option("example.com", "resource_record_type"),
      records: [option("example.com", "resource_record_value")],
      ttl: 300,
      allow_overwrite: true,
    });
    expect(resourceAt(stack, "aws_route53_record", "Certificate/Proof/eu-west-1.example.com")).toMatchObject({
      name: option("eu-west-1.example.com", "resource_record_name"),
    });
    expect(resourceAt(stack, "aws_acm_certificate_validation").validation_record_fqdns).toHaveLength(2);
  });

  it("refuses names that are none", () => {
    expect(refuse({ domainName: "www.*.com", subjectAlternativeNames: ["Example.com", "a..b"] })).toBe(
      [
        "test/Certificate: 'domainName' must be a domain name in lower case without a trailing dot, with '*' for its " +
          'first label only, got "www.*.com"; write it like "example.com" or "*.example.com"',
        "test/Certificate: 'subjectAlternativeNames' must be domain names in lower case without a trailing dot, " +
          'with \'*\' for the first label only, got ["Example.com","a..b"]; ' +
          'write them like "example.com" or "*.example.com"',
      ].join("\n"),
    );
  });

  it("refuses a first name of more than 64 characters", () => {
    const domainName = `${"a".repeat(60)}.example.com`;

    expect(refuse({ domainName })).toBe(
      `test/Certificate: 'domainName' must be at most 64 characters long, got "${domainName}"; ` +
        "put a shorter name first and this one among 'subjectAlternativeNames'",
    );
  });

  it("refuses a name that is listed twice", () => {
    expect(refuse({ subjectAlternativeNames: ["example.com"] })).toBe(
      "test/Certificate: 'subjectAlternativeNames' must name each domain once and not repeat 'domainName', " +
        'got ["example.com"]; remove the repetition',
    );
  });

  it("refuses an eleventh name", () => {
    const subjectAlternativeNames = Array.from({ length: 10 }, (_, number) => `n${number}.example.com`);

    expect(refuse({ subjectAlternativeNames })).toBe(
      "test/Certificate: 'subjectAlternativeNames' must hold at most 9 names, got 10; use a wildcard or a second " +
        "certificate: listeners take several",
    );
  });

  it("refuses names outside of the zone", () => {
    expect(refuse({ subjectAlternativeNames: ["*.example.org", "notexample.com"], zone })).toBe(
      "test/Certificate: 'zone' must hold all names, which end in \"example.com\", " +
        'got ["*.example.org","notexample.com"]; ' +
        "remove these names, or leave 'zone' out and write their records elsewhere",
    );
  });
});
