import type { TargetEnvironment } from "../../../cli/base/target-environment";
import type { Configuration } from "../../../cli/stacks/manifest";
import { devEnvironment } from "./fake-context";
import type { FixtureStack } from "./fixture-stacks";

export const killedAccount = "123456789012";
export const killedBucket = "killed-states";
/** Where no other test makes anything: moto lists no tags beside ECS tasks that have none. */
export const killedRegion = "eu-north-1";
/** What environments whose runs are killed are called: several may be killed at once. */
export const killedNames = ["killed", "killed-runner", "killed-terraform", "killed-tree"] as const;

/** An environment of the local cloud whose runs are killed. */
export function killedEnvironment(name: string): TargetEnvironment {
  return {
    ...devEnvironment,
    name,
    account: killedAccount,
    target: "local-cloud",
    homeRegion: killedRegion,
    regions: { [killedRegion]: {} },
    state: { replicaRegion: "eu-central-1", location: "home", bucket: killedBucket },
  };
}

/** The only stack of such an environment. */
export function killedStack(environment: string): string {
  return `${environment}-foundation`;
}

/** Keys, networks and roles: what AWS names itself, what the code names, and what hangs on either. */
export function killedPlatform(environment: string): FixtureStack[] {
  const numbers = ["1", "2", "3", "4", "5"];
  const each = (make: (number: string) => object) =>
    Object.fromEntries(numbers.map((number) => [`N${number}`, make(number)]));
  const stack = killedStack(environment);
  const configuration = {
    terraform: {
      backend: {
        s3: {
          bucket: killedBucket,
          key: `${environment}/${stack}.tfstate`,
          region: killedRegion,
          use_lockfile: true,
        },
      },
      required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } },
    },
    provider: {
      aws: [
        {
          region: killedRegion,
          allowed_account_ids: [killedAccount],
          default_tags: [{ tags: { "meridian:environment": environment, "meridian:stack": stack } }],
        },
      ],
    },
    resource: {
      aws_kms_key: each((number) => ({
        description: `Key ${number} of ${environment}`,
        deletion_window_in_days: 7,
      })),
      aws_kms_alias: each((number) => ({
        name: `alias/${environment}-${number}`,
        target_key_id: `\${aws_kms_key.N${number}.id}`,
      })),
      aws_cloudwatch_log_group: each((number) => ({ name: `${environment}-${number}` })),
      aws_iam_role: each((number) => ({
        name: `${environment}-${number}`,
        assume_role_policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" },
          ],
        }),
      })),
      aws_vpc: { Main: { cidr_block: "10.0.0.0/16" } },
      aws_subnet: each((number) => ({
        vpc_id: "${aws_vpc.Main.id}",
        cidr_block: `10.0.${number}.0/24`,
        tags: { Name: `${environment}-${number}` },
      })),
      aws_security_group: {
        Web: { name: "web", description: "Web", vpc_id: "${aws_vpc.Main.id}" },
      },
    },
  } as unknown as Configuration;
  return [{ name: stack, dependencies: [], configuration }];
}

/** An environment whose first deploy is begun from two clones: it makes its own state bucket. */
export const firstEnvironment: TargetEnvironment = {
  ...killedEnvironment("first"),
  homeRegion: "eu-west-3",
  regions: { "eu-west-3": {} },
  state: { replicaRegion: "eu-central-1", location: "home", bucket: "first-states" },
};

/** A bucket of states with its key, whose id AWS chooses, and a stack that keeps its state there. */
export function firstPlatform(): FixtureStack[] {
  const { homeRegion: region, state } = firstEnvironment;
  const stack = (name: string, resource: object, dependencies: string[] = []): FixtureStack => ({
    name,
    dependencies,
    configuration: {
      terraform: {
        backend: { s3: { bucket: state.bucket, key: `first/${name}.tfstate`, region, use_lockfile: true } },
        required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } },
      },
      provider: {
        aws: [
          {
            region,
            allowed_account_ids: [killedAccount],
            default_tags: [{ tags: { "meridian:environment": "first", "meridian:stack": name } }],
          },
        ],
      },
      resource,
    } as unknown as Configuration,
  });
  return [
    stack("first-bootstrap", {
      aws_kms_key: { Key: { description: "first", deletion_window_in_days: 7 } },
      aws_s3_bucket: { States: { bucket: state.bucket, force_destroy: true } },
      aws_s3_bucket_versioning: {
        States: {
          bucket: "${aws_s3_bucket.States.id}",
          versioning_configuration: [{ status: "Enabled" }],
        },
      },
    }),
    stack("first-foundation", { aws_cloudwatch_log_group: { Log: { name: "first" } } }, ["first-bootstrap"]),
  ];
}
