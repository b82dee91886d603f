import type { AwsAccess } from "./aws";

/** What every SDK client is made with: the region, and where and as whom the local cloud is asked. */
export function clientSettings(
  access: AwsAccess,
  region: string,
): {
  region: string;
  maxAttempts: number;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
} {
  if (access.endpoint === undefined) {
    return { region, maxAttempts: 3 };
  }
  return {
    region,
    maxAttempts: 3,
    endpoint: access.endpoint,
    credentials: {
      accessKeyId: access.variables.AWS_ACCESS_KEY_ID ?? "local",
      secretAccessKey: access.variables.AWS_SECRET_ACCESS_KEY ?? "local",
    },
  };
}

/** The HTTP status of an SDK's error. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
