import type { TerraformStack } from "cdktf";

import { DeployRoles, type DeployRolesProps } from "../../../modules/deploy-roles";
import { actionsLike, decision, resourceFor, type PolicyDocument } from "../../support/iam";
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

const readOnlyAtMost = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
};

/** What the plan role may do at most: its own policy, beside one that allows everything. */
function planPolicies(): PolicyDocument[] {
  const { policy } = resourceAt(stackWith(), "aws_iam_role_policy", "DeployRoles/PlanRolePolicy");
  return [readOnlyAtMost, JSON.parse(String(policy)) as PolicyDocument];
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
        NotResource: [
          "arn:aws:ssm:*:*:parameter/aws/service/*",
          "arn:aws:ssm:*:111122223333:parameter/meridian/prod/routing-controls",
        ],
      },
      expect.objectContaining({ Sid: "DenyData", Effect: "Deny", Resource: "*" }),
      {
        Sid: "DenyItems",
        Effect: "Deny",
        Action: "dynamodb:GetItem",
        NotResource: "arn:aws:dynamodb:*:111122223333:table/meridian-hpc-prod-*",
      },
      {
        Sid: "DenyApiDocuments",
        Effect: "Deny",
        Action: "apigateway:GET",
        Resource: [
          "arn:aws:apigateway:*::/apikeys*",
          "arn:aws:apigateway:*::/apis/*/exports/*",
          "arn:aws:apigateway:*::/restapis/*/documentation/*",
          "arn:aws:apigateway:*::/restapis/*/stages/*/exports/*",
        ],
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

  it.each([
    ["items behind a cache", "dax:GetItem"],
    ["rows of Keyspaces", "cassandra:Select"],
    ["documents of OpenSearch", "es:ESHttpGet"],
    ["source code", "codecommit:GetFile"],
    ["source code as a clone", "codecommit:GitPull"],
    ["what passed between the steps of an execution", "states:GetExecutionHistory"],
    ["the input and output of an execution", "states:DescribeExecution"],
    ["the output of a command on a machine", "ssm:GetCommandInvocation"],
    ["the outputs of commands on machines", "ssm:ListCommandInvocations"],
    ["the outputs of an automation", "ssm:GetAutomationExecution"],
    ["traces", "xray:BatchGetTraces"],
    ["summaries of traces", "xray:GetTraceSummaries"],
    ["users of a pool", "cognito-idp:ListUsers"],
    ["credentials of an identity pool", "cognito-identity:GetCredentialsForIdentity"],
    ["a session of its own", "sts:GetSessionToken"],
    ["items", "dynamodb:GetItem"],
    ["messages", "sqs:ReceiveMessage"],
    ["log lines", "logs:FilterLogEvents"],
    ["secrets", "secretsmanager:GetSecretValue"],
    ["parameters", "ssm:GetParameter"],
  ])("refuses the plan role %s", async (_, action) => {
    expect(await decision(planPolicies(), action, await resourceFor(action))).toBe("ExplicitlyDenied");
  });

  it.each([
    ["an API's keys", "/apikeys/x"],
    ["an API's exported document", "/restapis/x/stages/prod/exports/oas30"],
    ["an API's documentation", "/restapis/x/documentation/parts"],
  ])("refuses the plan role %s", async (_, path) => {
    const resource = `arn:aws:apigateway:eu-west-1::${path}`;

    expect(await decision(planPolicies(), "apigateway:GET", resource)).toBe("ExplicitlyDenied");
  });

  it.each([
    ["apigateway:GET", "arn:aws:apigateway:eu-west-1::/restapis/x"],
    ["apigateway:GET", "arn:aws:apigateway:eu-west-1::/restapis/x/stages/prod"],
    ["es:DescribeDomain", "arn:aws:es:eu-west-1:123456789012:domain/x"],
    ["codecommit:GetRepository", "arn:aws:codecommit:eu-west-1:123456789012:x"],
    ["states:DescribeStateMachine", "arn:aws:states:eu-west-1:123456789012:stateMachine:x"],
    ["ssm:GetParameter", "arn:aws:ssm:eu-west-1:123456789012:parameter/aws/service/ami"],
    ["ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter/meridian/prod/routing-controls"],
    ["ssm:GetDocument", "arn:aws:ssm:eu-west-1:123456789012:document/x"],
    ["xray:GetGroup", "arn:aws:xray:eu-west-1:123456789012:group/x/y"],
    ["xray:GetSamplingRules", "*"],
    ["dynamodb:DescribeTable", "arn:aws:dynamodb:eu-west-1:123456789012:table/x"],
    ["dynamodb:GetResourcePolicy", "arn:aws:dynamodb:eu-west-1:123456789012:table/x"],
    ["sqs:GetQueueAttributes", "arn:aws:sqs:eu-west-1:123456789012:x"],
  ])("leaves to the plan role what Terraform reads to plan: %s on %s", async (action, resource) => {
    expect(await decision(planPolicies(), action, resource)).toBe("Allowed");
  });

  it("denies only actions that AWS knows, in a policy that a role can hold", async () => {
    const [, policy] = planPolicies();
    const { Statement: statements } = policy as unknown as {
      Statement: { Effect: string; Action: string | string[] }[];
    };
    const denied = statements.filter(({ Effect }) => Effect === "Deny").flatMap(({ Action }) => Action);

    for (const pattern of denied) {
      expect([pattern, (await actionsLike(pattern)).length > 0]).toEqual([pattern, true]);
    }
    expect(denied.slice(7, -4)).toEqual([...denied.slice(7, -4)].sort());
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    expect(JSON.stringify(policy).length).toBeLessThan(10_240);
  });

  it.each([
    "arn:aws:s3:::*/clusters/prod-cfd/*",
    "*",
    "arn:aws:s3:::prod-*/clusters/*",
    "arn:aws:s3:::bucket",
  ])("refuses %s as an object that Terraform manages", (arn) => {
    expect(refusal(() => stackWith({ managedObjectArns: [arn] }))).toBe(
      `prod-bootstrap/DeployRoles: 'managedObjectArns' must be ARNs of objects in buckets that they name, got ["${arn}"]; write them like "arn:aws:s3:::bucket/prefix/*"`,
    );
  });

  it("lets the plan role read the item that Terraform keeps in a cluster's table, and no other table", async () => {
    const table = (name: string) => `arn:aws:dynamodb:eu-west-1:111122223333:table/${name}`;

    expect(await decision(planPolicies(), "dynamodb:GetItem", table("meridian-hpc-prod-cfd"))).toBe(
      "Allowed",
    );
    for (const other of ["meridian-hpc-dev-cfd", "prod-sessions"]) {
      expect(await decision(planPolicies(), "dynamodb:GetItem", table(other))).toBe("ExplicitlyDenied");
    }
  });

  it("lets the plan role read the objects that Terraform manages, as each plan does", () => {
    const cluster = "arn:aws:s3:::prod-cfd-hpc/clusters/prod-cfd/*";
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

  it("uses the account's provider of GitHub tokens where it already exists", () => {
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

  it("adds to policies that are named what Meridian itself asks, and no role of another service", async () => {
    const policyArn = "arn:aws:iam::111122223333:policy/PlatformApply";
    const { policy } = resourceAt(
      stackWith({ applyPolicyArns: [policyArn] }),
      "aws_iam_role_policy",
      "DeployRoles/ApplyRolePolicy",
    );
    // The simulator asks on behalf of an account of its own.
    const own = JSON.parse(String(policy).replaceAll("111122223333", "123456789012")) as PolicyDocument;
    const roles = "arn:aws:iam::123456789012:role/aws-service-role";
    const makes = (service: string) =>
      decision([own], "iam:CreateServiceLinkedRole", `${roles}/${service}/AWSServiceRoleForIt`, {
        "iam:AWSServiceName": service,
      });
    const decisions = {
      ecs: await makes("ecs.amazonaws.com"),
      keys: await makes("mrk.kms.amazonaws.com"),
      support: await makes("support.amazonaws.com"),
      role: await decision([own], "iam:GetRole", `${roles}/ecs.amazonaws.com/AWSServiceRoleForECS`),
      tags: await decision([own], "tag:GetResources", "*"),
      families: await decision([own], "ecs:ListTaskDefinitions", "*"),
      revisions: await decision([own], "ecs:DeregisterTaskDefinition", "*"),
    };

    expect(decisions).toEqual({
      ...{ ecs: "Allowed", support: "ImplicitlyDenied", role: "Allowed", tags: "Allowed" },
      ...{ keys: "Allowed", families: "Allowed", revisions: "Allowed" },
    });
    expect(resourcesOf(stackWith(), "aws_iam_role_policy")).not.toHaveProperty([
      "DeployRoles_ApplyRolePolicy",
    ]);
  });

  it("denies its plan role nothing that finds what a killed run left", async () => {
    const policies = planPolicies();

    expect(await decision(policies, "tag:GetResources", "*")).toBe("Allowed");
    // Keys ask their own policies, too, which the simulator is not given.
    expect(await decision(policies, "kms:DescribeKey", "arn:aws:kms:eu-west-1:123456789012:key/1")).not.toBe(
      "ExplicitlyDenied",
    );
  });

  it("refuses a repository that GitHub does not know", () => {
    expect(refusal(() => stackWith({ repository: "https://github.com/acme/platform" }))).toBe(
      "prod-bootstrap/DeployRoles: 'repository' must be a GitHub repository as owner/name or owner@id/name@id, got \"https://github.com/acme/platform\"; leave out https://github.com/ and .git",
    );
  });
});
