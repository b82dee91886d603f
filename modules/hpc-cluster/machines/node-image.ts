import { DataAwsAmi } from "@cdktf/provider-aws/lib/data-aws-ami";
import { Token, type Precondition } from "cdktf";
import { Construct } from "constructs";
import type { ClusterConfiguration } from "../file/cluster-keys";

/** What an {@link ImageSearch} looks for. */
export interface ImageSearchProps {
  /** The file's filters. */
  readonly filters: NonNullable<ClusterConfiguration["DevSettings"]["AmiSearchFilters"]>;
  /** `x86_64` or `arm64`. */
  readonly architecture: string;
}

/**
 * The newest image of an owner with certain tags, found when the plan is made.
 *
 * **Creates** one data source.
 */
export class ImageSearch extends Construct {
  /** The data source, for settings that this construct does not model. */
  public readonly resource: DataAwsAmi;
  /** The image's id. */
  public readonly imageId: string;

  public constructor(scope: Construct, id: string, { filters, architecture }: ImageSearchProps) {
    super(scope, id);
    this.resource = new DataAwsAmi(this, "Resource", {
      mostRecent: true,
      // Anyone may publish an image with any tag, so without an owner it is the account's own.
      owners: [filters.Owner ?? "self"],
      filter: [
        { name: "architecture", values: [architecture] },
        ...(filters.Tags ?? []).map(({ Key, Value }) => ({ name: `tag:${Key}`, values: [Value] })),
      ],
    });
    this.imageId = this.resource.id;
  }
}

/**
 * What EC2 says of an image that nodes boot, when the plan is made: the device of its root volume, and that volume's size.
 *
 * **Creates** one data source.
 */
export class NodeImage extends Construct {
  /** The data source, for settings that this construct does not model. */
  public readonly resource: DataAwsAmi;
  /** The image's id. */
  public readonly imageId: string;

  public constructor(scope: Construct, id: string, imageId: string) {
    super(scope, id);
    this.imageId = imageId;
    this.resource = new DataAwsAmi(this, "Resource", {
      filter: [{ name: "image-id", values: [imageId] }],
      // An image that a cluster has run for years is deprecated, and still there.
      includeDeprecated: true,
    });
  }

  /** The device that its root volume is attached as, such as `/dev/xvda`. */
  public get rootDeviceName(): string {
    return this.resource.rootDeviceName;
  }

  /** The size of a root volume that has at least this many GiB, and at least the image's. */
  public volumeSizeFrom(sizeGiB: number): number {
    return Token.asNumber(`\${max(${sizeGiB}, ${this.ownSize})}`);
  }

  /** EC2 launches nothing with a root volume that is smaller than the image's, and says so only then. */
  public volumeCheck(sizeGiB: number, path: string): Precondition {
    return {
      condition: Token.asAny(`\${${this.ownSize} <= ${sizeGiB}}`),
      errorMessage: `${path} is ${sizeGiB} GiB, and the image ${this.imageId} needs \${${this.ownSize}}; raise it`,
    };
  }

  private get ownSize(): string {
    const image = this.resource.fqn;
    return `coalesce(one([for device in ${image}.block_device_mappings : tonumber(device.ebs.volume_size) if device.device_name == ${image}.root_device_name]), 0)`;
  }
}
