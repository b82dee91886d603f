import { BatchComputeEnvironment } from "@cdktf/provider-aws/lib/batch-compute-environment";
import { BatchJobQueue } from "@cdktf/provider-aws/lib/batch-job-queue";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { PlacementGroup } from "@cdktf/provider-aws/lib/placement-group";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { resourceName } from "../../../core";
import type { BatchQueueConfiguration } from "../file/cluster-keys";
import type { InstanceTypes } from "../machines/instance-types";
import { networkInterfacePlan } from "../network/network-interfaces";

/** What a {@link BatchQueue} is made of. */
export interface BatchQueueProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The queue of the file. */
  readonly queue: BatchQueueConfiguration;
  /** What is known of instance types. */
  readonly instanceTypes: InstanceTypes;
  /** Subnets of the queue. */
  readonly subnetIds: readonly string[];
  /** Security groups of the machines or tasks. */
  readonly securityGroupIds: readonly string[];
  /** The instance profile of the machines. */
  readonly instanceProfileArn: string;
  /** What a machine runs when it boots, as MIME parts; it mounts the storage. */
  readonly userData: string;
  /** Whether metadata needs a token. */
  readonly imdsSupport: "v1.0" | "v2.0";
  /** Tags of the machines and their volumes. */
  readonly tags: Readonly<Record<string, string>>;
}

const longestName = 128;

/**
 * A queue of AWS Batch with one managed compute environment for each compute resource, in order.
 *
 * **Creates** compute environments; for machines a launch template with EFA interfaces where the
 * file asks; a cluster placement group where it asks; the queue with its priority.
 *
 * The compute environments are left without a name: version 5 and version 6 of the provider call the
 * argument differently.
 */
export class BatchQueue extends Construct {
  /** The queue, for settings that this construct does not model. */
  public readonly resource: BatchJobQueue;

  public constructor(scope: Construct, id: string, props: BatchQueueProps) {
    super(scope, id);
    const { clusterName, queue } = props;
    const group = queue.Meridian.PlacementGroup ? this.createPlacementGroup(props) : undefined;
    const environments = queue.ComputeResources.map((resource) =>
      this.createEnvironment(props, resource, group),
    );
    this.resource = new BatchJobQueue(this, "Resource", {
      name: resourceName(longestName, clusterName, queue.Name),
      state: "ENABLED",
      priority: queue.Meridian.Priority,
      computeEnvironmentOrder: environments.map(({ arn }, index) => ({
        order: index + 1,
        computeEnvironment: arn,
      })),
    });
  }

  private createPlacementGroup({ clusterName, queue }: BatchQueueProps): PlacementGroup {
    return new PlacementGroup(this, "PlacementGroup", {
      name: `${clusterName}-${queue.Name}`,
      strategy: "cluster",
    });
  }

  private createEnvironment(
    props: BatchQueueProps,
    resource: BatchResource,
    group?: PlacementGroup,
  ): BatchComputeEnvironment {
    const { queue, subnetIds, securityGroupIds } = props;
    const { Fargate } = queue.Meridian;
    const spot = queue.CapacityType === "SPOT";
    const network = {
      subnets: [...subnetIds],
      securityGroupIds: [...securityGroupIds],
      maxVcpus: resource.MaxvCpus,
    };
    const type = Fargate ? (spot ? "FARGATE_SPOT" : "FARGATE") : spot ? "SPOT" : "EC2";
    return new BatchComputeEnvironment(this, `Environment-${resource.Name}`, {
      type: "MANAGED",
      computeResources: Fargate
        ? { type, ...network }
        : {
            type,
            ...network,
            allocationStrategy: spot ? "SPOT_PRICE_CAPACITY_OPTIMIZED" : "BEST_FIT_PROGRESSIVE",
            instanceRole: props.instanceProfileArn,
            instanceType: resource.InstanceTypes,
            minVcpus: resource.MinvCpus,
            desiredVcpus: resource.DesiredvCpus,
            bidPercentage: spot ? resource.SpotBidPercentage : undefined,
            placementGroup: group?.name,
            launchTemplate: { launchTemplateId: this.createTemplate(props, resource).id, version: "$Latest" },
          },
      // Batch scales the desired number with the queue; a plan must not scale it back.
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ["compute_resources[0].desired_vcpus"] },
    });
  }

  private createTemplate(props: BatchQueueProps, resource: BatchResource): LaunchTemplate {
    const { clusterName, queue, imdsSupport } = props;
    return new LaunchTemplate(this, `Template-${resource.Name}`, {
      name: resourceName(longestName, clusterName, queue.Name, resource.Name),
      updateDefaultVersion: true,
      userData: Fn.base64encode(props.userData),
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: imdsSupport === "v1.0" ? "optional" : "required",
        // A container is one hop further away than its machine.
        httpPutResponseHopLimit: 2,
      },
      networkInterfaces: this.interfacesOf(props, resource),
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({
        resourceType,
        tags: {
          Name: "Batch",
          ...props.tags,
          "meridian:cluster": clusterName,
          "meridian:batch-queue": queue.Name,
        },
      })),
    });
  }

  private interfacesOf(props: BatchQueueProps, { InstanceTypes: types }: BatchResource) {
    const { Meridian, Networking } = props.queue;
    const own = { deleteOnTermination: "true", securityGroups: [...props.securityGroupIds] };
    if (!Meridian.Efa) {
      return Networking.AssignPublicIp === undefined
        ? undefined
        : [{ deviceIndex: 0, associatePublicIpAddress: Networking.AssignPublicIp.toString(), ...own }];
    }
    const known = types.flatMap((type) => {
      const facts = props.instanceTypes.find(type);
      return facts === undefined ? [] : [{ type, facts }];
    });
    const [least] = [...known].sort((a, b) => a.facts.cards.length - b.facts.cards.length);
    const plan = least === undefined ? [] : networkInterfacePlan(least.type, least.facts, { enabled: true });
    return plan.map((one) => ({ ...one, ...own }));
  }
}

type BatchResource = BatchQueueConfiguration["ComputeResources"][number];
