import { known } from "../../../core";
import type { ClusterConfiguration } from "../file/cluster-keys";
import { typesOf } from "../checks/check";

/** What the cluster daemon knows of one compute resource. */
export interface FleetResource {
  readonly launchTemplateId: string;
  readonly instanceTypes: readonly string[];
  /** Whether a fleet request chooses among several types; else one type is run directly. */
  readonly flexible: boolean;
  readonly capacityType: "ONDEMAND" | "SPOT" | "CAPACITY_BLOCK";
  readonly spotFallback: boolean;
  readonly spotPrice?: number;
  readonly allocationStrategy?: string;
  /** The capacity block behind the resource, whose nodes wait until it is active. */
  readonly capacityReservationId?: string;
  readonly subnetIds: readonly string[];
  readonly minCount: number;
  readonly maxCount: number;
}

/** Everything that the cluster daemon is told: `fleet.json`. */
export interface Fleet {
  readonly cluster: string;
  readonly region: string;
  readonly table: string;
  readonly headNode: { readonly hostName: string; readonly address: string };
  readonly hostedZoneId?: string;
  readonly domain?: string;
  readonly ec2HostNames: boolean;
  readonly scalingStrategy: string;
  /** What happens to nodes that a change of the file takes away. */
  readonly queueUpdateStrategy: string;
  readonly bootstrapTimeoutSeconds: number;
  readonly capacityTimeoutSeconds: number;
  readonly protectedAfterFailures: number;
  readonly loopSeconds: number;
  readonly orphanGraceSeconds: number;
  readonly queues: Readonly<Record<string, Readonly<Record<string, FleetResource>>>>;
}

/** What only the built cluster knows. */
export interface FleetAttributes {
  readonly clusterName: string;
  readonly region: string;
  readonly tableName: string;
  readonly headHostName: string;
  readonly headAddress: string;
  readonly hostedZoneId?: string;
  readonly domain?: string;
  /** The launch template of each compute resource, by `queue/resource`. */
  readonly launchTemplateIds: Readonly<Record<string, string>>;
  /** The subnets of each queue. */
  readonly subnetIds: Readonly<Record<string, readonly string[]>>;
}

/** How long a compute resource without capacity is left alone, as ParallelCluster does. */
const capacityTimeoutSeconds = 600;

/** Failed boots in a row before a queue is protected from more. */
const protectedAfterFailures = 10;

/** What the daemon is told. */
export function renderFleet(configuration: ClusterConfiguration, attributes: FleetAttributes): Fleet {
  const { Scheduling, DevSettings } = configuration;
  const queues = (Scheduling.SlurmQueues ?? []).map((queue) => {
    const resources = queue.ComputeResources.map((resource): [string, FleetResource] => [
      resource.Name,
      {
        launchTemplateId: known(
          attributes.launchTemplateIds[`${queue.Name}/${resource.Name}`],
          `${queue.Name}/${resource.Name} has no launch template`,
        ),
        instanceTypes: typesOf(resource),
        flexible: resource.Instances !== undefined,
        capacityType: queue.CapacityType,
        spotFallback: queue.Meridian.SpotFallback,
        spotPrice: resource.SpotPrice,
        allocationStrategy: queue.AllocationStrategy,
        capacityReservationId: (resource.CapacityReservationTarget ?? queue.CapacityReservationTarget)
          ?.CapacityReservationId,
        subnetIds: attributes.subnetIds[queue.Name] ?? [],
        minCount: resource.MinCount,
        maxCount: resource.MaxCount,
      },
    ]);
    return [queue.Name, Object.fromEntries(resources)] as const;
  });
  return {
    cluster: attributes.clusterName,
    region: attributes.region,
    table: attributes.tableName,
    headNode: { hostName: attributes.headHostName, address: attributes.headAddress },
    hostedZoneId: attributes.hostedZoneId,
    domain: attributes.domain,
    ec2HostNames: Scheduling.SlurmSettings?.Dns.UseEc2Hostnames ?? false,
    scalingStrategy: Scheduling.ScalingStrategy,
    queueUpdateStrategy: Scheduling.SlurmSettings?.QueueUpdateStrategy ?? "COMPUTE_FLEET_STOP",
    bootstrapTimeoutSeconds: DevSettings.Timeouts.ComputeNodeBootstrapTimeout,
    capacityTimeoutSeconds,
    protectedAfterFailures,
    loopSeconds: 60,
    orphanGraceSeconds: 120,
    queues: Object.fromEntries(queues),
  };
}
