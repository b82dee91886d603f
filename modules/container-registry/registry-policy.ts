import { EcrRegistryPolicy } from "@cdktf/provider-aws/lib/ecr-registry-policy";
import { Construct } from "constructs";

import { accountId } from "../../core/forms";
import { type ValidationRule, validate } from "../parts";
import { accountCheck } from "./private/account-checks";
import { accountPrincipal, repositoryArn } from "./private/arns";

/** Who may replicate into a registry. */
export interface RegistryPolicyProps {
  /** The account that holds the registry. */
  readonly account: string;

  /** The region of the registry: the region of the stack. */
  readonly region: string;

  /** Beginnings of the names of repositories that other accounts may copy into, by account id. */
  readonly replicationSources: Readonly<Record<string, readonly string[]>>;
}

/**
 * Lets other accounts replicate images into this registry, and make the repositories for them. A
 * registry has one policy; copies between regions of one account need none.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
 */
export class RegistryPolicy extends Construct {
  /** The registry policy of the provider, for settings that this module does not model. */
  public readonly resource: EcrRegistryPolicy;

  public constructor(scope: Construct, id: string, props: RegistryPolicyProps) {
    super(scope, id);
    validate(this, rules, props);
    const { account, region } = props;

    this.resource = new EcrRegistryPolicy(this, "Resource", {
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: Object.entries(props.replicationSources).map(([source, prefixes]) => ({
          Sid: `ReplicateFrom${source}`,
          Effect: "Allow",
          Principal: { AWS: accountPrincipal(source, region) },
          Action: ["ecr:CreateRepository", "ecr:ReplicateImage"],
          Resource: prefixes.map((prefix) => repositoryArn(`${prefix}*`, account, region)),
        })),
      }),
    });
  }
}

const rules: readonly ValidationRule<RegistryPolicyProps>[] = [
  accountCheck,
  {
    property: "replicationSources",
    isValid: (props) => Object.keys(props.replicationSources).length > 0,
    expected: "name at least one account",
    remedy: "add one, or leave the policy out",
  },
  {
    property: "replicationSources",
    isValid: (props) => badSources(props).length === 0,
    expected: "name other accounts by ids of 12 digits, with at least one prefix each",
    got: badSources,
    remedy: 'correct them; the prefix "" stands for every repository',
  },
];

function badSources(props: RegistryPolicyProps): readonly string[] {
  return Object.entries(props.replicationSources)
    .filter(
      ([source, prefixes]) => !accountId.accepts(source) || source === props.account || prefixes.length === 0,
    )
    .map(([source]) => source);
}
