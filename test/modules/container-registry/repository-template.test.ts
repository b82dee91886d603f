import { type RepositoryTemplateProps, RepositoryTemplate } from "../../../modules/container-registry";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const required: RepositoryTemplateProps = {
  account: "111122223333",
  region: "eu-central-1",
  appliedFor: "REPLICATION",
};

function stackWith(props: Partial<RepositoryTemplateProps> = {}) {
  const stack = emptyStack();
  new RepositoryTemplate(stack, "Template", { ...required, ...props });
  return stack;
}

const templateOf = (props: Partial<RepositoryTemplateProps> = {}) =>
  resourceAt(stackWith(props), "aws_ecr_repository_creation_template");

const permissionsOf = (props: Partial<RepositoryTemplateProps> = {}) =>
  JSON.parse(resourceAt(stackWith(props), "aws_iam_role_policy").policy as string) as { Statement: object[] };

describe("RepositoryTemplate", () => {
  it("makes every replica like a repository of ours", () => {
    const { lifecycle_policy: lifecycle, ...template } = templateOf();

    expect(template).toEqual({
      prefix: "ROOT",
      description: "Replicas of repositories of another region or account",
      applied_for: ["REPLICATION"],
      custom_role_arn: "${aws_iam_role.Template_Role_5BD1BA6B.arn}",
      image_tag_mutability: "IMMUTABLE",
      encryption_configuration: [{ encryption_type: "KMS" }],
      depends_on: ["aws_iam_role_policy.Template_Permissions_230E2B41"],
    });
    expect(JSON.parse(lifecycle as string)).toMatchObject({
      rules: [{ rulePriority: 1, selection: { tagStatus: "untagged", countNumber: 14 } }],
    });
  });

  it("lets ECR make and encrypt repositories of this registry and nothing else", () => {
    expect(resourceAt(stackWith(), "aws_iam_role")).toEqual({
      name: "ecr-template-eu-central-1-root",
      description: "Lets ECR make repositories from a template",
      assume_role_policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "ecr.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      }),
    });
    expect(permissionsOf()).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "MakeRepositories",
          Effect: "Allow",
          Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
          Resource: "arn:aws:ecr:eu-central-1:111122223333:repository/*",
        },
        {
          Sid: "Encrypt",
          Effect: "Allow",
          Action: ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"],
          Resource: "arn:aws:kms:eu-central-1:111122223333:key/*",
          Condition: { StringEquals: { "kms:ViaService": "ecr.eu-central-1.amazonaws.com" } },
        },
      ],
    });
  });

  it("names one key where one is given, and none without KMS", () => {
    const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/1";

    expect(permissionsOf({ encryption: { kind: "kms", keyArn } }).Statement[1]).toMatchObject({
      Resource: keyArn,
    });
    expect(permissionsOf({ encryption: { kind: "aes256" } }).Statement).toHaveLength(1);
  });

  it("lets tags of a cache move with those upstream", () => {
    expect(templateOf({ appliedFor: "PULL_THROUGH_CACHE", prefix: "docker-hub" })).toMatchObject({
      prefix: "docker-hub",
      description: "Caches of repositories of another registry",
      applied_for: ["PULL_THROUGH_CACHE"],
      image_tag_mutability: "MUTABLE",
    });
  });

  it("keeps to what is below its namespace, where AWS puts a slash after it", () => {
    expect(permissionsOf({ prefix: "team" }).Statement[0]).toMatchObject({
      Resource: "arn:aws:ecr:eu-central-1:111122223333:repository/team/*",
    });
    expect(permissionsOf({ prefix: "team/" }).Statement[0]).toMatchObject({
      Resource: "arn:aws:ecr:eu-central-1:111122223333:repository/team/*",
    });
    expect(resourceAt(stackWith({ prefix: "team/" }), "aws_iam_role").name).toBe(
      "ecr-template-eu-central-1-team",
    );
  });

  it("carries policy, lifecycle and tags", () => {
    const template = templateOf({
      lifecycleRules: [],
      pullAccounts: ["222233334444"],
      repositoryTags: { team: "web" },
    });

    expect(template.lifecycle_policy).toBeUndefined();
    expect(JSON.parse(template.repository_policy as string)).toMatchObject({
      Statement: [{ Principal: { AWS: ["arn:aws:iam::222233334444:root"] } }],
    });
    expect(template.resource_tags).toEqual({ team: "web" });
  });

  it("refuses what a repository refuses, and a bad prefix", () => {
    expect(
      refusal(() =>
        stackWith({
          account: "1",
          prefix: "Team",
          pullAccounts: ["x"],
          lifecycleRules: [{ kind: "keep-last-of-any", count: 0 }],
        }),
      ),
    ).toBe(
      [
        "test/Template: 'account' must be the 12 digits of an AWS account, got \"1\"; " +
          "write the account id as text, with its leading zeros",
        "test/Template: 'prefix' must be 2 to 256 lower-case letters and digits, separated by single '.', '_', '-' or " +
          "'/', got \"Team\"; correct it, or remove it for a template that applies to every name",
        "test/Template: 'pullAccounts' must list account ids of 12 digits, got [\"x\"]; " +
          "write each id as a string, with its leading zeros",
        "test/Template: 'lifecycleRules' must count images and days in whole numbers from 1, " +
          'got [{"kind":"keep-last-of-any","count":0}]; correct \'count\' or \'afterDays\', or remove the rule',
      ].join("\n"),
    );
  });
});
