import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";

import { nameLimits, partitionOf, pullImages, resourceName } from "../../core";

/** Settings of {@link ExpressRoles}. */
export interface ExpressRolesProps {
  /** Name of the service. */
  readonly name: string;
  /** The account, 12 digits. */
  readonly account: string;
  /** The region; part of the roles' names, which are unique over all regions. */
  readonly region: string;
  /**
   * ARN of the private repository that the image is pulled from.
   *
   * @default - none; the image is public
   */
  readonly repositoryArn?: string;
  /** ARN of the log group that the container writes to. */
  readonly logGroupArn: string;
  /** ARNs of secrets and parameters that are injected. */
  readonly secretArns: readonly string[];
}

/**
 * The three roles of an Express service: the execution role starts tasks, the infrastructure role lets
 * ECS build the load balancer and the scaling, the task role is what the application may do: nothing yet.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-overview.html
 */
export class ExpressRoles extends Construct {
  /** The role that starts tasks. */
  public readonly execution: IamRole;
  /** The role that ECS builds the rest with. */
  public readonly infrastructure: IamRole;
  /** The role of the application. */
  public readonly task: IamRole;
  /** The grants that have to stand before the service, and as long as it. */
  public readonly grants: readonly (IamRolePolicy | IamRolePolicyAttachment)[];

  public constructor(scope: Construct, id: string, props: ExpressRolesProps) {
    super(scope, id);

    this.execution = this.createRole("Execution", "ecs-tasks", props);
    this.infrastructure = this.createRole("Infrastructure", "ecs", props);
    this.task = this.createRole("Task", "ecs-tasks", props);
    this.grants = [
      new IamRolePolicy(this, "ExecutionPolicy", {
        name: "ExecutionPolicy",
        role: this.execution.name,
        policy: JSON.stringify({ Version: "2012-10-17", Statement: executionStatements(props) }),
      }),
      // What ECS does with this role is not documented call by call, so the policy is AWS's.
      new IamRolePolicyAttachment(this, "InfrastructurePolicy", {
        role: this.infrastructure.name,
        policyArn: `arn:${partitionOf(props.region)}:iam::aws:policy/service-role/AmazonECSInfrastructureRoleforExpressGatewayServices`,
      }),
    ];
  }

  private createRole(
    id: "Execution" | "Infrastructure" | "Task",
    principal: "ecs" | "ecs-tasks",
    { name, account, region }: ExpressRolesProps,
  ): IamRole {
    return new IamRole(this, id, {
      name: resourceName(nameLimits.iamRole, name, region, "express", id.toLowerCase()),
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: `${principal}.amazonaws.com` },
            Action: "sts:AssumeRole",
            // ECS may not be led to use the role on behalf of somebody else.
            Condition: { StringEquals: { "aws:SourceAccount": account } },
          },
        ],
      }),
    });
  }
}

function executionStatements({ repositoryArn, logGroupArn, secretArns }: ExpressRolesProps): object[] {
  const read = (sid: string, action: string, arns: readonly string[]): object[] =>
    arns.length === 0 ? [] : [{ Sid: sid, Effect: "Allow", Action: action, Resource: arns }];
  const isParameter = (arn: string): boolean => arn.includes(":ssm:");
  return [
    ...pullImages(repositoryArn === undefined ? [] : [repositoryArn]),
    {
      Sid: "WriteLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    ...read(
      "ReadSecrets",
      "secretsmanager:GetSecretValue",
      secretArns.filter((arn) => !isParameter(arn)),
    ),
    ...read("ReadParameters", "ssm:GetParameters", secretArns.filter(isParameter)),
  ];
}
