import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";

import {
  nameLimits,
  partitionOf,
  pullImages,
  readSecrets,
  resourceName,
  type PolicyStatement,
  type SecretReference,
} from "../../core";
import type { ExecAudit } from "./fargate-cluster";

/** Settings of {@link TaskRoles}. */
export interface TaskRolesProps {
  /** Name of the service. */
  readonly name: string;
  /** The account, 12 digits. */
  readonly account: string;
  /** The region; part of the roles' names, which are unique over all regions. */
  readonly region: string;
  /** ARNs of the repositories that images are pulled from. */
  readonly repositoryArns: readonly string[];
  /** ARN of the log group that the containers write to. */
  readonly logGroupArn: string;
  /** The secrets that are injected. */
  readonly secrets: readonly SecretReference[];
  /** ARNs of the keys that those secrets are encrypted with. */
  readonly secretKeyArns: readonly string[];
  /**
   * Where sessions are recorded.
   *
   * @default - the task permits no sessions
   */
  readonly execAudit?: ExecAudit;
}

/**
 * The two roles of a task. The execution role starts it: it pulls exactly its images, writes its log
 * and reads its secrets. The task role is what the application may do: nothing, until something is granted.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-ecs-iam-role-overview.html
 */
export class TaskRoles extends Construct {
  /** The role that starts tasks. */
  public readonly execution: IamRole;
  /** The grants of the role that starts tasks, which have to stand before one starts. */
  public readonly executionPolicy: IamRolePolicy;
  /** The role of the application. */
  public readonly task: IamRole;

  public constructor(scope: Construct, id: string, props: TaskRolesProps) {
    super(scope, id);

    this.execution = this.createRole("Execution", "execution", props);
    this.executionPolicy = this.attach("ExecutionPolicy", this.execution, executionStatements(props));
    this.task = this.createRole("Task", "task", props);
    if (props.execAudit !== undefined) {
      this.attach("ExecPolicy", this.task, execStatements(props.execAudit, props));
    }
  }

  private createRole(id: string, part: string, { name, account, region }: TaskRolesProps): IamRole {
    return new IamRole(this, id, {
      name: resourceName(nameLimits.iamRole, name, region, part),
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "ecs-tasks.amazonaws.com" },
            Action: "sts:AssumeRole",
            // ECS may not be led to use the role on behalf of somebody else.
            Condition: {
              StringEquals: { "aws:SourceAccount": account },
              ArnLike: { "aws:SourceArn": `arn:${partitionOf(region)}:ecs:${region}:${account}:*` },
            },
          },
        ],
      }),
    });
  }

  private attach(id: string, role: IamRole, statements: readonly PolicyStatement[]): IamRolePolicy {
    return new IamRolePolicy(this, id, {
      name: id,
      role: role.name,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    });
  }
}

/**
 * The repository behind an image of Amazon ECR; undefined for images of other registries.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 */
export function repositoryArnOfImage(image: string): string | undefined {
  const [, account, region = "", repository] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/.exec(image) ?? [];
  return account === undefined
    ? undefined
    : `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${repository ?? ""}`;
}

function executionStatements(props: TaskRolesProps): PolicyStatement[] {
  return [
    ...pullImages(props.repositoryArns),
    {
      Sid: "WriteLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${props.logGroupArn}:*`,
    },
    ...readSecrets(props),
  ];
}

/** What the agent of ECS Exec in the task needs; its channels belong to no resource. */
function execStatements(
  { keyArn, logGroupArn }: ExecAudit,
  { account, region }: TaskRolesProps,
): PolicyStatement[] {
  const logGroups = `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:*`;
  return [
    {
      Sid: "OpenSessions",
      Effect: "Allow",
      Action: [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      Resource: "*",
    },
    { Sid: "FindSessionLog", Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: logGroups },
    {
      Sid: "RecordSessions",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    { Sid: "EncryptSessions", Effect: "Allow", Action: "kms:Decrypt", Resource: keyArn },
  ];
}
