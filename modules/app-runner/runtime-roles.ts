import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";

import {
  nameLimits,
  readSecrets,
  resourceName,
  type PolicyStatement,
  type SecretReference,
} from "../../core";

/** Settings of {@link RuntimeRoles}. */
export interface RuntimeRolesProps {
  /** Name of the service. */
  readonly name: string;
  /** The region; part of the roles' names, which are unique over all regions. */
  readonly region: string;
  /**
   * ARN of the private repository that the image is pulled from.
   *
   * @default - none, and no role to pull with
   */
  readonly repositoryArn?: string;
  /** The secrets that are injected. */
  readonly secrets: readonly SecretReference[];
  /** ARNs of the keys that those secrets are encrypted with. */
  readonly secretKeyArns: readonly string[];
  /** Whether the application sends traces to X-Ray. */
  readonly tracing: boolean;
}

/**
 * The two roles of a service. The access role pulls exactly its image, and exists for private
 * repositories only; the instance role is the application's, and reads exactly its secrets.
 *
 * @see https://docs.aws.amazon.com/apprunner/latest/dg/security_iam_service-with-iam.html#security_iam_service-with-iam-roles
 */
export class RuntimeRoles extends Construct {
  /** The role of the application. */
  public readonly instance: IamRole;
  /** ARN of the role that pulls the image; undefined where none is needed. */
  public readonly accessRoleArn: string | undefined;
  /** The grants that have to stand before an instance starts. */
  public readonly policies: readonly IamRolePolicy[];

  public constructor(scope: Construct, id: string, props: RuntimeRolesProps) {
    super(scope, id);

    const policies: IamRolePolicy[] = [];
    this.instance = this.createRole("Instance", "instance", "tasks", props);
    const statements = instanceStatements(props);
    if (statements.length > 0) {
      policies.push(this.attach("InstancePolicy", this.instance, statements));
    }
    if (props.repositoryArn !== undefined) {
      const access = this.createRole("Access", "access", "build", props);
      policies.push(this.attach("AccessPolicy", access, pullStatements(props.repositoryArn)));
      this.accessRoleArn = access.arn;
    }
    this.policies = policies;
  }

  private createRole(id: string, part: string, principal: string, props: RuntimeRolesProps): IamRole {
    return new IamRole(this, id, {
      name: resourceName(nameLimits.iamRole, props.name, props.region, "app-runner", part),
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: `${principal}.apprunner.amazonaws.com` },
            // App Runner documents no condition keys for these calls, so none can be asked for.
            Action: "sts:AssumeRole",
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

function pullStatements(repositoryArn: string): PolicyStatement[] {
  return [
    // The one call of ECR that knows no resource.
    { Sid: "LogInToRegistry", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Sid: "PullImage",
      Effect: "Allow",
      Action: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer",
      ],
      Resource: repositoryArn,
    },
  ];
}

function instanceStatements(props: RuntimeRolesProps): PolicyStatement[] {
  return [...readSecrets(props), ...(props.tracing ? [sendTraces] : [])];
}

/** X-Ray's calls to send know no resource. */
const sendTraces: PolicyStatement = {
  Sid: "SendTraces",
  Effect: "Allow",
  Action: [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
  ],
  Resource: "*",
};
