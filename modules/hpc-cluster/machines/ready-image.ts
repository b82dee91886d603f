import { createHash } from "node:crypto";
import { DataAwsAmiIds } from "@cdktf/provider-aws/lib/data-aws-ami-ids";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { ImagebuilderComponent } from "@cdktf/provider-aws/lib/imagebuilder-component";
import { ImagebuilderDistributionConfiguration } from "@cdktf/provider-aws/lib/imagebuilder-distribution-configuration";
import { ImagebuilderImagePipeline } from "@cdktf/provider-aws/lib/imagebuilder-image-pipeline";
import { ImagebuilderImageRecipe } from "@cdktf/provider-aws/lib/imagebuilder-image-recipe";
import { ImagebuilderInfrastructureConfiguration } from "@cdktf/provider-aws/lib/imagebuilder-infrastructure-configuration";
import { ImagebuilderLifecyclePolicy } from "@cdktf/provider-aws/lib/imagebuilder-lifecycle-policy";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { literalText, nameLimits, resourceName } from "../../../core";
import { holdsNvidiaDriver, usesNvidia } from "../checks/check";
import type { ClusterConfiguration } from "../file/cluster-keys";
import { tagsOf } from "../cluster-tags";
import type { ClusterParts } from "../cluster-parts";
import {
  imageContents,
  renderImageBuild,
  renderImageTest,
  type ImageContent,
  type ImageSettings,
} from "./image-build";
import { NodeImage } from "./node-image";
import { NodeRole } from "./node-role";
import { imageStatements } from "./permissions";

/** https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_CreateImagePipeline.html */
const longestName = 126;

/** Building Slurm and the drivers takes most of an hour on a small machine. */
const buildSeconds = 3 * 3600;
const testMinutes = 60;

/** What an image and what the installers unpack need. */
const volumeSizeGiB = 50;

const imagesKept = 3;
const keptDaysAfterLaunch = 90;

/** The tag of images that passed their test, whose value is the cluster. */
export const readyImageTag = "meridian:image-of";

/** The smallest types with a GPU of NVIDIA, on which an image's driver is tried. */
const gpuBuilders: Readonly<Record<string, string>> = { x86_64: "g4dn.xlarge", arm64: "g5g.xlarge" };

/** What a {@link ReadyImage} is made of. */
export interface ReadyImageProps {
  /** The cluster. */
  readonly parts: ClusterParts;
  /** The image that it is made from. */
  readonly baseImageId: string;
  /** The type of the machines that build and try the image. */
  readonly instanceType: string;
  /** Where these machines are. */
  readonly subnetId: string;
  /** Their security groups. */
  readonly securityGroupIds: readonly string[];
  /** Settings of nodes that decide what is installed. */
  readonly settings: Omit<ImageSettings, "contents" | "proxy">;
  /**
   * What the machines reach the internet by.
   *
   * @default - without a proxy
   */
  readonly proxy?: string;
}

/** The type that builds a cluster's image: the file's, else the head node's, else one with a GPU where nodes have some. */
export function builderTypeOf(
  configuration: ClusterConfiguration,
  headType: string,
  architecture = "x86_64",
): string {
  return (
    configuration.Meridian.ReadyImage.InstanceType ??
    (tellsNvidia(configuration) ? gpuBuilders[architecture] : undefined) ??
    headType
  );
}

const tellsNvidia = (configuration: ClusterConfiguration) =>
  holdsNvidiaDriver(configuration) && usesNvidia(configuration);

/** What else is installed: what the cluster's storage and its GPUs need. */
function contentsOf({ configuration, storage: { mounts } }: ClusterParts): ImageContent[] {
  const needed: Record<ImageContent, boolean> = {
    lustre: mounts.some(({ type }) => type === "lustre"),
    efs: mounts.some((mount) => mount.type === "efs" && mount.tls),
    nvidia: tellsNvidia(configuration),
    directory: configuration.DirectoryService !== undefined,
  };
  return imageContents.filter((content) => needed[content]);
}

/**
 * An image in which everything is installed that nodes install when they boot from a stock image. `meridian hpc image`
 * builds it. A new image is tried on a machine of its own, and nodes take it only after that: it gets the tag that they
 * are looked up by when it is distributed.
 *
 * **Creates** an EC2 Image Builder pipeline with its component, recipe, infrastructure and distribution configuration, the
 * role of its machines, and a lifecycle policy that deletes all but the newest three images and those that were launched
 * in the last 90 days.
 */
export class ReadyImage extends Construct {
  /** The pipeline, for settings that this construct does not model. */
  public readonly resource: ImagebuilderImagePipeline;
  /** The newest image that passed its test; the base image while there is none. */
  public readonly imageId: string;

  private readonly parts: ClusterParts;
  private readonly name: string;
  private readonly tags: Record<string, string>;

  public constructor(scope: Construct, id: string, props: ReadyImageProps) {
    super(scope, id);
    const { parts, baseImageId } = props;
    this.parts = parts;
    this.name = resourceName(longestName, parts.name);
    this.tags = tagsOf(parts.configuration.Tags);
    const { region, bucket, prefix, mirror, slurmVersion, efaInstallerVersion, openMpi, efa } =
      props.settings;
    const settings: ImageSettings = {
      region,
      bucket,
      prefix,
      mirror,
      slurmVersion,
      efaInstallerVersion,
      openMpi,
      efa,
      proxy: props.proxy,
      contents: contentsOf(parts),
    };
    this.resource = new ImagebuilderImagePipeline(this, "Resource", {
      name: this.name,
      tags: this.tags,
      imageRecipeArn: this.createRecipe(documentOf(settings), baseImageId).arn,
      infrastructureConfigurationArn: this.createInfrastructure(settings, props).arn,
      distributionConfigurationArn: this.createDistribution(settings).arn,
      imageTestsConfiguration: { imageTestsEnabled: true, timeoutMinutes: testMinutes + 30 },
      enhancedImageMetadataEnabled: false,
    });
    this.createLifecycle();
    const ready = new DataAwsAmiIds(this, "Images", {
      owners: ["self"],
      filter: [
        { name: `tag:${readyImageTag}`, values: [parts.name] },
        { name: "state", values: ["available"] },
      ],
    });
    // The newest comes first.
    this.imageId = Token.asString(Fn.element(Fn.concat([ready.ids, [baseImageId]]), 0));
  }

  private createRecipe(document: string, baseImageId: string): ImagebuilderImageRecipe {
    const { name, tags } = this;
    // Neither can be changed in Image Builder, so what changes gets another version.
    const version = versionOf(document);
    const lifecycle = { createBeforeDestroy: true };
    const component = new ImagebuilderComponent(this, "Component", {
      name,
      tags,
      lifecycle,
      version,
      platform: "Linux",
      description: `What nodes of ${this.parts.name} need`,
      data: literalText(document),
    });
    const base = new NodeImage(this, "Base", baseImageId);
    const disk = {
      encrypted: "true",
      deleteOnTermination: "true",
      volumeSize: base.volumeSizeFrom(volumeSizeGiB),
      volumeType: "gp3",
    } as const;
    // Terraform knows the newest base image only when it plans.
    const digest = Fn.md5(Fn.join("-", [version, baseImageId]));
    const number = (from: number) => Token.asString(Fn.parseint(Fn.substr(digest, from, 6), 16));
    return new ImagebuilderImageRecipe(this, "Recipe", {
      name,
      tags,
      lifecycle,
      version: `1.${number(0)}.${number(6)}`,
      parentImage: baseImageId,
      component: [{ componentArn: component.arn }],
      blockDeviceMapping: [{ deviceName: base.rootDeviceName, ebs: disk }],
    });
  }

  private createInfrastructure(
    { bucket, prefix, mirror }: ImageSettings,
    { instanceType, subnetId, securityGroupIds }: ReadyImageProps,
  ): ImagebuilderInfrastructureConfiguration {
    const { name: clusterName, partition, region, account, configuration } = this.parts;
    const role = new NodeRole(this, "Role", {
      clusterName,
      partition,
      role: "image",
      managedPolicyNames: [],
      resourcePrefix: configuration.Iam.ResourcePrefix,
      permissionsBoundaryArn: configuration.Iam.PermissionsBoundary,
      statements: imageStatements({
        partition,
        region,
        account,
        prefix,
        name: this.name,
        bucketName: bucket,
        mirrorBucket: mirror,
      }),
    });
    return new ImagebuilderInfrastructureConfiguration(this, "Infrastructure", {
      name: this.name,
      tags: this.tags,
      // Not the cluster's own tag: the daemon would count the machine.
      resourceTags: { Name: `${clusterName}-image`, "meridian:builds-image-of": clusterName },
      instanceProfileName: role.instanceProfileName,
      instanceTypes: [instanceType],
      subnetId,
      securityGroupIds: [...securityGroupIds],
      terminateInstanceOnFailure: true,
      instanceMetadataOptions: {
        httpTokens: configuration.Imds.ImdsSupport === "v2.0" ? "required" : "optional",
        httpPutResponseHopLimit: 1,
      },
    });
  }

  private createDistribution(settings: ImageSettings): ImagebuilderDistributionConfiguration {
    const { name, tags, parts } = this;
    return new ImagebuilderDistributionConfiguration(this, "Distribution", {
      name,
      tags,
      distribution: [
        {
          region: parts.region,
          amiDistributionConfiguration: {
            name: `${name}-{{ imagebuilder:buildDate }}`,
            // Set when the image is distributed, which is after its test.
            amiTags: { ...tags, [readyImageTag]: parts.name, "meridian:holds": holdsOf(settings) },
          },
        },
      ],
    });
  }

  private createLifecycle(): void {
    const { name, tags, parts } = this;
    const role = new IamRole(this, "LifecycleRole", {
      name: resourceName(nameLimits.iamRole, parts.name, "image-lifecycle"),
      permissionsBoundary: parts.configuration.Iam.PermissionsBoundary,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "sts:AssumeRole",
            Principal: { Service: "imagebuilder.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": parts.account } },
          },
        ],
      }),
    });
    const attachment = new IamRolePolicyAttachment(this, "LifecyclePermissions", {
      role: role.name,
      policyArn: `arn:${parts.partition}:iam::aws:policy/service-role/EC2ImageBuilderLifecycleExecutionPolicy`,
    });
    new ImagebuilderLifecyclePolicy(this, "Lifecycle", {
      name,
      tags,
      resourceType: "AMI_IMAGE",
      executionRole: role.arn,
      status: "ENABLED",
      policyDetail: [
        {
          action: [
            { type: "DELETE", includeResources: [{ amis: true, snapshots: true, containers: false }] },
          ],
          filter: [{ type: "COUNT", value: imagesKept }],
          exclusionRules: [
            { amis: [{ isPublic: false, lastLaunched: [{ unit: "DAYS", value: keptDaysAfterLaunch }] }] },
          ],
        },
      ],
      // `meridian hpc image` starts builds with this tag: the provider takes recipes of one version only.
      resourceSelection: [{ tagMap: { [readyImageTag]: parts.name } }],
      dependsOn: [attachment],
    });
  }
}

/** What is in the image, in words that tags may have. */
function holdsOf({ slurmVersion, efaInstallerVersion, openMpi, efa, contents }: ImageSettings): string {
  return [
    `slurm-${slurmVersion}`,
    openMpi === "efa" ? `efa-${efaInstallerVersion}` : "openmpi",
    ...(efa ? ["efa-driver"] : []),
    "agent",
    ...contents,
  ].join(" ");
}

/**
 * What Image Builder runs: the build, and the test on another machine.
 *
 * @see https://docs.aws.amazon.com/imagebuilder/latest/userguide/toe-use-documents.html
 */
function documentOf(settings: ImageSettings): string {
  const phase = (name: string, timeoutSeconds: number, commands: readonly string[]) => ({
    name,
    steps: [
      { name: "Run", action: "ExecuteBash", timeoutSeconds, inputs: { commands: [commands.join("\n")] } },
    ],
  });
  return JSON.stringify({
    name: "meridian",
    schemaVersion: 1.0,
    phases: [
      phase("build", buildSeconds, renderImageBuild(settings)),
      phase("test", testMinutes * 60, renderImageTest(settings)),
    ],
  });
}

/** A version that changes with the text: what Image Builder has of a version cannot be changed. */
function versionOf(text: string): string {
  const digest = createHash("sha256").update(text).digest();
  return `1.${digest.readUIntBE(0, 3)}.${digest.readUIntBE(3, 3)}`;
}
