import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";

import { nameLimits, partitionOf, resourceName } from "../../core";
import { validate, type ValidationRule } from "../parts";
import { runnerPolicy } from "./runner-policy";

/** Settings of {@link DeployRoles}. */
export interface DeployRolesProps {
  /** The environment that the apply role is bound to, as GitHub knows it. */
  readonly environment: string;
  /** The account, 12 digits. */
  readonly account: string;
  /** The home region, for the partition. */
  readonly region: string;
  /**
   * The repository that may assume the roles: `owner/name`, or `owner@id/name@id` where its tokens name it
   * so, as those of every repository do that was made, renamed or transferred since 15 July 2026.
   *
   * @see https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
   */
  readonly repository: string;
  /** ARN of the state bucket. */
  readonly stateBucketArn: string;
  /** ARN of the key that encrypts the state. */
  readonly stateKeyArn: string;
  /**
   * The state bucket's replica in another region and its key, which the plan role may read too: while the
   * home region is dark, the replica is all that there is.
   *
   * @default - the plan role reads the state bucket only
   */
  readonly stateReplica?: {
    /** ARN of the bucket. */
    readonly bucketArn: string;
    /** ARN of its key. */
    readonly keyArn: string;
  };
  /**
   * Whether the account's provider for GitHub's tokens is made here. An account has one at most.
   *
   * @default true
   */
  readonly createOidcProvider?: boolean;
  /**
   * ARNs of objects besides the state that the plan role may read: those that Terraform manages, since
   * each plan reads them. Each names its bucket: a wildcard there would open the account's other buckets.
   *
   * @default - none
   */
  readonly managedObjectArns?: readonly string[];
  /**
   * ARNs of the policies that the apply role works with. What Meridian itself asks besides is added: to make
   * service-linked roles, and to find what a killed run left.
   *
   * @default - AdministratorAccess, since a platform that makes roles can grant itself anything
   */
  readonly applyPolicyArns?: readonly string[];
}

const issuer = "token.actions.githubusercontent.com";

/** An apply that its credentials leave cannot even store its state: as long as the workflow's job may take. */
const applySessionSeconds = 3 * 60 * 60;

const rules: readonly ValidationRule<DeployRolesProps>[] = [
  {
    property: "repository",
    isValid: ({ repository }) => /^([\w.-]+\/[\w.-]+|[\w.-]+@\d+\/[\w.-]+@\d+)$/.test(repository),
    expected: "be a GitHub repository as owner/name or owner@id/name@id",
    remedy: "leave out https://github.com/ and .git",
  },
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

/**
 * ReadOnlyAccess reads objects, parameters, items and messages too: of all data, only the state stays
 * readable, and the parameter that says where routing controls are. AWS's own name machine images.
 */
function planPolicy(
  {
    environment,
    account,
    stateBucketArn,
    stateKeyArn,
    stateReplica,
    managedObjectArns = [],
  }: DeployRolesProps,
  partition: string,
): object {
  const state = oneOrAll([
    `${stateBucketArn}/*`,
    ...(stateReplica === undefined ? [] : [`${stateReplica.bucketArn}/*`]),
  ]);
  const keys = oneOrAll([stateKeyArn, ...(stateReplica === undefined ? [] : [stateReplica.keyArn])]);
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "ReadState", Effect: "Allow", Action: ["s3:GetObject"], Resource: state },
      { Sid: "DecryptState", Effect: "Allow", Action: ["kms:Decrypt"], Resource: keys },
      { Sid: "EncryptPlans", Effect: "Allow", Action: ["kms:GenerateDataKey"], Resource: stateKeyArn },
      {
        Sid: "DenySecrets",
        Effect: "Deny",
        Action: ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"],
        Resource: "*",
      },
      {
        Sid: "DenyParameters",
        Effect: "Deny",
        Action: [
          "ssm:GetParameter",
          "ssm:GetParameters",
          "ssm:GetParametersByPath",
          "ssm:GetParameterHistory",
        ],
        NotResource: [
          `arn:${partition}:ssm:*:*:parameter/aws/service/*`,
          `arn:${partition}:ssm:*:${account}:parameter/meridian/${environment}/routing-controls`,
        ],
      },
      { Sid: "DenyData", Effect: "Deny", Action: dataActions, Resource: "*" },
      {
        Sid: "DenyItems",
        Effect: "Deny",
        Action: "dynamodb:GetItem",
        // Where a cluster notes its nodes, and Terraform one item by which the head node knows that it stays.
        NotResource: `arn:${partition}:dynamodb:*:${account}:table/meridian-hpc-${environment}-*`,
      },
      {
        Sid: "DenyApiDocuments",
        Effect: "Deny",
        Action: "apigateway:GET",
        Resource: apiDocuments.map((path) => `arn:${partition}:apigateway:*::${path}`),
      },
      {
        Sid: "DenyOtherObjects",
        Effect: "Deny",
        Action: "s3:GetObject*",
        NotResource: managedObjectArns.length === 0 ? state : [state, ...managedObjectArns].flat(),
      },
      { Sid: "DenyOtherKeys", Effect: "Deny", Action: "kms:Decrypt", NotResource: keys },
    ],
  };
}

/** A policy's element, which is a list only where there is more than one. */
function oneOrAll(arns: readonly string[]): string | readonly string[] {
  return arns.length === 1 ? (arns[0] ?? "") : arns;
}

/**
 * What ReadOnlyAccess allows that reads what the account works on, or hands out credentials, and that no
 * plan asks for. Executions, commands and traces carry the input and output of what ran.
 */
const dataActions = [
  "athena:GetQueryResults*",
  "athena:GetSessionEndpoint",
  "cassandra:Select*",
  "chime:Get*Message*",
  "chime:List*Message*",
  "cloudtrail:GetQueryResults",
  "cloudtrail:LookupEvents",
  "codeartifact:GetAuthorizationToken",
  "codeartifact:GetPackageVersionAsset",
  "codeartifact:ReadFromRepository",
  "codecommit:BatchGetCommits",
  "codecommit:GetBlob",
  "codecommit:GetComment*",
  "codecommit:GetCommit",
  "codecommit:GetDifferences",
  "codecommit:GetFile",
  "codecommit:GetFolder",
  "codecommit:GetMerge*",
  "codecommit:GetPullRequest*",
  "codecommit:GitPull",
  "cognito-identity:GetCredentialsForIdentity",
  "cognito-identity:GetOpenIdToken*",
  "cognito-idp:AdminGetUser",
  "cognito-idp:AdminList*",
  "cognito-idp:GetTokensFromRefreshToken",
  "cognito-idp:GetUser",
  "cognito-idp:ListUsers*",
  "cognito-sync:ListRecords",
  "cognito-sync:QueryRecords",
  "connect:GetContactAttributes",
  "connect:GetFederationToken",
  "dax:BatchGetItem",
  "dax:GetItem",
  "dax:Query",
  "dax:Scan",
  "dynamodb:BatchGetItem",
  "dynamodb:GetRecords",
  "dynamodb:PartiQLSelect",
  "dynamodb:Query",
  "dynamodb:Scan",
  "ec2:GetConsole*",
  "ec2:GetPasswordData",
  "ecr:GetDownloadUrlForLayer",
  "es:ESHttp*",
  "glue:GetStatement",
  "healthlake:ReadResource",
  "healthlake:SearchWith*",
  "iot:GetConnection",
  "iot:GetRetainedMessage",
  "iot:GetThingShadow",
  "iot:ListSubscriptions",
  "kendra:Query",
  "kinesis:GetRecords",
  "kinesisvideo:Get*Media*",
  "kinesisvideo:GetClip",
  "kinesisvideo:GetImages",
  "logs:FilterLogEvents",
  "logs:GetLogEvents",
  "logs:GetLogRecord",
  "logs:GetQueryResults",
  "logs:StartLiveTail",
  "logs:StartQuery",
  "mediastore:GetObject",
  "mobiletargeting:Get*Endpoint*",
  "qldb:GetBlock",
  "qldb:GetRevision",
  "rds:Download*",
  "s3tables:GetTableData",
  "s3vectors:GetVectors",
  "s3vectors:QueryVectors",
  "sdb:GetAttributes",
  "sdb:Select*",
  "sqs:ReceiveMessage",
  "ssm:DescribeAutomation*Executions",
  "ssm:GetAutomationExecution",
  "ssm:GetCommandInvocation",
  "ssm:ListCommand*",
  "states:DescribeExecution",
  "states:DescribeMapRun",
  "states:GetExecutionHistory",
  "sts:GetSessionToken",
  "swf:GetWorkflowExecutionHistory",
  "workmail:GetMailboxDetails",
  "xray:BatchGet*Trace*",
  "xray:GetInsight*",
  "xray:GetServiceGraph",
  "xray:GetTimeSeriesServiceStatistics",
  "xray:GetTrace*",
  "xray:ListRetrievedTraces",
  "xray:StartTraceRetrieval",
];

/** What `apigateway:GET` reads besides settings: the documents that describe an API, and the keys to it. */
const apiDocuments = [
  "/apikeys*",
  "/apis/*/exports/*",
  "/restapis/*/documentation/*",
  "/restapis/*/stages/*/exports/*",
];
