import type { AwsAccess } from "./access";

/** How long AWS is waited for, and how often it is asked again. */
export interface Patience {
  /** Until a connection stands. */
  readonly connectMilliseconds: number;
  /** Until an answer begins. */
  readonly answerMilliseconds: number;
  /** Times that a request is made which failed for no fault of its own; the pauses between grow to 20 seconds. */
  readonly attempts: number;
}

/** An answer of AWS takes milliseconds; one that takes longer than this is asked for again. */
const defaultPatience: Patience = { connectMilliseconds: 5000, answerMilliseconds: 15_000, attempts: 6 };

/** What every SDK client is made with. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What every SDK client is made with: the region, how patient it is, and where and as whom the local cloud is asked. */
export function clientSettings(
  access: AwsAccess,
  region: string,
  { connectMilliseconds, answerMilliseconds, attempts }: Patience = defaultPatience,
): ClientSettings {
  const settings = {
    region,
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectMilliseconds,
      requestTimeout: answerMilliseconds,
      throwOnRequestTimeout: true,
    },
  } as const;
  if (access.endpoint === undefined) {
    return settings;
  }
  return {
    ...settings,
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
