import type { DataKey, EncryptionContext } from "../aws/keys";
import { CommandError } from "../base/errors";
import type { Session } from "../session/session";

/**
 * A new data key under the KMS key of the state bucket, with the region of that key.
 *
 * @param what - what is to be encrypted, as refusals begin.
 * @throws CommandError where there is no bucket, or it has no key of its own.
 */
export async function newStateKey(
  { context, environment, synthesis, access }: Session,
  about: EncryptionContext,
  what: string,
): Promise<DataKey & { readonly region: string }> {
  const backend = synthesis.stacks.find((stack) => stack.backend?.type === "s3")?.backend;
  const { bucket, region } = (backend?.settings ?? {}) as { bucket?: string; region?: string };
  const remedy = `Create the state bucket first with \`meridian bootstrap ${environment.name}\`.`;
  if (bucket === undefined || region === undefined) {
    throw new CommandError(
      `${what} are encrypted with the key of the state bucket, and there is none.`,
      remedy,
    );
  }
  const key = await context.aws.keys.ofBucket(access, bucket, region);
  if (key === undefined) {
    throw new CommandError(
      `${what} are encrypted with the key of the state bucket, and ${bucket} has none of its own.`,
      remedy,
    );
  }
  return { ...(await context.aws.keys.newDataKey(access, region, key, about)), region };
}
