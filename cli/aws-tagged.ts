import type { AwsAccess } from "./aws";
import { clientSettings } from "./aws-client";
import { CommandError, messageOf } from "./errors";

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
    return found;
  },
};
