/**
 * The services whose own roles a deploy makes where an account lacks them. Each is made at most once in an account,
 * with the permissions that AWS gives it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
 */
export const linkedRoleServices: readonly string[] = [
  "apprunner.amazonaws.com",
  "autoscaling.amazonaws.com",
  "batch.amazonaws.com",
  "dynamodb.application-autoscaling.amazonaws.com",
  "ecs.amazonaws.com",
  "ecs.application-autoscaling.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
  "fsx.amazonaws.com",
  "globalaccelerator.amazonaws.com",
  "networking.apprunner.amazonaws.com",
  "pullthroughcache.ecr.amazonaws.com",
  "replication.dynamodb.amazonaws.com",
  "replication.ecr.amazonaws.com",
  "spot.amazonaws.com",
  "wafv2.amazonaws.com",
];

/**
 * The services that make their own role when they are first used, in the caller's name: nobody need be faster, and
 * nobody can for multi-region keys, but whoever deploys must be allowed to.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-auth-slr.html
 * @see https://docs.aws.amazon.com/efs/latest/ug/using-service-linked-roles.html
 */
const selfMadeServices: readonly string[] = [
  "elasticfilesystem.amazonaws.com",
  "mrk.kms.amazonaws.com",
  "route53resolver.amazonaws.com",
];

/**
 * What `meridian` asks of an account besides Terraform that no policy for the platform's own resources would hold:
 * it makes service-linked roles before what needs them, and finds what a killed run made by its tags.
 */
export function runnerPolicy(partition: string, account: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "MakeServiceLinkedRoles",
        Effect: "Allow",
        Action: "iam:CreateServiceLinkedRole",
        Resource: `arn:${partition}:iam::${account}:role/aws-service-role/*`,
        Condition: { StringEquals: { "iam:AWSServiceName": [...linkedRoleServices, ...selfMadeServices] } },
      },
      {
        Sid: "FindServiceLinkedRoles",
        Effect: "Allow",
        Action: "iam:GetRole",
        // IAM is asked by the name, and AWS decides by the role that stands, or by one without a path.
        Resource: `arn:${partition}:iam::${account}:role/*`,
      },
      { Sid: "FindLostResources", Effect: "Allow", Action: "tag:GetResources", Resource: "*" },
      {
        Sid: "LeaveDeletedKeys",
        Effect: "Allow",
        Action: "kms:DescribeKey",
        Resource: `arn:${partition}:kms:*:${account}:key/*`,
      },
      {
        Sid: "EndTaskDefinitions",
        Effect: "Allow",
        Action: ["ecs:ListTaskDefinitions", "ecs:DeregisterTaskDefinition"],
        // Neither knows a resource.
        Resource: "*",
      },
    ],
  };
}
