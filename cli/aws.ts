import type { S3Client } from "@aws-sdk/client-s3";

import type { Backend } from "./manifest";
import { CommandError, messageOf } from "./errors";
import { parseState, readLocalState, type State } from "./state";

/** How to reach an environment's AWS: the real one, or the local cloud. */
export interface AwsAccess {
  /** Variables that Terraform is started with, on top of the user's. */
  readonly variables: Readonly<Record<string, string>>;
  /**
   * Endpoint of the local cloud.
   *
   * @default - the real AWS
   */
  readonly endpoint?: string;
}

/** Who the credentials belong to. */
export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
}

/** The few questions that the runner asks AWS itself; Terraform asks all others. */
export interface Aws {
  /** STS GetCallerIdentity. */
  callerIdentity(access: AwsAccess, region: string): Promise<CallerIdentity>;
  /** Whether a bucket exists and may be used with these credentials. */
  bucketStatus(access: AwsAccess, bucket: string, region: string): Promise<BucketStatus>;
  /** The state that a backend holds, or nothing when it holds none. */
  readState(access: AwsAccess, backend: Backend): Promise<State | undefined>;
}

/** `forbidden`: it exists, but is another account's or closed to these credentials. */
export type BucketStatus = "present" | "absent" | "forbidden";

/** The AWS SDK's answers. Loaded on first use: most commands ask nothing. */
export const awsSdk: Aws = {
  async callerIdentity(access, region) {
    const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
    const client = new STSClient({ region, maxAttempts: 3, ...endpointSettings(access) });
    const identity = await client.send(new GetCallerIdentityCommand({}));
    return { account: identity.Account ?? "", arn: identity.Arn ?? "" };
  },

  async bucketStatus(access, bucket, region) {
    const { HeadBucketCommand } = await import("@aws-sdk/client-s3");
    const client = await s3Client(access, region);
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
      return "present";
    } catch (error) {
      switch (statusOf(error)) {
        case 404:
          return "absent";
        case 403:
          return "forbidden";
        // The bucket lives in another region than the environment's home region.
        case 301:
        case 400:
          return "forbidden";
        default:
          throw error;
      }
    }
  },

  async readState(access, backend) {
    if (backend.type === "local") {
      return readLocalState(String(backend.settings.path));
    }
    if (backend.type !== "s3") {
      throw new CommandError(`State in a '${backend.type}' backend cannot be read.`, "Keep state in S3.");
    }
    const { bucket, key, region } = backend.settings as Record<string, string>;
    const body = await readObject(access, bucket ?? "", key ?? "", region ?? "");
    return body === undefined ? undefined : parseState(body, `s3://${bucket ?? ""}/${key ?? ""}`);
  },
};

async function readObject(
  access: AwsAccess,
  bucket: string,
  key: string,
  region: string,
): Promise<string | undefined> {
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const client = await s3Client(access, region);
  try {
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await object.Body?.transformToString();
  } catch (error) {
    if (statusOf(error) === 404) {
      return undefined;
    }
    throw new CommandError(
      `The state s3://${bucket}/${key} cannot be read: ${messageOf(error)}`,
      "Allow the credentials s3:ListBucket on the bucket, s3:GetObject on its objects, and kms:Decrypt on its key.",
    );
  }
}

async function s3Client(access: AwsAccess, region: string): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const isLocal = access.endpoint !== undefined;
  return new S3Client({ region, maxAttempts: 3, forcePathStyle: isLocal, ...endpointSettings(access) });
}

function endpointSettings(access: AwsAccess): object {
  if (access.endpoint === undefined) {
    return {};
  }
  return {
    endpoint: access.endpoint,
    credentials: {
      accessKeyId: access.variables.AWS_ACCESS_KEY_ID ?? "local",
      secretAccessKey: access.variables.AWS_SECRET_ACCESS_KEY ?? "local",
    },
  };
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
