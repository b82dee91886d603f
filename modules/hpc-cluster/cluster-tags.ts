import { TerraformResource, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import type { ClusterConfiguration, TagConfiguration } from "./file/cluster-keys";

type Tags = Readonly<Record<string, string>>;

interface TaggedResource {
  readonly tagsInput?: Tags;
  tags: Tags;
}

/** S3 takes ten tags of an object, and nobody is billed by one. */
const untagged: readonly string[] = ["aws_s3_object"];

/** A file's list of tags as AWS resources take them. */
export function tagsOf(tags: readonly TagConfiguration[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}

/** The file's tags over those from outside, as the file writes tags. */
export function withTags(configuration: ClusterConfiguration, tags: Tags): ClusterConfiguration {
  const merged = { ...tags, ...tagsOf(configuration.Tags) };
  return { ...configuration, Tags: Object.entries(merged).map(([Key, Value]) => ({ Key, Value })) };
}

/** The tags that costs are told apart by, on everything that takes tags. A resource's own tags win. */
export class CostTags implements IAspect {
  public constructor(private readonly tags: Tags) {}

  public visit(node: IConstruct): void {
    if (
      TerraformResource.isTerraformResource(node) &&
      "tagsInput" in node &&
      !untagged.includes(node.terraformResourceType)
    ) {
      const resource = node as unknown as TaggedResource;
      resource.tags = { ...this.tags, ...resource.tagsInput };
    }
  }
}
