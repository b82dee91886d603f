import type {
  DeleteMarkerEntry,
  ListObjectVersionsCommandOutput,
  ObjectVersion as VersionEntry,
  S3Client,
} from "@aws-sdk/client-s3";

import type { AwsAccess } from "./access";
import { clientSettings, statusOf } from "./client";
import { CommandError, messageOf } from "../base/errors";

/** Where an object lies in S3. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
}

/** One version of an object. */
export interface ObjectVersion {
  readonly id: string;
  readonly modifiedAt: Date;
  /** Whether it is what a reader gets now. */
  readonly isLatest: boolean;
  /** Whether it is a mark of deletion, and holds nothing. */
  readonly isDeleted: boolean;
}

/** Text objects in S3. */
export interface Objects {
  /** Keys below a prefix, in order. */
  list(access: AwsAccess, place: Omit<ObjectPlace, "key">, prefix: string): Promise<string[]>;
  /** An object's text, or nothing when it does not exist. */
  read(access: AwsAccess, place: ObjectPlace, versionId?: string): Promise<string | undefined>;
  /** Writes an object; `absent` writes only where there is none, and says whether it did. */
  write(access: AwsAccess, place: ObjectPlace, text: string, condition?: "absent"): Promise<boolean>;
  /** Deletes an object, if it is there. */
  remove(access: AwsAccess, place: ObjectPlace): Promise<void>;
  /** An object's versions, the newest first. */
  versions(access: AwsAccess, place: ObjectPlace): Promise<ObjectVersion[]>;
}

/** The SDK's answers, loaded on first use. */
export const s3Objects: Objects = {
  async list(access, { bucket, region }, prefix) {
    const { paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
    const keys: string[] = [];
    const client = await s3Client(access, region);
    try {
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
        keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      }
    } catch (error) {
      throw refused(
        error,
        bucket,
        `The objects of bucket ${bucket} cannot be listed`,
        "s3:ListBucket on the bucket",
      );
    }
    return keys.sort();
  },

  async read(access, { bucket, key, region }, versionId) {
    const { GetObjectCommand } = await import("@aws-sdk/client-s3");
    const client = await s3Client(access, region);
    try {
      const object = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }),
      );
      return await object.Body?.transformToString();
    } catch (error) {
      if (statusOf(error) === 404) {
        return undefined;
      }
      throw new CommandError(
        `The object s3://${bucket}/${key} cannot be read: ${messageOf(error)}`,
        "Allow the credentials s3:ListBucket on the bucket, s3:GetObject and s3:GetObjectVersion on its objects, and kms:Decrypt on its key.",
      );
    }
  },

  async write(access, { bucket, key, region }, text, condition) {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    const client = await s3Client(access, region);
    try {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: text,
          ContentType: "application/json",
          ...(condition === "absent" ? { IfNoneMatch: "*" } : {}),
        }),
      );
      return true;
    } catch (error) {
      if (condition === "absent" && [409, 412].includes(statusOf(error) ?? 0)) {
        return false;
      }
      throw new CommandError(
        `The object s3://${bucket}/${key} cannot be written: ${messageOf(error)}`,
        "Allow the credentials s3:PutObject on the bucket's objects and kms:GenerateDataKey on its key.",
      );
    }
  },

  async remove(access, { bucket, key, region }) {
    const { DeleteObjectCommand } = await import("@aws-sdk/client-s3");
    const client = await s3Client(access, region);
    try {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    } catch (error) {
      const what = `The object s3://${bucket}/${key} cannot be deleted`;
      throw refused(error, bucket, what, "s3:DeleteObject on the bucket's objects");
    }
  },

  async versions(access, { bucket, key, region }) {
    const { ListObjectVersionsCommand } = await import("@aws-sdk/client-s3");
    const client = await s3Client(access, region);
    const found: ObjectVersion[] = [];
    let from: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (from !== undefined) {
      const page: ListObjectVersionsCommandOutput = await client
        .send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key, ...from }))
        .catch((error: unknown) => {
          const what = `The versions of s3://${bucket}/${key} cannot be listed`;
          throw refused(error, bucket, what, "s3:ListBucketVersions on the bucket");
        });
      found.push(
        ...(page.Versions ?? []).flatMap((entry) => versionOf(entry, key, false)),
        ...(page.DeleteMarkers ?? []).flatMap((entry) => versionOf(entry, key, true)),
      );
      from =
        page.IsTruncated === true
          ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
          : undefined;
    }
    return found.sort(newestFirst);
  },
};

function refused(error: unknown, bucket: string, what: string, permission: string): CommandError {
  return (error as { name?: string }).name === "NoSuchBucket"
    ? new CommandError(
        `The bucket ${bucket} does not exist.`,
        "Create the state bucket first with `meridian bootstrap <env>`.",
      )
    : new CommandError(`${what}: ${messageOf(error)}`, `Allow the credentials ${permission}.`);
}

function versionOf(
  { Key, VersionId = "", LastModified = new Date(0), IsLatest = false }: VersionEntry | DeleteMarkerEntry,
  key: string,
  isDeleted: boolean,
): ObjectVersion[] {
  // The prefix also finds longer keys.
  return Key === key ? [{ id: VersionId, modifiedAt: LastModified, isLatest: IsLatest, isDeleted }] : [];
}

function newestFirst(left: ObjectVersion, right: ObjectVersion): number {
  return (
    Number(right.isLatest) - Number(left.isLatest) || right.modifiedAt.getTime() - left.modifiedAt.getTime()
  );
}

/** A client of S3. */
export async function s3Client(access: AwsAccess, region: string): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  return new S3Client({ ...clientSettings(access, region), forcePathStyle: access.endpoint !== undefined });
}
