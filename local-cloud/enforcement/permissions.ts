import type { Call } from "../call";
import { account, objectAt, textAt, textsAt, type JsonObject } from "../toolkit";
import type { Operation } from "./models";

/** An action and what it works on. */
export interface Permission {
  /** Such as `s3:PutObject`. */
  readonly action: string;
  /** ARN, or `*` where the request names none. */
  readonly resource: string;
}

/** Names of services in policies where they differ from those in credential scopes. */
const prefixes: Readonly<Record<string, string>> = {
  monitoring: "cloudwatch",
  tagging: "tag",
  email: "ses",
};

/**
 * Operations whose permission has another name.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const otherNames: Readonly<Record<string, string>> = {
  "s3:ListBuckets": "s3:ListAllMyBuckets",
  "s3:HeadBucket": "s3:ListBucket",
  "s3:ListObjects": "s3:ListBucket",
  "s3:ListObjectsV2": "s3:ListBucket",
  "s3:ListObjectVersions": "s3:ListBucketVersions",
  "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
  "s3:ListParts": "s3:ListMultipartUploadParts",
  "s3:HeadObject": "s3:GetObject",
  "s3:CopyObject": "s3:PutObject",
  "s3:CreateMultipartUpload": "s3:PutObject",
  "s3:UploadPart": "s3:PutObject",
  "s3:CompleteMultipartUpload": "s3:PutObject",
  "s3:DeleteObjects": "s3:DeleteObject",
  "s3:DeleteBucketTagging": "s3:PutBucketTagging",
  "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
  "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
  "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
  "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
  "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
  "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
  "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
  "s3:PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
  "s3:GetBucketCors": "s3:GetBucketCORS",
  "s3:PutBucketCors": "s3:PutBucketCORS",
  "s3:DeleteBucketCors": "s3:PutBucketCORS",
  "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
  "s3:PutBucketAccelerateConfiguration": "s3:PutAccelerateConfiguration",
  "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
  "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
  "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
  "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
  "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
  "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
  "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
  "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
  "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
  "cloudfront:CreateDistributionWithTags": "cloudfront:CreateDistribution",
  "lambda:Invoke": "lambda:InvokeFunction",
  "sqs:SendMessageBatch": "sqs:SendMessage",
  "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
};

/** What a call needs to be allowed. */
export function permissionsOf(call: Call, { operation, input }: Operation): Permission[] {
  const service = call.service === "" ? "sts" : call.service;
  if (service === "apigateway") {
    const action = call.method === "HEAD" ? "GET" : call.method;
    return [
      {
        action: `apigateway:${action}`,
        resource: `arn:aws:apigateway:${call.region}::${decodeURIComponent(call.url.pathname)}`,
      },
    ];
  }
  const name = `${prefixes[service] ?? service}:${operation.replace(/_?\d{4}_\d{2}_\d{2}$/, "")}`;
  const action = versioned(otherNames[name] ?? name, input);
  return resourcesOf(call, service, input).map((resource) => ({ action, resource }));
}

/** Versions of objects have permissions of their own. */
function versioned(action: string, input: JsonObject): string {
  return textAt(input, "VersionId") !== undefined && /^s3:(Get|Delete)Object$/.test(action)
    ? `${action}Version`
    : action;
}

/**
 * What a call works on. Read exactly for the services whose permissions Meridian's roles divide by resource;
 * of the others it is the first ARN of the service in the request, and `*` where there is none, which no
 * narrower permission covers.
 */
function resourcesOf({ region }: Call, service: string, input: JsonObject): string[] {
  const arn = (resource: string): string => `arn:aws:${service}:${region}:${account}:${resource}`;
  const named = (name: string | undefined, resource: (name: string) => string): string[] =>
    name === undefined ? ["*"] : [name.startsWith("arn:") ? name : arn(resource(name))];
  switch (service) {
    case "s3":
      return bucketResources(input);
    case "kms":
      return named(textAt(input, "KeyId") ?? textAt(input, "TargetKeyId"), (name) =>
        name.startsWith("alias/") ? name : `key/${name}`,
      );
    case "secretsmanager":
      // AWS ends a secret's ARN with six characters of its own.
      return named(textAt(input, "SecretId"), (name) => `secret:${name}-000000`);
    case "ssm": {
      const names = [textAt(input, "Name"), textAt(input, "Path"), ...textsAt(input, "Names")];
      const given = names.filter((name) => name !== undefined);
      return given.length === 0
        ? ["*"]
        : given.flatMap((name) => named(name, (text) => `parameter/${text.replace(/^\//, "")}`));
    }
    case "dynamodb":
      return named(textAt(input, "TableName"), (name) => `table/${name}`);
    case "iam":
      return textAt(input, "RoleName") === undefined
        ? [firstArn(service, input)]
        : [`arn:aws:iam::${account}:role/${textAt(input, "RoleName") ?? ""}`];
    default:
      return [firstArn(service, input)];
  }
}

function bucketResources(input: JsonObject): string[] {
  const bucket = textAt(input, "Bucket");
  if (bucket === undefined) {
    return ["*"];
  }
  const listed = (objectAt(input, "Delete").Objects ?? []) as { readonly Key: string }[];
  const keys = [textAt(input, "Key"), ...listed.map(({ Key }) => Key)].filter((key) => key !== undefined);
  return keys.length === 0 ? [`arn:aws:s3:::${bucket}`] : keys.map((key) => `arn:aws:s3:::${bucket}/${key}`);
}

function firstArn(service: string, input: JsonObject): string {
  const found = new RegExp(`arn:aws:${service}:[^"]+`).exec(JSON.stringify(input));
  return found?.[0] ?? "*";
}
