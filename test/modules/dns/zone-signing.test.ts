import { AwsProvider } from "@cdktf/provider-aws/lib/provider";

import { ZoneSigning, ZoneSigningKey } from "../../../modules/dns";
import { emptyStack, refusal, resourceAt } from "../../support/synth";
import { resolve } from "./resolve";

const zone = { hostedZoneId: "Z1", zoneName: "example.com" };
const keyArn = "arn:aws:kms:us-east-1:111122223333:key/1";

describe("ZoneSigning", () => {
  it("signs the zone once its key exists", () => {
    const stack = emptyStack();

    const signing = new ZoneSigning(stack, "Signing", { zone, keyArn });

    expect(resourceAt(stack, "aws_route53_key_signing_key")).toEqual({
      hosted_zone_id: "Z1",
      name: "meridian",
      key_management_service_arn: keyArn,
      status: "ACTIVE",
    });
    expect(resourceAt(stack, "aws_route53_hosted_zone_dnssec")).toEqual({
      hosted_zone_id: "${aws_route53_key_signing_key.Signing_KeySigningKey_43AEC1C4.hosted_zone_id}",
      signing_status: "SIGNING",
    });
    expect(resolve(stack, signing.dsRecord)).toBe(
      "${aws_route53_key_signing_key.Signing_KeySigningKey_43AEC1C4.ds_record}",
    );
  });

  it("takes the name of the key-signing key as given", () => {
    const stack = emptyStack();

    new ZoneSigning(stack, "Signing", { zone, keyArn, keySigningKeyName: "ksk_2026" });

    expect(resourceAt(stack, "aws_route53_key_signing_key").name).toBe("ksk_2026");
  });

  it("refuses a key of another region and a name that Route 53 does not take", () => {
    const stack = emptyStack();
    const elsewhere = keyArn.replace("us-east-1", "eu-west-1");

    expect(
      refusal(() => new ZoneSigning(stack, "Signing", { zone, keyArn: elsewhere, keySigningKeyName: "k-1" })),
    ).toBe(
      [
        `test/Signing: 'keyArn' must be the ARN of a KMS key in us-east-1, got "${elsewhere}"; ` +
          "make the key there: Route 53 does not sign with keys of other regions",
        "test/Signing: 'keySigningKeyName' must be 3 to 128 letters, digits and '_', got \"k-1\"; rename it",
      ].join("\n"),
    );
  });
});

describe("ZoneSigningKey", () => {
  it("lets Route 53 sign for the account and nobody else", () => {
    const stack = emptyStack();

    const key = new ZoneSigningKey(stack, "Key", { account: "111122223333" });

    const { policy, ...resource } = resourceAt(stack, "aws_kms_key");
    expect(resource).toEqual({
      description: "Signs hosted zones with DNSSEC",
      customer_master_key_spec: "ECC_NIST_P256",
      key_usage: "SIGN_VERIFY",
      deletion_window_in_days: 30,
      lifecycle: { prevent_destroy: true },
    });
    expect(JSON.parse(policy as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AdministerByAccount",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::111122223333:root" },
          Action: "kms:*",
          Resource: "*",
        },
        {
          Sid: "SignByRoute53",
          Effect: "Allow",
          Principal: { Service: "dnssec-route53.amazonaws.com" },
          Action: ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"],
          Resource: "*",
          Condition: {
            StringEquals: { "aws:SourceAccount": "111122223333" },
            ArnLike: { "aws:SourceArn": "arn:aws:route53:::hostedzone/*" },
          },
        },
        {
          Sid: "GrantByRoute53",
          Effect: "Allow",
          Principal: { Service: "dnssec-route53.amazonaws.com" },
          Action: "kms:CreateGrant",
          Resource: "*",
          Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
        },
      ],
    });
    expect(resolve(stack, key.keyArn)).toBe("${aws_kms_key.Key_961B73FD.arn}");
  });

  it("is in us-east-1 by another provider, and is deleted where protection is off", () => {
    const stack = emptyStack();
    const provider = new AwsProvider(stack, "UsEast1", { region: "us-east-1", alias: "us_east_1" });

    new ZoneSigningKey(stack, "Key", { account: "111122223333", provider, deletionProtection: false });

    const key = resourceAt(stack, "aws_kms_key");
    expect(key.provider).toBe("aws.us_east_1");
    expect(key.lifecycle).toBeUndefined();
  });

  it("refuses a wrong account id", () => {
    expect(refusal(() => new ZoneSigningKey(emptyStack(), "Key", { account: "1" }))).toBe(
      "test/Key: 'account' must be the 12 digits of an AWS account, got \"1\"; " +
        "write the account id as text, with its leading zeros",
    );
  });
});
