import type { AwsAccess } from "./access";
import { clientSettings, statusOf } from "./client";
import { s3Client } from "./objects";
import { CommandError, messageOf } from "../base/errors";

/** What a data key is bound to: KMS opens it only for the same words, and logs them. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** A key that encrypts data, and the same key as KMS encrypted it. */
export interface DataKey {
  readonly plain: Uint8Array;
  readonly encrypted: Uint8Array;
}

/** A data key that KMS opened. */
export interface OpenedKey {
  readonly plain: Uint8Array;
  /**
   * ARN of the KMS key that opened it.
   *
   * @default - KMS does not say
   */
  readonly keyArn?: string;
}

/** Keys in KMS. */
export interface Keys {
  /** The KMS key that a bucket encrypts with, or nothing where it has none of its own. */
  ofBucket(access: AwsAccess, bucket: string, region: string): Promise<string | undefined>;
  /** A new data key under a KMS key. */
  newDataKey(access: AwsAccess, region: string, key: string, context: EncryptionContext): Promise<DataKey>;
  /** Opens a data key. */
  openDataKey(
    access: AwsAccess,
    region: string,
    encrypted: Uint8Array,
    context: EncryptionContext,
  ): Promise<OpenedKey>;
}

/** The SDK's answers, loaded on first use. */
export const kmsKeys: Keys = {
  async ofBucket(access, bucket, region) {
    const { GetBucketEncryptionCommand } = await import("@aws-sdk/client-s3");
    const client = await s3Client(access, region);
    try {
      const answer = await client.send(new GetBucketEncryptionCommand({ Bucket: bucket }));
      const [rule] = answer.ServerSideEncryptionConfiguration?.Rules ?? [];
      return rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
    } catch (error) {
      if (statusOf(error) === 404) {
        return undefined;
      }
      throw new CommandError(
        `The encryption of bucket ${bucket} cannot be read: ${messageOf(error)}`,
        "Allow the credentials s3:GetEncryptionConfiguration on it.",
      );
    }
  },

  async newDataKey(access, region, key, context) {
    const { GenerateDataKeyCommand, KMSClient } = await import("@aws-sdk/client-kms");
    const client = new KMSClient(clientSettings(access, region));
    try {
      const { Plaintext, CiphertextBlob } = await client.send(
        new GenerateDataKeyCommand({ KeyId: key, KeySpec: "AES_256", EncryptionContext: { ...context } }),
      );
      return { plain: Plaintext ?? new Uint8Array(), encrypted: CiphertextBlob ?? new Uint8Array() };
    } catch (error) {
      throw new CommandError(
        `KMS did not provide a key to encrypt the plans with: ${messageOf(error)}`,
        `Allow the credentials kms:GenerateDataKey on ${key}.`,
      );
    }
  },

  async openDataKey(access, region, encrypted, context) {
    const { DecryptCommand, KMSClient } = await import("@aws-sdk/client-kms");
    const client = new KMSClient(clientSettings(access, region));
    try {
      const { Plaintext, KeyId } = await client.send(
        new DecryptCommand({ CiphertextBlob: encrypted, EncryptionContext: { ...context } }),
      );
      return { plain: Plaintext ?? new Uint8Array(), ...(KeyId === undefined ? {} : { keyArn: KeyId }) };
    } catch (error) {
      throw new CommandError(
        `KMS cannot decrypt the key of the saved plans: ${messageOf(error)}`,
        "Allow the credentials kms:Decrypt on the state bucket's key. If they are allowed, the plans were changed after they were saved: plan again.",
      );
    }
  },
};
