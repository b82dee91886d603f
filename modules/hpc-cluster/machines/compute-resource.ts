import { DataAwsEc2InstanceType } from "@cdktf/provider-aws/lib/data-aws-ec2-instance-type";
import { LaunchTemplate, type LaunchTemplateConfig } from "@cdktf/provider-aws/lib/launch-template";
import { PlacementGroup } from "@cdktf/provider-aws/lib/placement-group";
import { Fn, type Precondition } from "cdktf";
import { Construct } from "constructs";
import { resourceName, InternalError } from "../../../core";
import type {
  ComputeResourceConfiguration,
  RootVolumeConfiguration,
  SlurmQueueConfiguration,
} from "../file/cluster-keys";
import type { InstanceTypeFacts, InstanceTypes } from "./instance-types";
import type { NodeImage } from "./node-image";
import { type EfaChoice, networkInterfacePlan } from "../network/network-interfaces";
import { placementGroupOf, typesOf, usesPlacementGroup } from "../checks/check";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html */
const longestTemplateName = 128;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreatePlacementGroup.html */
const longestPlacementGroupName = 255;

/** What a {@link ComputeResource} is made of. */
export interface ComputeResourceProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The queue that the nodes belong to. */
  readonly queue: SlurmQueueConfiguration;
  /** The compute resource of the file. */
  readonly resource: ComputeResourceConfiguration;
  /** What is known of instance types. */
  readonly instanceTypes: InstanceTypes;
  /** The image that nodes boot. */
  readonly image: NodeImage;
  /** The instance profile of the nodes. */
  readonly instanceProfileArn: string;
  /** Security groups on every interface. */
  readonly securityGroupIds: readonly string[];
  /** Subnets of the queue; one for EFA and placement groups. */
  readonly subnetIds: readonly string[];
  /** What a node runs when it boots, as text. */
  readonly userData: string;
  /** Tags of instances and volumes, weakest first: the cluster's, then the queue's, then the resource's. */
  readonly tags: Readonly<Record<string, string>>;
  /**
   * Whether metadata needs a token (`v2.0`).
   *
   * @default "v2.0"
   */
  readonly imdsSupport?: "v1.0" | "v2.0";
  /**
   * One-minute metrics of EC2.
   *
   * @default false
   */
  readonly detailedMonitoring?: boolean;
  /**
   * A key pair for SSH to the nodes.
   *
   * @default - nodes are reached from the head node only
   */
  readonly keyName?: string;
  /**
   * The kind of EFA interfaces.
   *
   * @default "efa-only"
   */
  readonly efaInterfaceType?: "efa" | "efa-only";
}

/**
 * The machines of one compute resource of a Slurm queue: how the cluster daemon launches them.
 *
 * **Creates** a launch template; a cluster placement group where the file asks for one of the
 * module's own; for each instance type a check at plan time that EC2 says of it what the module's
 * table says.
 */
export class ComputeResource extends Construct {
  /** The launch template, for settings that this construct does not model. */
  public readonly resource: LaunchTemplate;
  /** The placement group of the module's own. */
  public readonly placementGroup?: PlacementGroup;

  public constructor(scope: Construct, id: string, props: ComputeResourceProps) {
    super(scope, id);
    this.placementGroup = this.createPlacementGroup(props);
    this.resource = new LaunchTemplate(this, "Resource", {
      ...machineOf(props),
      ...purchaseOf(props),
      placement: this.placementOf(props),
      lifecycle: { precondition: [volumeCheckOf(props)] },
    });
    for (const type of typesOf(props.resource)) {
      this.createTypeCheck(type, props.instanceTypes.find(type));
    }
  }

  private createPlacementGroup({
    clusterName,
    queue,
    resource,
  }: ComputeResourceProps): PlacementGroup | undefined {
    const setting = placementGroupOf(queue, resource);
    if (!usesPlacementGroup(setting) || (setting?.Id ?? setting?.Name) !== undefined) {
      return undefined;
    }
    return new PlacementGroup(this, "PlacementGroup", {
      name: resourceName(longestPlacementGroupName, clusterName, queue.Name, resource.Name),
      strategy: "cluster",
    });
  }

  private placementOf({ queue, resource }: ComputeResourceProps): LaunchTemplateConfig["placement"] {
    const setting = placementGroupOf(queue, resource);
    if (!usesPlacementGroup(setting)) {
      return undefined;
    }
    return setting?.Id === undefined
      ? { groupName: setting?.Name ?? this.placementGroup?.name }
      : { groupId: setting.Id };
  }

  private createTypeCheck(type: string, facts: InstanceTypeFacts | undefined): void {
    if (facts === undefined) {
      throw new InternalError(`the checks let the unknown instance type ${type} pass`);
    }
    new DataAwsEc2InstanceType(this, `InstanceType-${type}`, {
      instanceType: type,
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.default_vcpus == ${facts.vcpus} && self.maximum_network_cards == ${facts.cards.length} && self.efa_supported == ${facts.efaInterfaces > 0}}`,
            errorMessage: `EC2 describes ${type} differently from Meridian's table of instance types; bring its facts under DevSettings.InstanceTypesData`,
          },
        ],
      },
    });
  }
}

/** The type of a resource whose network cards are fewest: what all its nodes can have. */
function leastTypeOf({ resource, instanceTypes }: ComputeResourceProps): [string, InstanceTypeFacts] {
  const known = typesOf(resource).flatMap((type): [string, InstanceTypeFacts][] => {
    const facts = instanceTypes.find(type);
    return facts === undefined ? [] : [[type, facts]];
  });
  const [first, ...others] = known;
  if (first === undefined) {
    throw new InternalError(`the checks let the compute resource ${resource.Name} pass without a known type`);
  }
  return others.reduce((least, one) => (one[1].cards.length < least[1].cards.length ? one : least), first);
}

function machineOf(props: ComputeResourceProps): LaunchTemplateConfig {
  const { clusterName, queue, resource } = props;
  const [, facts] = leastTypeOf(props);
  const name = resourceName(longestTemplateName, clusterName, queue.Name, resource.Name);
  return {
    name,
    description: `Nodes of ${queue.Name}/${resource.Name} in the cluster ${clusterName}`,
    updateDefaultVersion: true,
    imageId: props.image.imageId,
    instanceType: resource.Instances === undefined ? resource.InstanceType : undefined,
    keyName: props.keyName,
    userData: Fn.base64encode(props.userData),
    iamInstanceProfile: { arn: props.instanceProfileArn },
    instanceInitiatedShutdownBehavior: "terminate",
    ebsOptimized: facts.ebsOptimized ? "true" : undefined,
    monitoring: { enabled: props.detailedMonitoring ?? false },
    metadataOptions: {
      httpEndpoint: "enabled",
      httpTokens: props.imdsSupport === "v1.0" ? "optional" : "required",
      httpPutResponseHopLimit: 1,
    },
    cpuOptions: cpuOptionsOf(resource.DisableSimultaneousMultithreading, typesOf(resource), facts),
    networkInterfaces: interfacesOf(props),
    blockDeviceMappings: [
      rootVolumeOf(props.image.rootDeviceName, queue.ComputeSettings.LocalStorage.RootVolume),
    ],
    tagSpecifications: ["instance", "volume"].map((resourceType) => ({
      resourceType,
      tags: { Name: "Compute", ...props.tags },
    })),
  };
}

function volumeCheckOf({ image, queue }: ComputeResourceProps): Precondition {
  const { Size } = queue.ComputeSettings.LocalStorage.RootVolume;
  return image.volumeCheck(Size, `RootVolume.Size of the queue ${queue.Name}`);
}

/** Whether a node itself turns off its second threads, because EC2 takes no CPU options for `metal` types. */
export function threadsAreOffInside(off: boolean, types: readonly string[]): true | undefined {
  return off && types.some((type) => type.includes(".metal")) ? true : undefined;
}

/** CPU options that turn off the second thread of each core, where EC2 does that. */
export function cpuOptionsOf(
  off: boolean,
  types: readonly string[],
  { cores, vcpus }: InstanceTypeFacts,
): { coreCount: number; threadsPerCore: number } | undefined {
  return off && vcpus > cores && threadsAreOffInside(off, types) === undefined
    ? { coreCount: cores, threadsPerCore: 1 }
    : undefined;
}

function interfacesOf(props: ComputeResourceProps): NonNullable<LaunchTemplateConfig["networkInterfaces"]> {
  const [type, facts] = leastTypeOf(props);
  const { resource, queue, subnetIds } = props;
  const efa: EfaChoice = { enabled: resource.Efa.Enabled, interfaceType: props.efaInterfaceType };
  const plan = networkInterfacePlan(type, facts, efa);
  const publicAddress = plan.length > 1 ? "false" : queue.Networking.AssignPublicIp?.toString();
  const [subnetId] = subnetIds;
  return plan.map(({ networkCardIndex, deviceIndex, interfaceType }) => ({
    networkCardIndex,
    deviceIndex,
    interfaceType,
    associatePublicIpAddress: networkCardIndex === 0 && deviceIndex === 0 ? publicAddress : undefined,
    deleteOnTermination: "true",
    securityGroups: [...props.securityGroupIds],
    subnetId: resource.Instances === undefined ? subnetId : undefined,
  }));
}

/** The block device of a node's root volume. */
export function rootVolumeOf(deviceName: string, volume: RootVolumeConfiguration) {
  return {
    deviceName,
    ebs: {
      encrypted: volume.Encrypted ? "true" : "false",
      deleteOnTermination: "true",
      volumeType: volume.VolumeType,
      volumeSize: volume.Size,
      iops: volume.Iops,
      throughput: volume.Throughput,
    },
  };
}

function purchaseOf({ queue, resource }: ComputeResourceProps): Partial<LaunchTemplateConfig> {
  const target = resource.CapacityReservationTarget ?? queue.CapacityReservationTarget;
  return {
    ...(queue.CapacityType === "CAPACITY_BLOCK"
      ? { instanceMarketOptions: { marketType: "capacity-block" } }
      : {}),
    ...(isPlainSpot(queue, resource)
      ? {
          instanceMarketOptions: {
            marketType: "spot",
            spotOptions: {
              spotInstanceType: "one-time",
              instanceInterruptionBehavior: "terminate",
              maxPrice: resource.SpotPrice?.toString(),
            },
          },
        }
      : {}),
    ...(target === undefined
      ? {}
      : {
          capacityReservationSpecification: {
            capacityReservationTarget: {
              capacityReservationId: target.CapacityReservationId,
              capacityReservationResourceGroupArn: target.CapacityReservationResourceGroupArn,
            },
          },
        }),
  };
}

/**
 * Whether the template itself says Spot. With several types a fleet request says it, and with a
 * fallback the daemon does, because the same template then launches On-Demand too.
 */
export function isPlainSpot(queue: SlurmQueueConfiguration, resource: ComputeResourceConfiguration): boolean {
  return queue.CapacityType === "SPOT" && resource.Instances === undefined && !queue.Meridian.SpotFallback;
}
