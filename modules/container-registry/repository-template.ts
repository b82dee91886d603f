import { EcrRepositoryCreationTemplate } from "@cdktf/provider-aws/lib/ecr-repository-creation-template";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";

import { type ValidationRule, validate } from "../parts";
import { nameLimits, partitionOf, resourceName } from "../../core";
import { repositoryName } from "../../core/forms";
import type { RepositoryEncryption } from "./repository-encryption";
import type { LifecycleRule } from "./lifecycle-rule";
import { accountCheck, pullAccountChecks } from "./private/account-checks";
import { repositoryArn } from "./private/arns";
import { repositoryDefaults } from "./private/defaults";
import { renderLifecyclePolicy } from "./private/lifecycle-policy";
import { lifecycleRuleChecks } from "./private/lifecycle-rules";
import { renderEncryption, renderPullPolicy } from "./private/repository-settings";

/** What repositories that ECR makes by itself are like. */
export interface RepositoryTemplateProps {
  /** The account that holds the registry. */
  readonly account: string;

  /** The region of the registry: the region of the stack. */
  readonly region: string;

  /**
   * What makes the repositories: replication from elsewhere, or the first pull through a cache.
   * Replicas keep their tags for good; tags of a cache move with those upstream.
   */
  readonly appliedFor: "REPLICATION" | "PULL_THROUGH_CACHE";

  /**
   * Namespace that the template is for: `team` is `team/app` and whatever else begins with `team/`, and
   * not a repository `team`. The longest that fits wins.
   *
   * @default - every repository that no other template is for, those without a namespace before all
   */
  readonly prefix?: string;

  /**
   * Encryption at rest.
   *
   * @default `{ kind: "kms" }`
   */
  readonly encryption?: RepositoryEncryption;

  /**
   * What is deleted and when.
   *
   * @default `[{ kind: "expire-untagged", afterDays: 14 }]`
   */
  readonly lifecycleRules?: readonly LifecycleRule[];

  /**
   * Other accounts whose roles may pull.
   *
   * @default - the registry's account only
   */
  readonly pullAccounts?: readonly string[];

  /**
   * Tags of the repositories. The provider's default tags do not reach them.
   *
   * @default - none
   */
  readonly repositoryTags?: Readonly<Record<string, string>>;
}

/**
 * Gives repositories that replication or a cache makes what replication does not carry: policy,
 * lifecycle, encryption and tags. It changes no repository that already exists.
 *
 * Creates the template, and the role that ECR needs to encrypt with KMS and to tag.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export class RepositoryTemplate extends Construct {
  /** The template of the provider, for settings that this module does not model. */
  public readonly resource: EcrRepositoryCreationTemplate;
  /** The role that ECR makes repositories with. */
  public readonly role: IamRole;

  public constructor(scope: Construct, id: string, props: RepositoryTemplateProps) {
    super(scope, id);
    validate(this, rules, props);
    const {
      prefix = everyName,
      encryption = repositoryDefaults.encryption,
      lifecycleRules = repositoryDefaults.lifecycleRules,
      pullAccounts = repositoryDefaults.pullAccounts,
    } = props;

    this.role = new IamRole(this, "Role", {
      name: resourceName(nameLimits.iamRole, "ecr-template", props.region, slugOf(prefix)),
      description: "Lets ECR make repositories from a template",
      assumeRolePolicy: trustPolicy,
    });
    const permissions = new IamRolePolicy(this, "Permissions", {
      role: this.role.name,
      name: "make-repositories",
      policy: renderPermissions(props, prefix, encryption),
    });
    this.resource = new EcrRepositoryCreationTemplate(this, "Resource", {
      prefix,
      description: descriptions[props.appliedFor],
      appliedFor: [props.appliedFor],
      customRoleArn: this.role.arn,
      imageTagMutability: props.appliedFor === "REPLICATION" ? "IMMUTABLE" : "MUTABLE",
      encryptionConfiguration: [renderEncryption(encryption)],
      lifecyclePolicy: lifecycleRules.length > 0 ? renderLifecyclePolicy(lifecycleRules) : undefined,
      repositoryPolicy: pullAccounts.length > 0 ? renderPullPolicy(pullAccounts, props.region) : undefined,
      resourceTags: props.repositoryTags,
      dependsOn: [permissions],
    });
  }
}

/** ECR's word for a template that every name falls to. */
const everyName = "ROOT";

const descriptions = {
  REPLICATION: "Replicas of repositories of another region or account",
  PULL_THROUGH_CACHE: "Caches of repositories of another registry",
} as const;

const rules: readonly ValidationRule<RepositoryTemplateProps>[] = [
  accountCheck,
  {
    property: "prefix",
    isValid: ({ prefix = "" }) => prefix.length <= 256 && repositoryName().accepts(prefix.replace(/\/$/, "")),
    expected: repositoryName().expected,
    remedy: "correct it, or remove it for a template that applies to every name",
  },
  ...pullAccountChecks,
  ...lifecycleRuleChecks,
];

const trustPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ecr.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

function renderPermissions(
  props: RepositoryTemplateProps,
  prefix: string,
  encryption: RepositoryEncryption,
): string {
  const { account, region } = props;
  // ECR puts a slash at the end of a prefix that has none.
  const names = prefix === everyName ? "*" : `${prefix.replace(/\/$/, "")}/*`;
  const repositories = repositoryArn(names, account, region);
  const key = encryption.kind === "kms" ? [renderKeyStatement(props, encryption.keyArn)] : [];
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "MakeRepositories",
        Effect: "Allow",
        Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
        Resource: repositories,
      },
      ...key,
    ],
  });
}

/** The id of the key that AWS manages is not known, so that one is named by who asks for it. */
function renderKeyStatement(props: RepositoryTemplateProps, keyArn: string | undefined): object {
  const { account, region } = props;
  return {
    Sid: "Encrypt",
    Effect: "Allow",
    Action: ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"],
    Resource: keyArn ?? `arn:${partitionOf(region)}:kms:${region}:${account}:key/*`,
    Condition: { StringEquals: { "kms:ViaService": `ecr.${region}.amazonaws.com` } },
  };
}

function slugOf(prefix: string): string {
  return prefix
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/-$/, "");
}
