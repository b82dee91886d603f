import { iamLinkedRoles } from "../aws/linked-roles";
import { answered, few, type Finding } from "./finding";
import { type Declared, innerBlocks, type Subject } from "./subject";

/** A service-linked role, and what needs it. */
export interface LinkedRole {
  readonly name: string;
  /** The service, as `iam:CreateServiceLinkedRole` takes it. */
  readonly service: string;
  readonly isNeeded: (declared: Declared) => boolean;
}

const ofType =
  (...types: readonly string[]) =>
  ({ type }: Declared): boolean =>
    types.includes(type);

/** See the page on service-linked roles in each service's guide. */
export const linkedRoles: readonly LinkedRole[] = [
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
  // Buying Spot instances by the API does not make it: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
  {
    name: "AWSServiceRoleForEC2Spot",
    service: "spot.amazonaws.com",
    isNeeded: (declared) =>
      (declared.type === "aws_launch_template" &&
        innerBlocks(declared.block, "instance_market_options").some(
          ({ market_type: type }) => type === "spot",
        )) ||
      (declared.type === "aws_batch_compute_environment" &&
        innerBlocks(declared.block, "compute_resources").some(({ type }) => type === "SPOT")),
  },
];

/** The roles that resources work with. */
export function linkedRolesFor(resources: readonly Declared[]): LinkedRole[] {
  return linkedRoles.filter(({ isNeeded }) => resources.some(isNeeded));
}

/** Whether the account has the service-linked roles that the stacks' resources work with; a deploy makes them. */
export async function checkLinkedRoles({
  access,
  environment,
  resources,
}: Subject): Promise<readonly Finding[]> {
  const needed = linkedRolesFor(resources);
  const where = "global";
  const what = "service-linked roles";
  if (needed.length === 0) {
    return [];
  }
  return answered({ where, what, permission: "iam:GetRole" }, async () => {
    const present = await Promise.all(
      needed.map(({ name }) => iamLinkedRoles.isThere(access, environment.homeRegion, name)),
    );
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
            )} ${missing.length === 1 ? "is" : "are"} missing`,
            remedy: `A deploy makes what is missing before what needs it, if its credentials are allowed iam:CreateServiceLinkedRole; to make it beforehand: ${missing
              .map(({ service }) => `\`aws iam create-service-linked-role --aws-service-name ${service}\``)
              .join(", ")}.`,
          },
        ];
  });
}
