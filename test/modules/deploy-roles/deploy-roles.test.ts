import type { TerraformStack } from "cdktf";

import { DeployRoles, type DeployRolesProps } from "../../../modules/deploy-roles";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";

function stackWith(overrides: Partial<DeployRolesProps> = {}): TerraformStack {
  const stack = emptyStack("prod-bootstrap");
  new DeployRoles(stack, "DeployRoles", {
    environment: "prod",
    account: "111122223333",
    region: "eu-west-1",
    repository: "acme/platform",
    stateBucketArn: "arn:aws:s3:::state",
    stateKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/state",
    ...overrides,
  });
  return stack;
}

function trustOf(stack: TerraformStack, path: string): unknown {
  const policy = JSON.parse(String(resourceAt(stack, "aws_iam_role", path).assume_role_policy)) as {
    Statement: { Condition: unknown }[];
  };
  return policy.Statement[0]?.Condition;
}

describe("DeployRoles", () => {
  it("lets pull requests and main of one repository plan", () => {
    expect(trustOf(stackWith(), "DeployRoles/PlanRole")).toEqual({
      StringEquals: {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": [
          "repo:acme/platform:pull_request",
          "repo:acme/platform:ref:refs/heads/main",
        ],
      },
      StringLike: {
        "token.actions.githubusercontent.com:job_workflow_ref": [
          "acme/platform/.github/workflows/pull-request.yml@refs/pull/*/merge",
          "acme/platform/.github/workflows/deploy-environment.yml@refs/heads/main",
          "acme/platform/.github/workflows/drift.yml@refs/heads/main",
        ],
      },
    });
  });

  it("lets only the environment's own deployments apply", () => {
    expect(trustOf(stackWith(), "DeployRoles/ApplyRole")).toEqual({
      StringEquals: {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:acme/platform:environment:prod",
        "token.actions.githubusercontent.com:ref": "refs/heads/main",
        "token.actions.githubusercontent.com:job_workflow_ref":
          "acme/platform/.github/workflows/deploy-environment.yml@refs/heads/main",
      },
    });
  });

  it("goes by the standard claims alone where STS reads no others", () => {
    const stack = stackWith({ region: "cn-north-1" });

    expect(trustOf(stack, "DeployRoles/PlanRole")).toEqual({
      StringEquals: {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": [
          "repo:acme/platform:pull_request",
          "repo:acme/platform:ref:refs/heads/main",
        ],
      },
    });
    expect(trustOf(stack, "DeployRoles/ApplyRole")).toEqual({
      StringEquals: {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:acme/platform:environment:prod",
      },
    });
  });

  it("knows a repository whose tokens carry ids, though not in the names of its workflows", () => {
    const stack = stackWith({ repository: "acme@123/platform@456" });

    expect(trustOf(stack, "DeployRoles/ApplyRole")).toEqual({
      StringEquals: {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:acme@123/platform@456:environment:prod",
        "token.actions.githubusercontent.com:ref": "refs/heads/main",
        "token.actions.githubusercontent.com:job_workflow_ref":
          "acme/platform/.github/workflows/deploy-environment.yml@refs/heads/main",
      },
    });
  });

  it("lets an apply keep its credentials for as long as the workflow's job may take", () => {
    expect(resourceAt(stackWith(), "aws_iam_role", "DeployRoles/ApplyRole").max_session_duration).toBe(
      10_800,
    );
    expect(
      resourceAt(stackWith(), "aws_iam_role", "DeployRoles/PlanRole").max_session_duration,
    ).toBeUndefined();
  });

  it("lets the plan role read the state and encrypt plans with its key, besides ReadOnlyAccess", () => {
    const { policy } = resourceAt(stackWith(), "aws_iam_role_policy", "DeployRoles/PlanRolePolicy");
    const { Statement: statements } = JSON.parse(String(policy)) as {
      Statement: { Effect: string; Action: string[] }[];
    };

    expect(statements.filter(({ Effect }) => Effect === "Allow").map(({ Action }) => Action)).toEqual([
      ["s3:GetObject"],
      ["kms:Decrypt"],
      ["kms:GenerateDataKey"],
    ]);
  });

  it("denies the plan role every secret, all data and every object but the state", () => {
    const { policy } = resourceAt(stackWith(), "aws_iam_role_policy", "DeployRoles/PlanRolePolicy");
    const { Statement: statements } = JSON.parse(String(policy)) as {
      Statement: { Sid: string; Effect: string }[];
    };

    expect(statements.filter(({ Effect }) => Effect === "Deny")).toEqual([
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
        NotResource: "arn:aws:ssm:*:*:parameter/aws/service/*",
      },
      {
        Sid: "DenyData",
        Effect: "Deny",
        Action: [
          "athena:GetQueryResults*",
          "codecommit:GitPull",
          "dynamodb:BatchGetItem",
          "dynamodb:GetItem",
          "dynamodb:GetRecords",
          "dynamodb:PartiQLSelect",
          "dynamodb:Query",
          "dynamodb:Scan",
          "ec2:GetConsole*",
          "ec2:GetPasswordData",
          "ecr:GetDownloadUrlForLayer",
          "kinesis:GetRecords",
          "logs:FilterLogEvents",
          "logs:GetLogEvents",
          "logs:GetLogRecord",
          "logs:GetQueryResults",
          "logs:StartLiveTail",
          "logs:StartQuery",
          "rds:Download*",
          "sqs:ReceiveMessage",
        ],
        Resource: "*",
      },
      {
        Sid: "DenyOtherObjects",
        Effect: "Deny",
        Action: "s3:GetObject*",
        NotResource: "arn:aws:s3:::state/*",
      },
      {
        Sid: "DenyOtherKeys",
        Effect: "Deny",
        Action: "kms:Decrypt",
        NotResource: "arn:aws:kms:eu-west-1:111122223333:key/state",
      },
    ]);
  });

  it("lets the plan role read the objects that Terraform manages, as each plan does", () => {
    const cluster = "arn:aws:s3:::*/clusters/prod-cfd/*";
    const { policy } = resourceAt(
      stackWith({ managedObjectArns: [cluster] }),
      "aws_iam_role_policy",
      "DeployRoles/PlanRolePolicy",
    );
    const { Statement: statements } = JSON.parse(String(policy)) as {
      Statement: { Sid: string; NotResource: unknown }[];
    };

    expect(statements.find(({ Sid }) => Sid === "DenyOtherObjects")?.NotResource).toEqual([
      "arn:aws:s3:::state/*",
      cluster,
    ]);
  });

  it("uses the account's provider of GitHub tokens where it stands already", () => {
    const stack = stackWith({ createOidcProvider: false });

    expect(resourcesOf(stack, "aws_iam_openid_connect_provider")).toEqual({});
    expect(String(resourceAt(stack, "aws_iam_role", "DeployRoles/PlanRole").assume_role_policy)).toContain(
      "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
    );
  });

  it("applies with the policies that are named", () => {
    const policyArn = "arn:aws:iam::111122223333:policy/PlatformApply";
    const stack = stackWith({ applyPolicyArns: [policyArn] });

    expect(
      resourceAt(stack, "aws_iam_role_policy_attachment", "DeployRoles/ApplyRole-PlatformApply").policy_arn,
    ).toBe(policyArn);
  });

  it("refuses a repository that GitHub does not know", () => {
    expect(refusal(() => stackWith({ repository: "https://github.com/acme/platform" }))).toBe(
      "prod-bootstrap/DeployRoles: 'repository' must be a GitHub repository as owner/name or owner@id/name@id, got \"https://github.com/acme/platform\"; leave out https://github.com/ and .git",
    );
  });
});
