import type { AwsAccess } from "./access";
import { clientSettings } from "./client";
import { CommandError, messageOf } from "../base/errors";

/** Something in AWS that has tags. */
export interface TaggedResource {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Finds resources by their tags. */
export interface Tagged {
  /** Everything in a region that has a tag of that value. */
  find(access: AwsAccess, region: string, key: string, value: string): Promise<TaggedResource[]>;
}

/** The SDK's answers, loaded on first use. */
export const taggedResources: Tagged = {
  async find(access, region, key, value) {
    const { paginateGetResources, ResourceGroupsTaggingAPIClient } =
      await import("@aws-sdk/client-resource-groups-tagging-api");
    const client = new ResourceGroupsTaggingAPIClient(clientSettings(access, region));
    const found: TaggedResource[] = [];
    try {
      for await (const { ResourceTagMappingList = [] } of paginateGetResources(
        { client },
        { TagFilters: [{ Key: key, Values: [value] }] },
      )) {
        found.push(
          ...ResourceTagMappingList.map(({ ResourceARN = "", Tags = [] }) => ({
            arn: ResourceARN,
            tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
          })),
        );
      }
    } catch (error) {
      throw new CommandError(
        `What has the tag ${key} = ${value} in ${region} cannot be listed: ${messageOf(error)}`,
        "Allow the credentials tag:GetResources.",
      );
    }
    return standing(access, region, found);
  },
};

/** Without keys that wait for their deletion: they keep their tags for weeks, and nothing can be done with them. */
async function standing(
  access: AwsAccess,
  region: string,
  found: readonly TaggedResource[],
): Promise<TaggedResource[]> {
  const isKey = ({ arn }: TaggedResource): boolean => /^arn:[^:]+:kms:[^:]+:\d+:key\//.test(arn);
  if (!found.some(isKey)) {
    return [...found];
  }
  const { DescribeKeyCommand, KMSClient } = await import("@aws-sdk/client-kms");
  const client = new KMSClient(clientSettings(access, region));
  const kept = await Promise.all(
    found.map(async (resource) => {
      if (!isKey(resource)) {
        return [resource];
      }
      try {
        const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: resource.arn }));
        return KeyMetadata?.DeletionDate === undefined ? [resource] : [];
      } catch (error) {
        throw new CommandError(
          `Whether ${resource.arn} stands cannot be read: ${messageOf(error)}`,
          "Allow the credentials kms:DescribeKey on it.",
        );
      }
    }),
  );
  return kept.flat();
}
