import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Route53HostedZoneDnssec } from "@cdktf/provider-aws/lib/route53-hosted-zone-dnssec";
import { Route53KeySigningKey } from "@cdktf/provider-aws/lib/route53-key-signing-key";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";

import type { IHostedZone } from "../../core";
import { accountId, inWords, kmsKeyArnIn } from "../../core/forms";
import { hasForm, validate, type ValidationRule } from "../parts";

/** What a zone is signed with. */
export interface ZoneSigningProps {
  /** The public zone. */
  readonly zone: IHostedZone;

  /** ARN of a KMS key in us-east-1 that Route 53 may sign with; see {@link ZoneSigningKey}. */
  readonly keyArn: string;

  /**
   * Name of the key-signing key within the zone: 3 to 128 letters, digits and `_`.
   *
   * @default "meridian"
   */
  readonly keySigningKeyName?: string;
}

/**
 * Signs a public zone with DNSSEC.
 *
 * Resolvers check signatures only once the zone above holds {@link ZoneSigning.dsRecord}: see
 * `dsRecord` of {@link ZoneDelegation}, or hand it to the registrar. Take that record away, and wait
 * for its TTL, before signing is switched off: a zone that promises signatures and has none is dark.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec.html
 */
export class ZoneSigning extends Construct {
  /** The signing of the zone of the provider, for settings that this module does not model. */
  public readonly resource: Route53HostedZoneDnssec;
  /** The value of the DS record for the zone above. */
  public readonly dsRecord: string;

  public constructor(scope: Construct, id: string, props: ZoneSigningProps) {
    super(scope, id);
    validate(this, signingRules, props);

    const keySigningKey = new Route53KeySigningKey(this, "KeySigningKey", {
      hostedZoneId: props.zone.hostedZoneId,
      name: props.keySigningKeyName ?? "meridian",
      keyManagementServiceArn: props.keyArn,
      status: "ACTIVE",
    });
    this.resource = new Route53HostedZoneDnssec(this, "Resource", {
      // Through the key: a zone is signed with a key that stands, and unsigned before the key goes.
      hostedZoneId: keySigningKey.hostedZoneId,
      signingStatus: "SIGNING",
    });
    this.dsRecord = keySigningKey.dsRecord;
  }
}

const signingRules: readonly ValidationRule<ZoneSigningProps>[] = [
  hasForm(
    "keyArn",
    inWords(
      kmsKeyArnIn("us-east-1"),
      "make the key there: Route 53 does not sign with keys of other regions",
    ),
  ),
  {
    property: "keySigningKeyName",
    isValid: (props) => /^\w{3,128}$/.test(props.keySigningKeyName ?? "meridian"),
    expected: "be 3 to 128 letters, digits and '_'",
    remedy: "rename it",
  },
];

/** What a key for DNSSEC is made of. */
export interface ZoneSigningKeyProps {
  /** The account that owns the key and the zone. */
  readonly account: string;

  /**
   * The provider of us-east-1.
   *
   * @default - the stack's own provider, which must be of us-east-1 then
   */
  readonly provider?: TerraformProvider;

  /**
   * Whether Terraform refuses to destroy the key.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/**
 * A KMS key that Route 53 can sign zones of the account with. One key serves several zones.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec-cmk-requirements.html
 */
export class ZoneSigningKey extends Construct {
  /** The key of the provider, for settings that this module does not model. */
  public readonly resource: KmsKey;
  /** The key's ARN. */
  public readonly keyArn: string;

  public constructor(scope: Construct, id: string, props: ZoneSigningKeyProps) {
    super(scope, id);
    validate(this, keyRules, props);
    const deletionProtection = props.deletionProtection ?? true;

    this.resource = new KmsKey(this, "Resource", {
      description: "Signs hosted zones with DNSSEC",
      customerMasterKeySpec: "ECC_NIST_P256",
      keyUsage: "SIGN_VERIFY",
      deletionWindowInDays: 30,
      policy: renderKeyPolicy(props.account),
      provider: props.provider,
      ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
    });
    this.keyArn = this.resource.arn;
  }
}

const keyRules: readonly ValidationRule<ZoneSigningKeyProps>[] = [hasForm("account", accountId)];

/** The key stands in us-east-1, so all ARNs are of the partition `aws`. */
function renderKeyPolicy(account: string): string {
  const principal = { Service: "dnssec-route53.amazonaws.com" };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AdministerByAccount",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "SignByRoute53",
        Effect: "Allow",
        Principal: principal,
        Action: ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"],
        Resource: "*",
        Condition: {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: { "aws:SourceArn": "arn:aws:route53:::hostedzone/*" },
        },
      },
      {
        Sid: "GrantByRoute53",
        Effect: "Allow",
        Principal: principal,
        Action: "kms:CreateGrant",
        Resource: "*",
        // AWS documents no source account of this call; with a condition on one it could be denied.
        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
      },
    ],
  });
}
