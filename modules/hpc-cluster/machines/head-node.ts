import type { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { NetworkInterface } from "@cdktf/provider-aws/lib/network-interface";
import { VolumeAttachment } from "@cdktf/provider-aws/lib/volume-attachment";
import { Construct } from "constructs";
import { pascalCase } from "../../../core";
import { cpuOptionsOf } from "./compute-resource";
import type { HeadNodeConfiguration } from "../file/cluster-keys";
import type { InstanceTypeFacts } from "./instance-types";
import type { NodeImage } from "./node-image";

/** What the network interface of the head node is made of. */
export interface HeadAddressProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The subnet of the head node. */
  readonly subnetId: string;
  /** Its security groups. */
  readonly securityGroupIds: readonly string[];
  /** The file's `ElasticIp`: none, one of the module's own, or an existing address. */
  readonly elasticIp: boolean | string;
}

/**
 * The address of the head node, which outlives the machine: compute nodes and slurm.conf know it.
 *
 * **Creates** a network interface, and an Elastic IP and its association where the file asks.
 */
export class HeadAddress extends Construct {
  /** The interface, for settings that this construct does not model. */
  public readonly resource: NetworkInterface;

  public constructor(scope: Construct, id: string, props: HeadAddressProps) {
    super(scope, id);
    const tags = { Name: `${props.clusterName} head node` };
    this.resource = new NetworkInterface(this, "Resource", {
      subnetId: props.subnetId,
      securityGroups: [...props.securityGroupIds],
      sourceDestCheck: false,
      description: `Head node of the cluster ${props.clusterName}`,
      tags,
    });
    if (props.elasticIp === false) {
      return;
    }
    const given = typeof props.elasticIp === "string" ? props.elasticIp : undefined;
    const own = given === undefined ? new Eip(this, "ElasticIp", { domain: "vpc", tags }) : undefined;
    const byAddress = given !== undefined && !given.startsWith("eipalloc-");
    new EipAssociation(this, "ElasticIpAssociation", {
      networkInterfaceId: this.resource.id,
      allocationId: byAddress ? undefined : (own?.allocationId ?? given),
      publicIp: byAddress ? given : undefined,
    });
  }

  /** The private address. */
  public get privateAddress(): string {
    return this.resource.privateIp;
  }
}

/** What a {@link HeadNode} is made of. */
export interface HeadNodeProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The file's `HeadNode`. */
  readonly configuration: HeadNodeConfiguration;
  /** What is known of its instance type. */
  readonly facts: InstanceTypeFacts;
  /** The image. */
  readonly image: NodeImage;
  /** Its network interface. */
  readonly networkInterfaceId: string;
  /** Its instance profile. */
  readonly instanceProfileName: string;
  /** What it runs when it first boots. */
  readonly userData: string;
  /** Whether metadata needs a token. */
  readonly imdsSupport: "v1.0" | "v2.0";
  /** EBS volumes to attach, by storage name. */
  readonly volumes: Readonly<Record<string, readonly EbsVolume[]>>;
  /** Existing EBS volumes to attach, by storage name. */
  readonly existingVolumeIds: Readonly<Record<string, string>>;
  /** What must exist before it boots, as `depends_on` names it. */
  readonly after: readonly string[];
  /** Tags of the instance and its root volume. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Device names for shared volumes; Nitro shows them as NVMe disks, found by the volume's id. */
const deviceLetters = "fghijklmnop";

/**
 * The machine that runs the Slurm controller and the cluster daemon and shares the file's volumes.
 *
 * **Creates** an instance and the attachments of its volumes. A newer image or changed user data
 * never replaces a running head node by itself: jobs would be lost.
 */
export class HeadNode extends Construct {
  /** The instance, for settings that this construct does not model. */
  public readonly resource: Instance;

  public constructor(scope: Construct, id: string, props: HeadNodeProps) {
    super(scope, id);
    const { configuration, facts } = props;
    const { RootVolume } = configuration.LocalStorage;
    this.resource = new Instance(this, "Resource", {
      ami: props.image.imageId,
      instanceType: configuration.InstanceType,
      keyName: configuration.Ssh.KeyName,
      iamInstanceProfile: props.instanceProfileName,
      networkInterface: [{ deviceIndex: 0, networkInterfaceId: props.networkInterfaceId }],
      ebsOptimized: facts.ebsOptimized ? true : undefined,
      cpuOptions: cpuOptionsOf(
        configuration.DisableSimultaneousMultithreading,
        [configuration.InstanceType],
        facts,
      ),
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: props.imdsSupport === "v1.0" ? "optional" : "required",
        httpPutResponseHopLimit: 1,
      },
      rootBlockDevice: {
        encrypted: RootVolume.Encrypted,
        volumeType: RootVolume.VolumeType,
        volumeSize: RootVolume.Size,
        iops: RootVolume.Iops,
        throughput: RootVolume.Throughput,
        deleteOnTermination: RootVolume.DeleteOnTermination,
        // Tags of all volumes of the instance would fight with those that shared volumes have of their own.
        tags: { Name: "HeadNode", ...props.tags },
      },
      userData: props.userData,
      tags: { Name: "HeadNode", ...props.tags },
      lifecycle: {
        ignoreChanges: ["ami", "user_data"],
        precondition: [props.image.volumeCheck(RootVolume.Size, "HeadNode.LocalStorage.RootVolume.Size")],
      },
    });
    this.resource.dependsOn = [...props.after];
    this.attach(props);
  }

  private attach({ volumes, existingVolumeIds }: HeadNodeProps): void {
    const created = Object.values(volumes)
      .flat()
      .map((volume): [string, string] => [volume.node.id, volume.id]);
    const existing = Object.entries(existingVolumeIds).map(([name, id]): [string, string] => [
      pascalCase(name),
      id,
    ]);
    [...created, ...existing].forEach(([role, volumeId], index) => {
      new VolumeAttachment(this, `Volume-${role}`, {
        volumeId,
        deviceName: `/dev/sd${deviceLetters.charAt(index)}`,
        instanceId: this.resource.id,
        // EC2 cannot take a mounted volume from a running machine, so a destruction would wait in vain.
        stopInstanceBeforeDetaching: true,
      });
    });
  }
}
