import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";

import { nameLimits, partitionOf, resourceName } from "../../core";
import { githubRepository, inWords } from "../../core/forms";
import { hasForm, validate, type ValidationRule } from "../parts";
import type { DeployRolesProps } from "./deploy-roles-props";
import { planPolicy } from "./plan-policy";
import { runnerPolicy } from "./runner-policy";

const issuer = "token.actions.githubusercontent.com";

/** An apply that its credentials leave cannot even store its state: as long as the workflow's job may take. */
const applySessionSeconds = 3 * 60 * 60;

const rules: readonly ValidationRule<DeployRolesProps>[] = [
  hasForm("repository", inWords(githubRepository, "leave out https://github.com/ and .git")),
  {
    property: "managedObjectArns",
    isValid: ({ managedObjectArns = [] }) => managedObjectArns.every((arn) => /^[^*?/]+\/./.test(arn)),
    expected: "be ARNs of objects in buckets that they name",
    remedy: 'write them like "arn:aws:s3:::bucket/prefix/*"',
  },
];

/**
 * The two roles of continuous delivery, assumed with GitHub's OIDC tokens and no stored key.
 *
 * Creates the OIDC provider, a plan role (read-only, reads the state, is denied secrets and data, trusts
 * pull requests and main of one repository) and an apply role (trusts one GitHub environment on main). In
 * the partition `aws`, where STS reads these claims, each trusts only Meridian's own workflows.
 *
 * @see https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
export class DeployRoles extends Construct {
  /** The apply role, for settings that this module does not model. */
  public readonly resource: IamRole;
  /** ARN of the role that plans. */
  public readonly planRoleArn: string;
  /** ARN of the role that applies. */
  public readonly applyRoleArn: string;

  public constructor(scope: Construct, id: string, props: DeployRolesProps) {
    super(scope, id);
    validate(this, rules, props);

    const partition = partitionOf(props.region);
    const oidcProviderArn = this.oidcProviderArn(props, partition);
    const plan = this.createPlanRole(props, oidcProviderArn, partition);
    this.resource = this.createApplyRole(props, oidcProviderArn, partition);
    this.planRoleArn = plan.arn;
    this.applyRoleArn = this.resource.arn;
  }

  private oidcProviderArn(
    { account, createOidcProvider = true }: DeployRolesProps,
    partition: string,
  ): string {
    if (!createOidcProvider) {
      return `arn:${partition}:iam::${account}:oidc-provider/${issuer}`;
    }
    return new IamOpenidConnectProvider(this, "OidcProvider", {
      url: `https://${issuer}`,
      clientIdList: ["sts.amazonaws.com"],
      // AWS checks GitHub's certificate against its own trust store and ignores the value, which
      // older providers require.
      thumbprintList: ["ffffffffffffffffffffffffffffffffffffffff"],
    }).arn;
  }

  private createPlanRole(props: DeployRolesProps, oidcProviderArn: string, partition: string): IamRole {
    const { repository } = props;
    const role = new IamRole(this, "PlanRole", {
      name: resourceName(nameLimits.iamRole, props.environment, "meridian-plan"),
      assumeRolePolicy: trust(oidcProviderArn, {
        StringEquals: {
          [`${issuer}:aud`]: "sts.amazonaws.com",
          // Pull requests, and main for the plan before a deploy and for drift.
          [`${issuer}:sub`]: [`repo:${repository}:pull_request`, `repo:${repository}:ref:refs/heads/main`],
        },
        ...(readsClaims(partition)
          ? {
              StringLike: {
                [`${issuer}:job_workflow_ref`]: [
                  workflowOf(repository, "pull-request", "refs/pull/*/merge"),
                  workflowOf(repository, "deploy-environment", "refs/heads/main"),
                  workflowOf(repository, "drift", "refs/heads/main"),
                ],
              },
            }
          : {}),
      }),
    });
    new IamRolePolicyAttachment(this, "PlanRoleReads", {
      role: role.name,
      policyArn: `arn:${partition}:iam::aws:policy/ReadOnlyAccess`,
    });
    new IamRolePolicy(this, "PlanRolePolicy", {
      name: "plan",
      role: role.id,
      policy: JSON.stringify(planPolicy(props, partition)),
    });
    return role;
  }

  private createApplyRole(props: DeployRolesProps, oidcProviderArn: string, partition: string): IamRole {
    const { repository, applyPolicyArns = [`arn:${partition}:iam::aws:policy/AdministratorAccess`] } = props;
    const role = new IamRole(this, "ApplyRole", {
      name: resourceName(nameLimits.iamRole, props.environment, "meridian-apply"),
      assumeRolePolicy: trust(oidcProviderArn, {
        StringEquals: {
          [`${issuer}:aud`]: "sts.amazonaws.com",
          [`${issuer}:sub`]: `repo:${repository}:environment:${props.environment}`,
          // GitHub makes an environment that a job names and nobody has protected: its name alone is no guard.
          ...(readsClaims(partition)
            ? {
                [`${issuer}:ref`]: "refs/heads/main",
                [`${issuer}:job_workflow_ref`]: workflowOf(
                  repository,
                  "deploy-environment",
                  "refs/heads/main",
                ),
              }
            : {}),
        },
      }),
      maxSessionDuration: applySessionSeconds,
    });
    for (const policyArn of applyPolicyArns) {
      const policyName = policyArn.slice(policyArn.lastIndexOf("/") + 1);
      new IamRolePolicyAttachment(this, `ApplyRole-${policyName}`, { role: role.name, policyArn });
    }
    if (props.applyPolicyArns !== undefined) {
      new IamRolePolicy(this, "ApplyRolePolicy", {
        name: "runner",
        role: role.id,
        policy: JSON.stringify(runnerPolicy(partition, props.account)),
      });
    }
    return role;
  }
}

function trust(oidcProviderArn: string, condition: object): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: oidcProviderArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: condition,
      },
    ],
  });
}

/**
 * Whether STS reads GitHub's own claims there, beyond the standard ones. A condition on a claim that it does
 * not read never holds.
 *
 * @see https://aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims/
 */
function readsClaims(partition: string): boolean {
  return partition === "aws";
}

/** A workflow as the claim `job_workflow_ref` names it, which knows no ids. */
function workflowOf(repository: string, name: string, ref: string): string {
  return `${repository.replaceAll(/@\d+/g, "")}/.github/workflows/${name}.yml@${ref}`;
}
