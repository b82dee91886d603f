import {
  type ImageRepositoryProps,
  type LifecycleRule,
  ImageRepository,
} from "../../../modules/container-registry";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";

const required: ImageRepositoryProps = { name: "team/web", account: "111122223333", region: "eu-west-1" };

function stackWith(props: Partial<ImageRepositoryProps> = {}) {
  const stack = emptyStack();
  const repository = new ImageRepository(stack, "Web", { ...required, ...props });
  return { stack, repository };
}

function lifecycleOf(...lifecycleRules: LifecycleRule[]): unknown {
  const { stack } = stackWith({ lifecycleRules });
  return JSON.parse(resourceAt(stack, "aws_ecr_lifecycle_policy").policy as string);
}

const refuse = (props: Partial<ImageRepositoryProps>): string => refusal(() => stackWith(props));

describe("ImageRepository", () => {
  it("keeps tags, scans pushes, encrypts with KMS and is protected by default", () => {
    const { stack } = stackWith();

    expect(resourceAt(stack, "aws_ecr_repository")).toEqual({
      name: "team/web",
      image_tag_mutability: "IMMUTABLE",
      image_scanning_configuration: { scan_on_push: true },
      encryption_configuration: [{ encryption_type: "KMS" }],
      force_delete: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  it("expires untagged images after two weeks by default", () => {
    const { stack } = stackWith();

    expect(JSON.parse(resourceAt(stack, "aws_ecr_lifecycle_policy").policy as string)).toEqual({
      rules: [
        {
          rulePriority: 1,
          description: "Expire untagged images after 14 days",
          selection: {
            tagStatus: "untagged",
            countType: "sinceImagePushed",
            countUnit: "days",
            countNumber: 14,
          },
          action: { type: "expire" },
        },
      ],
    });
  });

  it("keeps a default where undefined is passed", () => {
    const { stack } = stackWith({ encryption: undefined, deletionProtection: undefined });

    expect(resourceAt(stack, "aws_ecr_repository")).toMatchObject({
      encryption_configuration: [{ encryption_type: "KMS" }],
      force_delete: false,
    });
  });

  it("lets only its own account pull by default", () => {
    expect(resourcesOf(stackWith().stack, "aws_ecr_repository_policy")).toEqual({});
  });

  it("encrypts with a key of the user", () => {
    const keyArn = "arn:aws:kms:eu-west-1:111122223333:key/1";
    const { stack } = stackWith({ encryption: { kind: "kms", keyArn } });

    expect(resourceAt(stack, "aws_ecr_repository").encryption_configuration).toEqual([
      { encryption_type: "KMS", kms_key: keyArn },
    ]);
  });

  it("encrypts with the keys of Amazon S3 where asked", () => {
    const { stack } = stackWith({ encryption: { kind: "aes256" } });

    expect(resourceAt(stack, "aws_ecr_repository").encryption_configuration).toEqual([
      { encryption_type: "AES256" },
    ]);
  });

  it("can be destroyed with its images where protection is off", () => {
    const { stack } = stackWith({ deletionProtection: false });

    const repository = resourceAt(stack, "aws_ecr_repository");
    expect(repository.force_delete).toBe(true);
    expect(repository.lifecycle).toBeUndefined();
  });

  it("has no lifecycle policy without rules", () => {
    expect(resourcesOf(stackWith({ lifecycleRules: [] }).stack, "aws_ecr_lifecycle_policy")).toEqual({});
  });

  it("numbers rules in their order and puts the rule for any image last", () => {
    expect(
      lifecycleOf(
        { kind: "keep-last-of-any", count: 500 },
        { kind: "keep-all", tags: { tagPrefixes: ["release-"] } },
        { kind: "keep-last", tags: { tagPatterns: ["pr-*", "*-arm64"] }, count: 20 },
        { kind: "expire-tagged", tags: { tagPrefixes: ["nightly-"] }, afterDays: 30 },
      ),
    ).toEqual({
      rules: [
        {
          rulePriority: 1,
          description: "Keep all images tagged release-",
          selection: {
            tagStatus: "tagged",
            tagPrefixList: ["release-"],
            countType: "imageCountMoreThan",
            countNumber: 100_000,
          },
          action: { type: "expire" },
        },
        {
          rulePriority: 2,
          description: "Keep the last 20 images tagged pr-* and *-arm64",
          selection: {
            tagStatus: "tagged",
            tagPatternList: ["pr-*", "*-arm64"],
            countType: "imageCountMoreThan",
            countNumber: 20,
          },
          action: { type: "expire" },
        },
        {
          rulePriority: 3,
          description: "Expire images tagged nightly- after 30 days",
          selection: {
            tagStatus: "tagged",
            tagPrefixList: ["nightly-"],
            countType: "sinceImagePushed",
            countUnit: "days",
            countNumber: 30,
          },
          action: { type: "expire" },
        },
        {
          rulePriority: 4,
          description: "Keep the last 500 images",
          selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 500 },
          action: { type: "expire" },
        },
      ],
    });
  });

  it("lets named accounts pull and do nothing else", () => {
    const { stack } = stackWith({ pullAccounts: ["444455556666", "222233334444"] });

    const policy = resourceAt(stack, "aws_ecr_repository_policy");
    expect(policy.repository).toBe("${aws_ecr_repository.Web_3C8945DB.name}");
    expect(JSON.parse(policy.policy as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "PullFromOtherAccounts",
          Effect: "Allow",
          Principal: { AWS: ["arn:aws:iam::222233334444:root", "arn:aws:iam::444455556666:root"] },
          Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        },
      ],
    });
  });

  it("knows its ARN and address in every region without asking AWS", () => {
    const { repository } = stackWith();

    expect(repository.repositoryArn("eu-central-1")).toBe(
      "arn:aws:ecr:eu-central-1:111122223333:repository/team/web",
    );
    expect(repository.repositoryUri("eu-central-1")).toBe(
      "111122223333.dkr.ecr.eu-central-1.amazonaws.com/team/web",
    );
  });

  it("represents a repository that already exists", () => {
    const repository = ImageRepository.fromName("web", "111122223333");

    expect(repository.repositoryName).toBe("web");
    expect(repository.repositoryArn("us-gov-west-1")).toBe(
      "arn:aws-us-gov:ecr:us-gov-west-1:111122223333:repository/web",
    );
    expect(repository.repositoryUri("cn-north-1")).toBe(
      "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/web",
    );
  });

  it("refuses a name that ECR does not take", () => {
    expect(refuse({ name: "Web" })).toBe(
      "test/Web: 'name' must be 2 to 256 lower-case letters and digits, separated by single '.', '_', '-' or '/', " +
        'got "Web"; rename the repository',
    );
  });

  it("refuses an account id that is too short", () => {
    expect(refuse({ account: "1111" })).toBe(
      "test/Web: 'account' must be the 12 digits of an AWS account, got \"1111\"; " +
        "write the account id as text, with its leading zeros",
    );
  });

  it("refuses pulling accounts that are invalid or listed twice", () => {
    expect(refuse({ pullAccounts: ["x", "222233334444", "222233334444"] })).toBe(
      [
        "test/Web: 'pullAccounts' must list account ids of 12 digits, got [\"x\"]; " +
          "write each id as a string, with its leading zeros",
        "test/Web: 'pullAccounts' must name each account once, got [\"222233334444\"]; remove the repetition",
      ].join("\n"),
    );
  });

  it("refuses a lifecycle rule that counts nothing", () => {
    expect(refuse({ lifecycleRules: [{ kind: "expire-untagged", afterDays: 0 }] })).toBe(
      "test/Web: 'lifecycleRules' must count images and days in whole numbers from 1, " +
        'got [{"kind":"expire-untagged","afterDays":0}]; correct \'count\' or \'afterDays\', or remove the rule',
    );
  });

  it("refuses a wildcard in a prefix and a selection of nothing", () => {
    const wildcard: LifecycleRule = { kind: "keep-all", tags: { tagPrefixes: ["v*"] } };
    const nothing: LifecycleRule = { kind: "keep-all", tags: { tagPatterns: [] } };

    expect(refuse({ lifecycleRules: [wildcard, nothing] })).toBe(
      "test/Web: 'lifecycleRules' must select tags by at least one prefix or pattern of letters, digits, '.', '_' " +
        `and '-' ('*' in patterns only), got ${JSON.stringify([wildcard, nothing])}; ` +
        "correct 'tags'; for images of any tag use a rule of kind \"keep-last-of-any\"",
    );
  });

  it("refuses a fifth wildcard", () => {
    const rule: LifecycleRule = { kind: "keep-last", count: 1, tags: { tagPatterns: ["*a*b*c*d*"] } };

    expect(refuse({ lifecycleRules: [rule] })).toBe(
      "test/Web: 'lifecycleRules' must have at most 4 wildcards in a tag pattern, " +
        `got ${JSON.stringify([rule])}; shorten the pattern`,
    );
  });

  it("refuses two rules for the same images", () => {
    const twice: LifecycleRule = { kind: "keep-last", count: 1, tags: { tagPrefixes: ["v"] } };

    expect(refuse({ lifecycleRules: [{ kind: "keep-all", tags: { tagPrefixes: ["v"] } }, twice] })).toBe(
      `test/Web: 'lifecycleRules' must select the same images once at most, got ${JSON.stringify([twice])}; ` +
        "merge the rules: ECR applies only the first rule that selects an image",
    );
  });

  it("refuses more rules than a policy holds", () => {
    const lifecycleRules = Array.from({ length: 51 }, (_, number): LifecycleRule => ({
      kind: "keep-all",
      tags: { tagPrefixes: [`v${number}`] },
    }));

    expect(refuse({ lifecycleRules })).toBe(
      "test/Web: 'lifecycleRules' must hold at most 50 rules, got 51; " +
        "merge rules by a pattern that covers several tags",
    );
  });

  it("refuses a policy that is too long", () => {
    const tagPrefixes = Array.from({ length: 250 }, (_, number) => `${"a".repeat(120)}${number}`);

    expect(refuse({ lifecycleRules: [{ kind: "keep-all", tags: { tagPrefixes } }] })).toBe(
      "test/Web: 'lifecycleRules' must make a policy of at most 30720 characters, got 31827; " +
        "shorten prefixes and patterns, or remove rules",
    );
  });
});
