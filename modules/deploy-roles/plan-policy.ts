import type { DeployRolesProps } from "./deploy-roles-props";

/**
 * ReadOnlyAccess reads objects, parameters, items and messages too: of all data, only the state stays
 * readable, and the parameter that says where routing controls are. AWS's own name machine images.
 */
export function planPolicy(
  {
    environment,
    account,
    stateBucketArn,
    stateKeyArn,
    stateReplica,
    managedObjectArns = [],
  }: DeployRolesProps,
  partition: string,
): object {
  const state = oneOrAll([
    `${stateBucketArn}/*`,
    ...(stateReplica === undefined ? [] : [`${stateReplica.bucketArn}/*`]),
  ]);
  const keys = oneOrAll([stateKeyArn, ...(stateReplica === undefined ? [] : [stateReplica.keyArn])]);
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "ReadState", Effect: "Allow", Action: ["s3:GetObject"], Resource: state },
      { Sid: "DecryptState", Effect: "Allow", Action: ["kms:Decrypt"], Resource: keys },
      { Sid: "EncryptPlans", Effect: "Allow", Action: ["kms:GenerateDataKey"], Resource: stateKeyArn },
      {
        Sid: "DenySecrets",
        Effect: "Deny",
        Action: ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"],
        Resource: "*",
      },
      {
        Sid: "DenyParameters",
        Effect: "Deny",
        Action: [
          "ssm:GetParameter",
          "ssm:GetParameters",
          "ssm:GetParametersByPath",
          "ssm:GetParameterHistory",
        ],
        NotResource: [
          `arn:${partition}:ssm:*:*:parameter/aws/service/*`,
          `arn:${partition}:ssm:*:${account}:parameter/meridian/${environment}/routing-controls`,
        ],
      },
      { Sid: "DenyData", Effect: "Deny", Action: dataActions, Resource: "*" },
      {
        Sid: "DenyItems",
        Effect: "Deny",
        Action: "dynamodb:GetItem",
        // Where a cluster notes its nodes, and Terraform one item by which the head node knows that it stays.
        NotResource: `arn:${partition}:dynamodb:*:${account}:table/meridian-hpc-${environment}-*`,
      },
      {
        Sid: "DenyApiDocuments",
        Effect: "Deny",
        Action: "apigateway:GET",
        Resource: apiDocuments.map((path) => `arn:${partition}:apigateway:*::${path}`),
      },
      {
        Sid: "DenyOtherObjects",
        Effect: "Deny",
        Action: "s3:GetObject*",
        NotResource: managedObjectArns.length === 0 ? state : [state, ...managedObjectArns].flat(),
      },
      { Sid: "DenyOtherKeys", Effect: "Deny", Action: "kms:Decrypt", NotResource: keys },
    ],
  };
}

/** A policy's element, which is a list only where there is more than one. */
function oneOrAll(arns: readonly string[]): string | readonly string[] {
  return arns.length === 1 ? (arns[0] ?? "") : arns;
}

/**
 * What ReadOnlyAccess allows that reads what the account works on, or hands out credentials, and that no
 * plan asks for. Executions, commands and traces carry the input and output of what ran.
 */
const dataActions = [
  "athena:GetQueryResults*",
  "athena:GetSessionEndpoint",
  "cassandra:Select*",
  "chime:Get*Message*",
  "chime:List*Message*",
  "cloudtrail:GetQueryResults",
  "cloudtrail:LookupEvents",
  "codeartifact:GetAuthorizationToken",
  "codeartifact:GetPackageVersionAsset",
  "codeartifact:ReadFromRepository",
  "codecommit:BatchGetCommits",
  "codecommit:GetBlob",
  "codecommit:GetComment*",
  "codecommit:GetCommit",
  "codecommit:GetDifferences",
  "codecommit:GetFile",
  "codecommit:GetFolder",
  "codecommit:GetMerge*",
  "codecommit:GetPullRequest*",
  "codecommit:GitPull",
  "cognito-identity:GetCredentialsForIdentity",
  "cognito-identity:GetOpenIdToken*",
  "cognito-idp:AdminGetUser",
  "cognito-idp:AdminList*",
  "cognito-idp:GetTokensFromRefreshToken",
  "cognito-idp:GetUser",
  "cognito-idp:ListUsers*",
  "cognito-sync:ListRecords",
  "cognito-sync:QueryRecords",
  "connect:GetContactAttributes",
  "connect:GetFederationToken",
  "dax:BatchGetItem",
  "dax:GetItem",
  "dax:Query",
  "dax:Scan",
  "dynamodb:BatchGetItem",
  "dynamodb:GetRecords",
  "dynamodb:PartiQLSelect",
  "dynamodb:Query",
  "dynamodb:Scan",
  "ec2:GetConsole*",
  "ec2:GetPasswordData",
  "ecr:GetDownloadUrlForLayer",
  "es:ESHttp*",
  "glue:GetStatement",
  "healthlake:ReadResource",
  "healthlake:SearchWith*",
  "iot:GetConnection",
  "iot:GetRetainedMessage",
  "iot:GetThingShadow",
  "iot:ListSubscriptions",
  "kendra:Query",
  "kinesis:GetRecords",
  "kinesisvideo:Get*Media*",
  "kinesisvideo:GetClip",
  "kinesisvideo:GetImages",
  "logs:FilterLogEvents",
  "logs:GetLogEvents",
  "logs:GetLogRecord",
  "logs:GetQueryResults",
  "logs:StartLiveTail",
  "logs:StartQuery",
  "mediastore:GetObject",
  "mobiletargeting:Get*Endpoint*",
  "qldb:GetBlock",
  "qldb:GetRevision",
  "rds:Download*",
  "s3tables:GetTableData",
  "s3vectors:GetVectors",
  "s3vectors:QueryVectors",
  "sdb:GetAttributes",
  "sdb:Select*",
  "sqs:ReceiveMessage",
  "ssm:DescribeAutomation*Executions",
  "ssm:GetAutomationExecution",
  "ssm:GetCommandInvocation",
  "ssm:ListCommand*",
  "states:DescribeExecution",
  "states:DescribeMapRun",
  "states:GetExecutionHistory",
  "sts:GetSessionToken",
  "swf:GetWorkflowExecutionHistory",
  "workmail:GetMailboxDetails",
  "xray:BatchGet*Trace*",
  "xray:GetInsight*",
  "xray:GetServiceGraph",
  "xray:GetTimeSeriesServiceStatistics",
  "xray:GetTrace*",
  "xray:ListRetrievedTraces",
  "xray:StartTraceRetrieval",
];

/** What `apigateway:GET` reads besides settings: the documents that describe an API, and the keys to it. */
const apiDocuments = [
  "/apikeys*",
  "/apis/*/exports/*",
  "/restapis/*/documentation/*",
  "/restapis/*/stages/*/exports/*",
];
