import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";

import type { ICertificate, IHostedZone } from "../../core";
import { type ValidationRule, validate } from "../parts";
import { isDomainNameOrWildcard, isInZone } from "./private/names";

/** What a certificate vouches for. */
export interface CertificateProps {
  /** The first name, at most 64 characters; `*.example.com` stands for every name one label below. */
  readonly domainName: string;

  /**
   * Further names.
   *
   * @default - none
   */
  readonly subjectAlternativeNames?: readonly string[];

  /**
   * The zone that proves the names, to be written to by this stack.
   *
   * A name's validation record is the same for all certificates of an account, in every region, so
   * several stacks may write it. Write it with the certificate that is used: one that nothing uses is
   * not renewed, and once it has expired no plan of its stack succeeds.
   *
   * @default - nothing is written; the certificate waits for records that somebody else writes
   */
  readonly zone?: IHostedZone;
}

/**
 * A certificate of AWS Certificate Manager that is proved by DNS, in the region of the stack.
 *
 * A change of names makes the new certificate before the old one goes. ACM renews it for as long
 * as the validation records stay and an AWS service, such as a load balancer, uses it.
 *
 * Creates:
 * 1. the certificate,
 * 2. with a zone, one validation record for each name (`*.x` and `x` share one),
 * 3. a waiter, so that whatever uses {@link Certificate.certificateArn} is made after ACM has issued it.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 * @see https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
 */
export class Certificate extends Construct implements ICertificate {
  /** The certificate of the provider, for settings that this module does not model. */
  public readonly resource: AcmCertificate;
  /** The ARN of the certificate, known once it is issued. */
  public readonly certificateArn: string;

  public constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    validate(this, rules, props);

    this.resource = new AcmCertificate(this, "Resource", {
      domainName: props.domainName,
      subjectAlternativeNames: props.subjectAlternativeNames && [...props.subjectAlternativeNames],
      validationMethod: "DNS",
      lifecycle: { createBeforeDestroy: true },
    });
    const records = props.zone === undefined ? undefined : this.writeProof(props.zone, namesOf(props));
    const validation = new AcmCertificateValidation(this, "Validation", {
      certificateArn: this.resource.arn,
      validationRecordFqdns: records?.map((record) => record.fqdn),
      // They order the wait after the records, and mean nothing once it is over: a certificate that stands
      // is not waited for anew because its records come to be written here, or by somebody else.
      lifecycle: { ignoreChanges: ["validation_record_fqdns"] },
    });
    this.certificateArn = validation.certificateArn;
  }

  private writeProof(zone: IHostedZone, names: readonly string[]): Route53Record[] {
    const proof = new Construct(this, "Proof");
    return [...new Set(names.map(provedName))].sort().map(
      (name) =>
        new Route53Record(proof, name, {
          zoneId: zone.hostedZoneId,
          name: this.validationOption(name, "resource_record_name"),
          type: this.validationOption(name, "resource_record_type"),
          records: [this.validationOption(name, "resource_record_value")],
          ttl: 300,
          // Another certificate of the account for the same name asks for the same record.
          allowOverwrite: true,
        }),
    );
  }

  /**
   * One attribute of a name's validation record. The keys of the records are the names, known at
   * synthesis, so that no `for_each` waits for ACM.
   */
  private validationOption(name: string, attribute: string): string {
    const options = `${this.resource.terraformResourceType}.${this.resource.friendlyUniqueId}.domain_validation_options`;
    return `\${[for option in ${options} : option.${attribute} if trimprefix(option.domain_name, "*.") == "${name}"][0]}`;
  }
}

/** @see https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html */
const limits = { names: 10, commonNameCharacters: 64 };

const rules: readonly ValidationRule<CertificateProps>[] = [
  {
    property: "domainName",
    isValid: (props) => isDomainNameOrWildcard(props.domainName),
    expected: "be a domain name in lower case without a trailing dot, with '*' for its first label only",
    remedy: 'write it like "example.com" or "*.example.com"',
  },
  {
    property: "domainName",
    isValid: (props) => props.domainName.length <= limits.commonNameCharacters,
    expected: `be at most ${limits.commonNameCharacters} characters long`,
    remedy: "put a shorter name first and this one among 'subjectAlternativeNames'",
  },
  {
    property: "subjectAlternativeNames",
    isValid: (props) => (props.subjectAlternativeNames ?? []).every(isDomainNameOrWildcard),
    expected: "be domain names in lower case without a trailing dot, with '*' for the first label only",
    got: (props) => props.subjectAlternativeNames?.filter((name) => !isDomainNameOrWildcard(name)),
    remedy: 'write them like "example.com" or "*.example.com"',
  },
  {
    property: "subjectAlternativeNames",
    isValid: (props) => new Set(namesOf(props)).size === namesOf(props).length,
    expected: "name each domain once and not repeat 'domainName'",
    remedy: "remove the repetition",
  },
  {
    property: "subjectAlternativeNames",
    isValid: (props) => namesOf(props).length <= limits.names,
    expected: `hold at most ${limits.names - 1} names`,
    got: (props) => props.subjectAlternativeNames?.length,
    remedy: "use a wildcard or a second certificate: listeners take several",
  },
  {
    property: "zone",
    isValid: (props) => strangers(props).length === 0,
    expected: (props) => `hold all names, which end in "${props.zone?.zoneName ?? ""}"`,
    got: strangers,
    remedy: "remove these names, or leave 'zone' out and write their records elsewhere",
  },
];

function namesOf(props: CertificateProps): readonly string[] {
  return [props.domainName, ...(props.subjectAlternativeNames ?? [])];
}

/** The name whose control is proved: a wildcard is proved by the name below the star. */
function provedName(name: string): string {
  return name.replace(/^\*\./, "");
}

function strangers(props: CertificateProps): readonly string[] {
  const { zone } = props;
  return zone === undefined
    ? []
    : namesOf(props).filter((name) => !isInZone(provedName(name), zone.zoneName));
}
