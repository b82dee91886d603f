import { Route53DelegationSet } from "@cdktf/provider-aws/lib/route53-delegation-set";
import { Construct } from "constructs";

import { type ValidationRule, validate } from "../parts";

/** What a reusable delegation set is made of. */
export interface DelegationSetProps {
  /** What the set is told apart by; the provider makes it unique. A change replaces the set. */
  readonly referenceName: string;

  /**
   * Whether Terraform refuses to destroy the set, whose name servers are lost for good then.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/**
 * Four name servers that public zones share and keep: a registrar is told once, and a zone that is made
 * anew needs no new delegation. Only public zones can use it, each name once; an account has 100 sets.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateReusableDelegationSet.html
 */
export class DelegationSet extends Construct {
  /** The set of the provider, for settings that this module does not model. */
  public readonly resource: Route53DelegationSet;
  /** The set's id, which zones name. */
  public readonly delegationSetId: string;
  /** The name servers that the registrar, or the zone above, must name. */
  public readonly nameServers: string[];

  public constructor(scope: Construct, id: string, props: DelegationSetProps) {
    super(scope, id);
    validate(this, rules, props);
    const { deletionProtection = true } = props;

    this.resource = new Route53DelegationSet(this, "Resource", {
      referenceName: props.referenceName,
      ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
    });
    this.delegationSetId = this.resource.id;
    this.nameServers = this.resource.nameServers;
  }
}

/** The provider appends 26 characters of its own to what AWS takes 128 of. */
const referenceNameCharacters = 100;

const rules: readonly ValidationRule<DelegationSetProps>[] = [
  {
    property: "referenceName",
    isValid: ({ referenceName }) =>
      referenceName.length >= 1 && referenceName.length <= referenceNameCharacters,
    expected: `have 1 to ${referenceNameCharacters} characters`,
    remedy: "name what its zones have in common",
  },
];
