import type { PolicyStatement } from "./node-role";

/** What the permissions of a cluster's nodes are bounded by. */
export interface PermissionsScope {
  /** The ARN partition, such as `aws`. */
  readonly partition: string;
  /** The region's code. */
  readonly region: string;
  /** The account's number. */
  readonly account: string;
  /** The cluster's name. */
  readonly clusterName: string;
  /** The bucket of the rendered configuration. */
  readonly bucketName: string;
  /** The prefix in that bucket. */
  readonly prefix: string;
  /** The bucket that has copies of what nodes download. */
  readonly mirrorBucket?: string;
  /** The table of nodes. */
  readonly tableArn: string;
  /** Secrets of Secrets Manager that the head node reads. */
  readonly secretArns: readonly string[];
  /** Parameters of Systems Manager that the head node reads. */
  readonly parameterArns: readonly string[];
  /** The log group that nodes write to; absent where logs stay on the nodes. */
  readonly logGroup?: string;
  /** Roles that launched instances get. */
  readonly computeRoleArns: readonly string[];
  /** What the fleet is launched from. */
  readonly fleet: FleetParts;
  /** The private zone. */
  readonly hostedZoneArn?: string;
  /** Whether the file mounts existing FSx file systems, which nodes ask FSx about. */
  readonly describesFsx: boolean;
  /** ARNs of existing and own EFS file systems that nodes mount with their role. */
  readonly efsArns: readonly string[];
  /** Resource groups of capacity reservations that the daemon launches into. */
  readonly reservationGroupArns: readonly string[];
  /** Services whose own role launching needs, such as `spot.amazonaws.com`, by the role's name. */
  readonly serviceRoles: Readonly<Record<string, string>>;
}

/** The only things that the head node launches instances with, by their ids and names. */
export interface FleetParts {
  readonly imageIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly keyNames: readonly string[];
}

const allow = "Allow" as const;

/**
 * What Session Manager needs of a machine. AWS's own `AmazonSSMManagedInstanceCore` also reads every parameter of the
 * account, and `CloudWatchAgentServerPolicy` those of the agent, so no machine has them.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 */
export const sessionStatement: PolicyStatement = {
  Sid: "OpenSessions",
  Effect: allow,
  Action: [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  // The channels know no narrower resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmessagegatewayservice.html
  Resource: ["*"],
};

/** What every node may do: read the cluster's configuration, write its logs and metrics, and open sessions. No secrets. */
export function nodeStatements(scope: PermissionsScope): PolicyStatement[] {
  return [
    ...configurationStatements(scope),
    sessionStatement,
    ...agentStatements(scope),
    ...mountStatements(scope),
  ];
}

/** Reads what was rendered for the cluster, and the mirror. */
function configurationStatements(
  scope: Pick<PermissionsScope, "partition" | "bucketName" | "prefix" | "mirrorBucket">,
): PolicyStatement[] {
  const bucket = `arn:${scope.partition}:s3:::${scope.bucketName}`;
  return [
    {
      Sid: "ListConfiguration",
      Effect: allow,
      Action: ["s3:ListBucket"],
      Resource: [bucket],
      Condition: { StringLike: { "s3:prefix": [`${scope.prefix}/*`] } },
    },
    {
      Sid: "ReadConfiguration",
      Effect: allow,
      Action: ["s3:GetObject"],
      Resource: [`${bucket}/${scope.prefix}/*`],
    },
    ...(scope.mirrorBucket === undefined
      ? []
      : [
          {
            Sid: "ReadMirror",
            Effect: allow,
            Action: ["s3:GetObject"],
            Resource: [`arn:${scope.partition}:s3:::${scope.mirrorBucket}/*`],
          },
        ]),
  ];
}

/** What the permissions of a machine that builds an image are bounded by. */
export interface ImagePermissionsScope extends Pick<
  PermissionsScope,
  "partition" | "region" | "account" | "bucketName" | "prefix" | "mirrorBucket"
> {
  /** The name that the pipeline, its recipe and its component have. */
  readonly name: string;
}

/**
 * What a machine that builds an image may do: read the boot scripts and its component, be told what to run, and log that.
 * AWS's own `EC2InstanceProfileForImageBuilder` reads every component of the account.
 *
 * @see https://docs.aws.amazon.com/imagebuilder/latest/userguide/security-iam-awsmanpol.html
 */
export function imageStatements(scope: ImagePermissionsScope): PolicyStatement[] {
  const { partition, region, account, name } = scope;
  return [
    ...configurationStatements(scope),
    sessionStatement,
    {
      Sid: "TakeCommands",
      Effect: allow,
      Action: [
        "ec2messages:AcknowledgeMessage",
        "ec2messages:DeleteMessage",
        "ec2messages:FailMessage",
        "ec2messages:GetEndpoint",
        "ec2messages:GetMessages",
        "ec2messages:SendReply",
      ],
      // Messages know no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmessagedeliveryservice.html
      Resource: ["*"],
    },
    {
      Sid: "ReadComponent",
      Effect: allow,
      Action: ["imagebuilder:GetComponent"],
      Resource: [`arn:${partition}:imagebuilder:${region}:${account}:component/${name.toLowerCase()}/*`],
    },
    {
      Sid: "ReadBuilder",
      Effect: allow,
      Action: ["s3:GetObject"],
      Resource: [`arn:${partition}:s3:::ec2imagebuilder-managed-resources-${region}-prod/*`],
    },
    {
      Sid: "WriteBuildLog",
      Effect: allow,
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [`arn:${partition}:logs:${region}:${account}:log-group:/aws/imagebuilder/${name}*`],
    },
  ];
}

/** What the CloudWatch agent of a node needs. The log group is Terraform's, so the agent makes none. */
function agentStatements({ partition, region, account, logGroup }: PermissionsScope): PolicyStatement[] {
  return logGroup === undefined
    ? []
    : [
        {
          Sid: "WriteLogs",
          Effect: allow,
          Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          Resource: [`arn:${partition}:logs:${region}:${account}:log-group:${logGroup}:*`],
        },
        {
          Sid: "WriteMetrics",
          Effect: allow,
          Action: ["cloudwatch:PutMetricData"],
          // Metrics have no ARN; the namespace is the agent's.
          Resource: ["*"],
          Condition: { StringEquals: { "cloudwatch:namespace": "CWAgent" } },
        },
      ];
}

/** What every machine may do that mounts storage: ask FSx about it, and mount EFS with its own role. */
export function mountStatements({
  describesFsx,
  efsArns,
}: Pick<PermissionsScope, "describesFsx" | "efsArns">): PolicyStatement[] {
  return [
    ...(describesFsx
      ? [
          {
            Sid: "FindFileSystems",
            Effect: allow,
            Action: ["fsx:DescribeFileSystems", "fsx:DescribeVolumes", "fsx:DescribeStorageVirtualMachines"],
            // These calls know no narrower resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonfsx.html
            Resource: ["*"],
          },
        ]
      : []),
    ...(efsArns.length === 0
      ? []
      : [
          {
            Sid: "MountFileSystems",
            Effect: allow,
            Action: [
              "elasticfilesystem:ClientMount",
              "elasticfilesystem:ClientWrite",
              "elasticfilesystem:ClientRootAccess",
            ],
            Resource: [...efsArns],
          },
        ]),
  ];
}

/** The EFS file systems of a cluster that machines mount with their role. */
export function efsArnsOf({
  partition,
  region,
  account,
  storage,
}: Pick<PermissionsScope, "partition" | "region" | "account"> & {
  readonly storage: { readonly efsWithRoleIds: readonly string[] };
}): string[] {
  return storage.efsWithRoleIds.map(
    (id) => `arn:${partition}:elasticfilesystem:${region}:${account}:file-system/${id}`,
  );
}

/** What a compute node may do: also learn which node it is. */
export function computeStatements(scope: PermissionsScope): PolicyStatement[] {
  return [
    ...nodeStatements(scope),
    {
      Sid: "FindOwnName",
      Effect: allow,
      Action: ["dynamodb:Query"],
      Resource: [`${scope.tableArn}/index/InstanceId`],
    },
  ];
}

/** What the head node may do: launch, name and end the instances of its own cluster, and no others. */
export function headStatements(scope: PermissionsScope): PolicyStatement[] {
  const { partition, region, account, clusterName } = scope;
  const ec2 = (kind: string) => `arn:${partition}:ec2:${region}:${account}:${kind}/*`;
  return [
    ...nodeStatements(scope),
    {
      Sid: "Describe",
      Effect: allow,
      Action: ["ec2:DescribeInstances", "ec2:DescribeInstanceStatus", "ec2:DescribeCapacityReservations"],
      // Describe calls of EC2 know no narrower resource.
      Resource: ["*"],
    },
    ...launchStatements(scope),
    {
      Sid: "TagAtLaunch",
      Effect: allow,
      Action: ["ec2:CreateTags"],
      Resource: ["instance", "volume", "network-interface", "fleet"].map(ec2),
      Condition: { StringEquals: { "ec2:CreateAction": ["RunInstances", "CreateFleet"] } },
    },
    {
      Sid: "EndOwnInstances",
      Effect: allow,
      Action: ["ec2:TerminateInstances"],
      Resource: [ec2("instance")],
      Condition: { StringEquals: { "ec2:ResourceTag/meridian:cluster": clusterName } },
    },
    {
      Sid: "ReadOwnConsoles",
      Effect: allow,
      Action: ["ec2:GetConsoleOutput"],
      Resource: [ec2("instance")],
      Condition: { StringEquals: { "ec2:ResourceTag/meridian:cluster": clusterName } },
    },
    {
      Sid: "NodeTable",
      Effect: allow,
      Action: [
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:Scan",
      ],
      Resource: [scope.tableArn],
    },
    ...(scope.computeRoleArns.length === 0
      ? []
      : [
          {
            Sid: "HandOverRoles",
            Effect: allow,
            Action: ["iam:PassRole"],
            Resource: [...scope.computeRoleArns],
            Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
          },
        ]),
    ...(scope.reservationGroupArns.length === 0
      ? []
      : [
          {
            Sid: "LaunchIntoReservations",
            Effect: allow,
            Action: ["ec2:RunInstances", "ec2:CreateFleet", "resource-groups:ListGroupResources"],
            Resource: [...scope.reservationGroupArns],
          },
        ]),
    ...Object.entries(scope.serviceRoles).map(([role, service]) => ({
      // EC2 makes its own role in whose name it buys, at the first such launch of an account.
      Sid: `Make${role}`,
      Effect: allow,
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: [`arn:${partition}:iam::${account}:role/aws-service-role/${service}/${role}`],
      Condition: { StringEquals: { "iam:AWSServiceName": service } },
    })),
    ...(scope.hostedZoneArn === undefined
      ? []
      : [
          {
            Sid: "NodeNames",
            Effect: allow,
            Action: ["route53:ChangeResourceRecordSets"],
            Resource: [scope.hostedZoneArn],
          },
        ]),
    ...readStatements("ReadHeadSecrets", "secretsmanager:GetSecretValue", scope.secretArns),
    ...readStatements("ReadHeadParameters", "ssm:GetParameter", scope.parameterArns),
  ];
}

/**
 * Launching, from the cluster's templates only, and with nothing else than what stands in them. A launch without a template
 * has no `ec2:LaunchTemplate`, and one from another's template lacks the tag; a policy that listed the templates of a large
 * cluster would outgrow what a role takes. A fleet launches in its caller's name, so it cannot launch more.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permissions-for-launch-templates.html
 */
function launchStatements({
  partition,
  region,
  account,
  clusterName,
  fleet,
}: PermissionsScope): PolicyStatement[] {
  const ec2 = (kind: string, id = "*") => `arn:${partition}:ec2:${region}:${account}:${kind}/${id}`;
  const images = fleet.imageIds.map((id) => `arn:${partition}:ec2:${region}::image/${id}`);
  const subnets = fleet.subnetIds.map((id) => ec2("subnet", id));
  const groups = fleet.securityGroupIds.map((id) => ec2("security-group", id));
  const keys = fleet.keyNames.map((name) => ec2("key-pair", name));
  // EC2 makes these anew with each launch, or the template names them.
  const made = ["instance", "volume", "placement-group", "capacity-reservation"].map((kind) => ec2(kind));
  return [
    {
      Sid: "LaunchFromTemplates",
      Effect: allow,
      Action: ["ec2:RunInstances"],
      Resource: [...made, ec2("network-interface"), ...images, ...subnets, ...groups, ...keys],
      Condition: { ArnLike: { "ec2:LaunchTemplate": ec2("launch-template") } },
    },
    {
      Sid: "UseOwnTemplates",
      Effect: allow,
      Action: ["ec2:RunInstances", "ec2:CreateFleet"],
      Resource: [ec2("launch-template")],
      Condition: { StringEquals: { "aws:ResourceTag/meridian:cluster": clusterName } },
    },
    {
      Sid: "LaunchFleets",
      Effect: allow,
      Action: ["ec2:CreateFleet"],
      Resource: [...made, ec2("fleet"), ...images, ...subnets],
    },
  ];
}

/** What a login node may do: also tell its group that it is drained. */
export function loginStatements(scope: PermissionsScope, autoscalingGroupName: string): PolicyStatement[] {
  const { partition, region, account } = scope;
  return [
    ...nodeStatements(scope),
    {
      Sid: "EndGracefully",
      Effect: allow,
      Action: ["autoscaling:CompleteLifecycleAction"],
      Resource: [
        `arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${autoscalingGroupName}`,
      ],
    },
  ];
}

function readStatements(Sid: string, action: string, arns: readonly string[]): PolicyStatement[] {
  return arns.length === 0 ? [] : [{ Sid, Effect: allow, Action: [action], Resource: [...arns] }];
}
