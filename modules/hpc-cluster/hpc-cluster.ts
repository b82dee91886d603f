import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { Aspects } from "cdktf";
import { Construct } from "constructs";
import {
  type IAlarmTopic,
  type INetwork,
  InternalError,
  known,
  partitionOf,
  type Problem,
  ValidationError,
  zonesOf,
} from "../../core";
import { BatchCluster } from "./batch/batch-cluster";
import { parseClusterFile } from "./file/cluster-file";
import type { ClusterConfiguration } from "./file/cluster-keys";
import { ClusterBudget } from "./cluster-budget";
import { ClusterNetwork } from "./network/cluster-network";
import { ClusterSecurity } from "./network/cluster-security";
import { CostTags, tagsOf, withTags } from "./cluster-tags";
import { dataRepositoriesOf } from "./checks/surroundings";
import { DataTransfer } from "./storage/data-transfer";
import { DirectConnect } from "./network/direct-connect";
import type { Finding } from "./file/findings";
import { SharedStorage } from "./storage/shared-storage";
import { storagesWithHomes } from "./storage/shared-homes";
import { SlurmCluster } from "./slurm/slurm-cluster";
import type { ClusterParts, ClusterPlace } from "./cluster-parts";

/** What an {@link HpcCluster} is made of. */
export interface HpcClusterProps {
  /** The cluster's name: a letter, then letters, digits and hyphens. */
  readonly name: string;
  /** The account's number. */
  readonly account: string;
  /** The region's code, such as `eu-west-1`. */
  readonly region: string;
  /** The text of a ParallelCluster 3 configuration file. */
  readonly configurationFile: string;
  /**
   * The name of that file, for messages.
   *
   * @default - the cluster's name and `.yaml`
   */
  readonly fileName?: string;
  /**
   * The network of the cluster where the file names no subnets. Its first private subnet holds all
   * nodes, because EFA and Lustre lie in one zone.
   *
   * @default - the module makes a network of its own
   */
  readonly network?: INetwork;
  /**
   * Where alarms go.
   *
   * @default - alarms change their state and tell nobody
   */
  readonly alarmTopic?: IAlarmTopic;
  /**
   * ARN of the KMS key that encrypts the cluster's log group. Its key policy must let CloudWatch Logs of the
   * region use it.
   *
   * @default - encrypted with a key that AWS owns
   */
  readonly logKeyArn?: string;
  /**
   * Tags on everything of the cluster, machines included, such as a cost centre. The file's `Tags`
   * win over them.
   *
   * @default - the file's tags only
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A Slurm or AWS Batch cluster from a ParallelCluster 3 file.
 *
 * **Creates** security groups, the file's shared storage, and for Slurm a head node, login pools,
 * launch templates, the table of nodes, a private zone and the rendered configuration; for Batch
 * compute environments, queues and job definitions. A network too where the file names no subnets
 * and none is given; a budget, data transfers and the line to a site where the file asks.
 */
export class HpcCluster extends Construct {
  /** The Slurm cluster; absent with Batch. */
  public readonly slurm?: SlurmCluster;
  /** The Batch cluster; absent with Slurm. */
  public readonly batch?: BatchCluster;
  /** The shared storage. */
  public readonly storage: SharedStorage;
  /** The network of the module's own; absent where subnets or a network are given. */
  public readonly network?: ClusterNetwork;
  /** What the file's author should know: warnings and notes. */
  public readonly findings: readonly Finding[];

  public constructor(scope: Construct, id: string, props: HpcClusterProps) {
    super(scope, id);
    const { name, account, region } = props;
    const { configuration: read, findings } = this.readFile(props);
    const configuration = withTags(read, props.tags ?? {});
    this.findings = findings;
    this.network = this.createNetwork(configuration, props);
    const place = this.placeOf(configuration, props);
    const partition = partitionOf(region);
    const security = this.createSecurity(configuration, place, props);
    this.storage = new SharedStorage(this, "Storage", {
      region,
      clusterName: name,
      dnsSuffix: partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com",
      storages: storagesWithHomes(configuration),
      vpcId: place.vpcId,
      subnetIds: widestQueue(place),
      otherSubnetIds: namesSubnets(configuration) ? otherSubnets(place) : undefined,
      headZone: place.headZone,
      memberGroupIds: security.memberGroupIds,
    });
    const parts = {
      name,
      account,
      region,
      partition,
      configuration,
      place,
      security,
      storage: this.storage,
      alarmTopic: props.alarmTopic,
      logKeyArn: props.logKeyArn,
    };
    if (configuration.Scheduling.Scheduler === "slurm") {
      this.slurm = new SlurmCluster(this, "Slurm", parts);
    } else {
      this.batch = new BatchCluster(this, "Batch", parts);
    }
    this.createSurroundings(parts);
    Aspects.of(this).add(new CostTags({ ...tagsOf(configuration.Tags), "meridian:cluster": name }));
  }

  private readFile(props: HpcClusterProps): {
    configuration: ClusterConfiguration;
    findings: readonly Finding[];
  } {
    const fileName = props.fileName ?? `${props.name}.yaml`;
    const context = { name: props.name, region: props.region, hasNetwork: props.network !== undefined };
    const { configuration, findings } = parseClusterFile(props.configurationFile, fileName, context);
    const problems = findings
      .filter(({ level }) => level === "ERROR")
      .map((finding) => problemOf(this.node.path, fileName, finding));
    if (problems.length > 0 || configuration === undefined) {
      throw new ValidationError(problems);
    }
    return { configuration, findings };
  }

  private createNetwork(
    configuration: ClusterConfiguration,
    { name, region, network }: HpcClusterProps,
  ): ClusterNetwork | undefined {
    if (network !== undefined || namesSubnets(configuration)) {
      return undefined;
    }
    const [first = `${region}a`] = zonesOf(region);
    return new ClusterNetwork(this, "Network", {
      region,
      clusterName: name,
      zone: configuration.Meridian.Zone ?? first,
      ipv4CidrBlock: configuration.Meridian.NetworkCidrBlock,
    });
  }

  private createSurroundings({ name, account, partition, configuration }: ClusterParts): void {
    const { Budget, DataTransfers = [], DirectConnectGatewayId } = configuration.Meridian;
    if (Budget !== undefined) {
      new ClusterBudget(this, "Budget", { clusterName: name, budget: Budget });
    }
    if (DirectConnectGatewayId !== undefined && this.network !== undefined) {
      new DirectConnect(this, "DirectConnect", {
        clusterName: name,
        gatewayId: DirectConnectGatewayId,
        vpcId: this.network.resource.id,
        ipv4CidrBlock: configuration.Meridian.NetworkCidrBlock,
        routeTableIds: { Private: this.network.privateRouteTable.id },
      });
    }
    const repositories = dataRepositoriesOf(configuration);
    for (const transfer of DataTransfers) {
      new DataTransfer(this, `Transfer-${transfer.Name}`, {
        account,
        partition,
        transfer,
        clusterName: name,
        dataRepositoryPath: known(
          repositories[transfer.Association],
          `${transfer.Name} has no data repository association, which validation refuses`,
        ),
      });
    }
  }

  private placeOf(configuration: ClusterConfiguration, { network }: HpcClusterProps): ClusterPlace {
    const { HeadNode, Scheduling, LoginNodes } = configuration;
    const queues = [...(Scheduling.SlurmQueues ?? []), ...(Scheduling.AwsBatchQueues ?? [])];
    const pools = LoginNodes?.Pools ?? [];
    const shared = this.sharedPlace(network);
    if (!namesSubnets(configuration) && shared !== undefined) {
      return {
        vpcId: shared.vpcId,
        headSubnetId: shared.subnetId,
        headZone: shared.zone,
        queueSubnetIds: Object.fromEntries(queues.map(({ Name }) => [Name, [shared.subnetId]])),
        loginSubnetIds: Object.fromEntries(pools.map(({ Name }) => [Name, shared.subnetId])),
        publicSubnetId: shared.publicSubnetId,
      };
    }
    const headSubnetId = known(
      HeadNode?.Networking.SubnetId ?? queues[0]?.Networking.SubnetIds?.[0],
      `${this.node.path}: neither the head node nor the first queue names a subnet, which validation refuses`,
    );
    const subnet = new DataAwsSubnet(this, "HeadSubnet", { id: headSubnetId });
    return {
      headSubnetId,
      vpcId: subnet.vpcId,
      headZone: subnet.availabilityZone,
      queueSubnetIds: Object.fromEntries(
        queues.map(({ Name, Networking }) => [Name, Networking.SubnetIds ?? []]),
      ),
      loginSubnetIds: Object.fromEntries(
        pools.map(({ Name, Networking }) => [Name, Networking.SubnetIds?.[0] ?? headSubnetId]),
      ),
    };
  }

  private sharedPlace(
    network: INetwork | undefined,
  ): { vpcId: string; subnetId: string; publicSubnetId?: string; zone: string } | undefined {
    if (this.network !== undefined) {
      const { privateSubnet, publicSubnet, resource } = this.network;
      return {
        vpcId: resource.id,
        subnetId: privateSubnet.id,
        publicSubnetId: publicSubnet.id,
        zone: privateSubnet.availabilityZone,
      };
    }
    const [subnetId] = network?.subnetIds("private") ?? [];
    const [publicSubnetId] = network?.subnetIds("public") ?? [];
    const [zone] = network?.zones ?? [];
    if (network === undefined || subnetId === undefined || zone === undefined) {
      return undefined;
    }
    return { vpcId: network.vpcId, subnetId, publicSubnetId, zone };
  }

  private createSecurity(
    configuration: ClusterConfiguration,
    { vpcId }: ClusterPlace,
    { name, network }: HpcClusterProps,
  ): ClusterSecurity {
    const { HeadNode, LoginNodes, Scheduling } = configuration;
    const slurm = Scheduling.Scheduler === "slurm";
    return new ClusterSecurity(this, "Security", {
      name,
      vpcId,
      givenGroupIds: givenGroups(configuration),
      dualStack: network?.vpcIpv6CidrBlock !== undefined,
      headSshFrom: slurm ? HeadNode?.Ssh.AllowedIps : undefined,
      loginSshFrom:
        LoginNodes === undefined
          ? undefined
          : Object.fromEntries(LoginNodes.Pools.map(({ Name, Ssh }) => [Name, Ssh.AllowedIps])),
    });
  }
}

function namesSubnets({ HeadNode, Scheduling }: ClusterConfiguration): boolean {
  return (
    HeadNode?.Networking.SubnetId !== undefined ||
    [...(Scheduling.SlurmQueues ?? []), ...(Scheduling.AwsBatchQueues ?? [])].some(
      ({ Networking }) => Networking.SubnetIds !== undefined,
    )
  );
}

/** The subnets of the queue that has the most, which is one a zone. */
function widestQueue({ queueSubnetIds }: ClusterPlace): readonly string[] {
  const [first, ...others] = Object.values(queueSubnetIds);
  if (first === undefined) {
    throw new InternalError("a cluster has no queue");
  }
  return others.reduce((widest, one) => (one.length > widest.length ? one : widest), first);
}

/** Security groups that the file gives nodes instead of the cluster's own, each once. */
function givenGroups({ HeadNode, LoginNodes, Scheduling }: ClusterConfiguration): string[] {
  const parts = [
    HeadNode?.Networking,
    ...(LoginNodes?.Pools ?? []).map(({ Networking }) => Networking),
    ...(Scheduling.SlurmQueues ?? []).map(({ Networking }) => Networking),
    ...(Scheduling.AwsBatchQueues ?? []).map(({ Networking }) => Networking),
  ];
  return [...new Set(parts.flatMap((networking) => networking?.SecurityGroups ?? []))].sort();
}

/** The subnets of nodes that the widest queue has not, each once. */
function otherSubnets(place: ClusterPlace): readonly string[] {
  const { headSubnetId, queueSubnetIds, loginSubnetIds } = place;
  const all = [headSubnetId, ...Object.values(queueSubnetIds).flat(), ...Object.values(loginSubnetIds)];
  const widest = widestQueue(place);
  return [...new Set(all)].filter((subnetId) => !widest.includes(subnetId)).sort();
}

function problemOf(where: string, fileName: string, { path, line, message, remedy }: Finding): Problem {
  return {
    where,
    property: path === "" ? fileName : path,
    expected: "be correct",
    got: `${fileName}:${line}: ${message}`,
    remedy,
  };
}
