import { ServiceError } from "../../answer";
import { queryService, scalar, type StandIn } from "../../toolkit";

/** The names of the roles, as each service's page on service-linked roles gives them. */
const names: Readonly<Record<string, string>> = {
  "apprunner.amazonaws.com": "AppRunner",
  "autoscaling.amazonaws.com": "AutoScaling",
  "batch.amazonaws.com": "Batch",
  "dynamodb.application-autoscaling.amazonaws.com": "ApplicationAutoScaling_DynamoDBTable",
  "ecs.amazonaws.com": "ECS",
  "ecs.application-autoscaling.amazonaws.com": "ApplicationAutoScaling_ECSService",
  "elasticloadbalancing.amazonaws.com": "ElasticLoadBalancing",
  "fsx.amazonaws.com": "AmazonFSx",
  "globalaccelerator.amazonaws.com": "GlobalAccelerator",
  "networking.apprunner.amazonaws.com": "AppRunnerNetworking",
  "pullthroughcache.ecr.amazonaws.com": "ECRPullThroughCache",
  "replication.dynamodb.amazonaws.com": "DynamoDBReplication",
  "replication.ecr.amazonaws.com": "ECRReplication",
  "spot.amazonaws.com": "EC2Spot",
  "wafv2.amazonaws.com": "WAFV2Logging",
};

/** IAM: service-linked roles have AWS's names, and exist once. Everything else is moto's. */
export function linkedRoles(): StandIn {
  return queryService({
    service: "iam",
    operations: {
      CreateServiceLinkedRole: async (input, context) => {
        const service = scalar(input.AWSServiceName);
        const name = names[service];
        if (name === undefined) {
          return undefined;
        }
        const RoleName = `AWSServiceRoleFor${name}`;
        const made = await context.moto({
          body: Buffer.from(
            new URLSearchParams({
              ...{ Action: "CreateRole", Version: "2010-05-08", RoleName },
              Path: `/aws-service-role/${service}/`,
              AssumeRolePolicyDocument: JSON.stringify({
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
              }),
            }).toString(),
          ),
        });
        if (made.status === 409) {
          throw new ServiceError(
            "InvalidInput",
            `Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
          );
        }
        const text = made.body.toString("utf8").replaceAll("CreateRoleRe", "CreateServiceLinkedRoleRe");
        return { ...made, body: Buffer.from(text) };
      },
    },
  });
}
