import { clientSettings } from "../aws-client";
import { answered, few, type Finding, isAbsence } from "./finding";
import { type Declared, type Subject } from "./subject";

/** A service-linked role, and what needs it. */
interface LinkedRole {
  readonly name: string;
  readonly service: string;
  readonly isNeeded: (declared: Declared) => boolean;
}

const ofType =
  (...types: readonly string[]) =>
  ({ type }: Declared): boolean =>
    types.includes(type);

/** See the page on service-linked roles in each service's guide. */
const roles: readonly LinkedRole[] = [
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
  { name: "AWSServiceRoleForECS", service: "ecs.amazonaws.com", isNeeded: ofType("aws_ecs_cluster") },
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html
  {
    name: "AWSServiceRoleForElasticLoadBalancing",
    service: "elasticloadbalancing.amazonaws.com",
    isNeeded: ofType("aws_lb"),
  },
  // https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
  {
    name: "AWSServiceRoleForApplicationAutoScaling_ECSService",
    service: "ecs.application-autoscaling.amazonaws.com",
    isNeeded: ({ type, block }) => type === "aws_appautoscaling_target" && block.service_namespace === "ecs",
  },
  {
    name: "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",
    service: "dynamodb.application-autoscaling.amazonaws.com",
    isNeeded: ({ type, block }) =>
      type === "aws_appautoscaling_target" && block.service_namespace === "dynamodb",
  },
  // https://docs.aws.amazon.com/apprunner/latest/dg/using-service-linked-roles.html
  {
    name: "AWSServiceRoleForAppRunner",
    service: "apprunner.amazonaws.com",
    isNeeded: ofType("aws_apprunner_service"),
  },
  {
    name: "AWSServiceRoleForAppRunnerNetworking",
    service: "networking.apprunner.amazonaws.com",
    isNeeded: ofType("aws_apprunner_vpc_connector"),
  },
  // https://docs.aws.amazon.com/global-accelerator/latest/dg/using-service-linked-roles.html
  {
    name: "AWSServiceRoleForGlobalAccelerator",
    service: "globalaccelerator.amazonaws.com",
    isNeeded: ofType("aws_globalaccelerator_accelerator", "aws_globalaccelerator_custom_routing_accelerator"),
  },
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/using-service-linked-roles.html
  {
    name: "AWSServiceRoleForECRReplication",
    service: "replication.ecr.amazonaws.com",
    isNeeded: ofType("aws_ecr_replication_configuration"),
  },
  {
    name: "AWSServiceRoleForECRPullThroughCache",
    service: "pullthroughcache.ecr.amazonaws.com",
    isNeeded: ofType("aws_ecr_pull_through_cache_rule"),
  },
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html
  {
    name: "AWSServiceRoleForDynamoDBReplication",
    service: "replication.dynamodb.amazonaws.com",
    isNeeded: ofType("aws_dynamodb_table_replica"),
  },
  // https://docs.aws.amazon.com/waf/latest/developerguide/using-service-linked-roles.html
  {
    name: "AWSServiceRoleForWAFV2Logging",
    service: "wafv2.amazonaws.com",
    isNeeded: ofType("aws_wafv2_web_acl_logging_configuration"),
  },
  // https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-service-linked-roles.html
  {
    name: "AWSServiceRoleForAmazonFSx",
    service: "fsx.amazonaws.com",
    isNeeded: ofType("aws_fsx_lustre_file_system"),
  },
  // https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html
  {
    name: "AWSServiceRoleForAutoScaling",
    service: "autoscaling.amazonaws.com",
    isNeeded: ofType("aws_autoscaling_group"),
  },
  // https://docs.aws.amazon.com/batch/latest/userguide/using-service-linked-roles.html
  {
    name: "AWSServiceRoleForBatch",
    service: "batch.amazonaws.com",
    isNeeded: ofType("aws_batch_compute_environment"),
  },
];

/**
 * The service-linked roles that the stacks' resources work with. A service makes its own at its first use; the
 * call that does so can fail because the role is not there yet.
 */
export async function checkLinkedRoles({
  access,
  environment,
  resources,
}: Subject): Promise<readonly Finding[]> {
  const needed = roles.filter(({ isNeeded }) => resources.some(isNeeded));
  const where = "global";
  const what = "service-linked roles";
  if (needed.length === 0) {
    return [];
  }
  return answered({ where, what, permission: "iam:GetRole" }, async () => {
    const { GetRoleCommand, IAMClient } = await import("@aws-sdk/client-iam");
    const client = new IAMClient(clientSettings(access, environment.homeRegion));
    const isThere = async ({ name }: LinkedRole): Promise<boolean> => {
      try {
        await client.send(new GetRoleCommand({ RoleName: name }));
        return true;
      } catch (error) {
        if (isAbsence(error)) {
          return false;
        }
        throw error;
      }
    };
    const present = await Promise.all(needed.map(isThere));
    const missing = needed.filter((_role, index) => present[index] === false);
    return missing.length === 0
      ? [{ result: "ok", where, what, got: `all ${needed.length} are there` }]
      : [
          {
            result: "warn",
            where,
            what,
            got: `${few(
              missing.map(({ name }) => name),
              missing.length,
            )} ${missing.length === 1 ? "is" : "are"} not there yet`,
            remedy: `Each service makes its own at its first use if the credentials are allowed iam:CreateServiceLinkedRole; to make them beforehand: ${missing
              .map(({ service }) => `\`aws iam create-service-linked-role --aws-service-name ${service}\``)
              .join(", ")}.`,
          },
        ];
  });
}
