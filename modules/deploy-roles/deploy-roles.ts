import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";

import { nameLimits, partitionOf, resourceName, validate, type ValidationRule } from "../core";

/** Settings of {@link DeployRoles}. */
export interface DeployRolesProps {
  /** The environment that the apply role is bound to, as GitHub knows it. */
  readonly environment: string;
  /** The account, 12 digits. */
  readonly account: string;
  /** The home region, for the partition. */
  readonly region: string;
  /** The repository that may assume the roles: `owner/name`. */
  readonly repository: string;
  /** ARN of the state bucket. */
  readonly stateBucketArn: string;
  /** ARN of the key that encrypts the state. */
  readonly stateKeyArn: string;
  /**
   * Whether the account's provider for GitHub's tokens is made here. An account has one at most.
   *
   * @default true
   */
  readonly createOidcProvider?: boolean;
  /**
   * ARNs of the policies that the apply role works with.
   *
   * @default - AdministratorAccess, since a platform that makes roles can grant itself anything
   */
  readonly applyPolicyArns?: readonly string[];
}

const issuer = "token.actions.githubusercontent.com";

const rules: readonly ValidationRule<DeployRolesProps>[] = [
  {
    property: "repository",
    isValid: ({ repository }) => /^[\w.-]+\/[\w.-]+$/.test(repository),
    expected: "be a GitHub repository as owner/name",
    remedy: "leave out https://github.com/ and .git",
  },
];

/**
 * The two roles of continuous delivery, assumed with GitHub's OIDC tokens and no stored key.
 *
 * Creates the OIDC provider, a plan role (read-only, reads the state, is denied secrets, trusts pull
 * requests and main of one repository) and an apply role (trusts one GitHub environment).
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
      }),
    });
    new IamRolePolicyAttachment(this, "PlanRoleReads", {
      role: role.name,
      policyArn: `arn:${partition}:iam::aws:policy/ReadOnlyAccess`,
    });
    new IamRolePolicy(this, "PlanRolePolicy", {
      name: "plan",
      role: role.id,
      policy: JSON.stringify(planPolicy(props)),
    });
    return role;
  }

  private createApplyRole(props: DeployRolesProps, oidcProviderArn: string, partition: string): IamRole {
    const { applyPolicyArns = [`arn:${partition}:iam::aws:policy/AdministratorAccess`] } = props;
    const role = new IamRole(this, "ApplyRole", {
      name: resourceName(nameLimits.iamRole, props.environment, "meridian-apply"),
      assumeRolePolicy: trust(oidcProviderArn, {
        StringEquals: {
          [`${issuer}:aud`]: "sts.amazonaws.com",
          [`${issuer}:sub`]: `repo:${props.repository}:environment:${props.environment}`,
        },
      }),
    });
    for (const policyArn of applyPolicyArns) {
      const policyName = policyArn.slice(policyArn.lastIndexOf("/") + 1);
      new IamRolePolicyAttachment(this, `ApplyRole-${policyName}`, { role: role.name, policyArn });
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

/** ReadOnlyAccess reads objects and parameters too: only the state stays readable. */
function planPolicy({ stateBucketArn, stateKeyArn }: DeployRolesProps): object {
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "ReadState", Effect: "Allow", Action: ["s3:GetObject"], Resource: `${stateBucketArn}/*` },
      { Sid: "DecryptState", Effect: "Allow", Action: ["kms:Decrypt"], Resource: stateKeyArn },
      { Sid: "EncryptPlans", Effect: "Allow", Action: ["kms:GenerateDataKey"], Resource: stateKeyArn },
      {
        Sid: "DenySecrets",
        Effect: "Deny",
        Action: [
          "secretsmanager:GetSecretValue",
          "secretsmanager:BatchGetSecretValue",
          "ssm:GetParameter",
          "ssm:GetParameters",
          "ssm:GetParametersByPath",
          "ssm:GetParameterHistory",
        ],
        Resource: "*",
      },
      {
        Sid: "DenyOtherObjects",
        Effect: "Deny",
        Action: "s3:GetObject*",
        NotResource: `${stateBucketArn}/*`,
      },
      { Sid: "DenyOtherKeys", Effect: "Deny", Action: "kms:Decrypt", NotResource: stateKeyArn },
    ],
  };
}
