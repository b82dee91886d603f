import type { TerraformStack } from "cdktf";

import { FargateCluster, type FargateClusterProps } from "../../../modules/fargate-service";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";

const required: FargateClusterProps = { name: "prod", account: "111122223333", region: "eu-west-1" };

function stackWith(props: Partial<FargateClusterProps> = {}): TerraformStack {
  const stack = emptyStack();
  new FargateCluster(stack, "Cluster", { ...required, ...props });
  return stack;
}

describe("FargateCluster", () => {
  it("measures tasks and containers by default and permits no sessions", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_ecs_cluster", "Cluster/Resource")).toEqual({
      name: "prod",
      setting: [{ name: "containerInsights", value: "enhanced" }],
    });
    expect(resourcesOf(stack, "aws_kms_key")).toEqual({});
    expect(resourcesOf(stack, "aws_cloudwatch_log_group")).toEqual({});
  });

  it("offers on-demand and Spot capacity, and runs on demand what asks for neither", () => {
    expect(resourceAt(stackWith(), "aws_ecs_cluster_capacity_providers")).toEqual({
      cluster_name: "${aws_ecs_cluster.Cluster_EB0386A7.name}",
      capacity_providers: ["FARGATE", "FARGATE_SPOT"],
      default_capacity_provider_strategy: [{ capacity_provider: "FARGATE", weight: 1 }],
    });
  });

  it("gives names by way of its capacity providers, so that services wait for them", () => {
    const cluster = new FargateCluster(emptyStack(), "Cluster", required);

    expect(cluster.execAudit).toBeUndefined();
    expect(cluster.clusterArn).toBe(`arn:aws:ecs:eu-west-1:111122223333:cluster/${cluster.clusterName}`);
  });

  it.each(["enabled", "disabled"] as const)("takes %s Container Insights", (containerInsights) => {
    expect(resourceAt(stackWith({ containerInsights }), "aws_ecs_cluster")).toMatchObject({
      setting: [{ name: "containerInsights", value: containerInsights }],
    });
  });

  it("encrypts and records sessions where it permits them", () => {
    const stack = stackWith({ exec: true, logRetentionDays: 365 });

    expect(resourceAt(stack, "aws_ecs_cluster")).toMatchObject({
      configuration: {
        execute_command_configuration: {
          kms_key_id: "${aws_kms_key.Cluster_ExecKey_CF6E65D8.arn}",
          logging: "OVERRIDE",
          log_configuration: {
            cloud_watch_encryption_enabled: true,
            cloud_watch_log_group_name: "${aws_cloudwatch_log_group.Cluster_ExecLog_957291E7.name}",
          },
        },
      },
    });
    expect(resourceAt(stack, "aws_cloudwatch_log_group")).toEqual({
      name: "/meridian/exec/prod",
      retention_in_days: 365,
      kms_key_id: "${aws_kms_key.Cluster_ExecKey_CF6E65D8.arn}",
    });
  });

  it("lets CloudWatch use the key for that log group only", () => {
    const key = resourceAt(stackWith({ exec: true }), "aws_kms_key");

    expect(key.enable_key_rotation).toBe(true);
    expect(JSON.parse(String(key.policy))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AdministerThroughIam",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::111122223333:root" },
          Action: "kms:*",
          Resource: "*",
        },
        {
          Sid: "EncryptSessionLog",
          Effect: "Allow",
          Principal: { Service: "logs.eu-west-1.amazonaws.com" },
          Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
          Resource: "*",
          Condition: {
            ArnEquals: {
              "kms:EncryptionContext:aws:logs:arn":
                "arn:aws:logs:eu-west-1:111122223333:log-group:/meridian/exec/prod",
            },
          },
        },
      ],
    });
  });

  it("refuses everything that is wrong at once", () => {
    expect(refusal(() => stackWith({ name: "Prod", account: "1", logRetentionDays: 31 }))).toBe(
      [
        `test/Cluster: 'name' must be lower-case letters, digits and single hyphens, starting with a letter, got "Prod"; choose a name like 'prod'`,
        `test/Cluster: 'account' must be the 12 digits of an AWS account, got "1"; write the account id as text, with its leading zeros`,
        "test/Cluster: 'logRetentionDays' must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 31; choose the next longer period",
      ].join("\n"),
    );
  });
});
