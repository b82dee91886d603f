import { closest } from "fastest-levenshtein";
import table from "../data/instance-types.json";

/** GPUs of an instance type. */
export interface GpuFacts {
  /** How many. */
  readonly count: number;
  /** The model's name, such as `H100`. */
  readonly model: string;
  /** Who makes them. */
  readonly manufacturer: string;
}

/** What EC2 says of an instance type, as far as a cluster needs it. */
export interface InstanceTypeFacts {
  /** vCPUs with all threads in use. */
  readonly vcpus: number;
  /** Physical cores. */
  readonly cores: number;
  /** Memory in MiB. */
  readonly memoryMiB: number;
  /** The processor's architecture, such as `x86_64`. */
  readonly architecture: string;
  /** The most network interfaces of each network card, in the order of the cards. */
  readonly cards: readonly number[];
  /** The most EFA interfaces; 0 without EFA. */
  readonly efaInterfaces: number;
  /** Whether it has the Elastic Network Adapter; without it at most the Intel 82599 function, up to 10 Gbit/s. */
  readonly enhancedNetworking: boolean;
  /**
   * Its GPUs.
   *
   * @default - it has none
   */
  readonly gpus?: GpuFacts;
  /** Whether it may be launched in a cluster placement group. */
  readonly clusterPlacement: boolean;
  /** How it can be bought: `on-demand`, `spot`, `capacity-block`. */
  readonly usageClasses: readonly string[];
  /** Whether it can be EBS-optimised. */
  readonly ebsOptimized: boolean;
  /** Local disks in GB; 0 without. */
  readonly instanceStoreGB: number;
}

interface Row {
  readonly vcpus: number;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly architecture: string;
  readonly cards: readonly number[];
  readonly efa?: number;
  readonly ena?: boolean;
  readonly gpus?: GpuFacts;
  readonly clusterPlacement?: boolean;
  readonly usage?: readonly string[];
  readonly ebsOptimized?: boolean;
  readonly instanceStoreGB?: number;
}

/** The part of EC2's own description that `DevSettings.InstanceTypesData` may bring. */
interface DescribedInstanceType {
  readonly VCpuInfo?: { readonly DefaultVCpus?: number; readonly DefaultCores?: number };
  readonly MemoryInfo?: { readonly SizeInMiB?: number };
  readonly ProcessorInfo?: { readonly SupportedArchitectures?: readonly string[] };
  readonly NetworkInfo?: {
    readonly NetworkCards?: readonly { readonly MaximumNetworkInterfaces: number }[];
    readonly EfaSupported?: boolean;
    readonly EfaInfo?: { readonly MaximumEfaInterfaces: number };
    readonly EnaSupport?: string;
  };
  readonly GpuInfo?: { readonly Gpus?: readonly { Name: string; Manufacturer: string; Count: number }[] };
  readonly SupportedUsageClasses?: readonly string[];
  readonly PlacementGroupInfo?: { readonly SupportedStrategies?: readonly string[] };
  readonly EbsInfo?: { readonly EbsOptimizedSupport?: string };
  readonly InstanceStorageInfo?: { readonly TotalSizeInGB?: number };
}

const known = table as Readonly<Record<string, Row>>;

/** The instance types that a cluster may name: the module's table and what a file adds to it. */
export class InstanceTypes {
  private readonly added: ReadonlyMap<string, InstanceTypeFacts>;

  /**
   * @param described - `DevSettings.InstanceTypesData`: a JSON object of EC2's descriptions by type.
   * @throws SyntaxError when that is not JSON.
   */
  public constructor(described?: string) {
    const given =
      described === undefined ? {} : (JSON.parse(described) as Record<string, DescribedInstanceType>);
    this.added = new Map(Object.entries(given).map(([type, facts]) => [type, factsOfDescription(facts)]));
  }

  /** What is known of a type; undefined for one that neither the table nor the file has. */
  public find(type: string): InstanceTypeFacts | undefined {
    const row = known[type];
    return this.added.get(type) ?? (row === undefined ? undefined : factsOfRow(row));
  }

  /** The known type whose name is nearest. */
  public nearest(type: string): string {
    return closest(type, this.names());
  }

  /** The sizes of a type's family that have EFA, smallest first. */
  public efaSizesOf(type: string): string[] {
    const family = type.slice(0, type.indexOf(".") + 1);
    return this.names()
      .filter((name) => name.startsWith(family) && (this.find(name)?.efaInterfaces ?? 0) > 0)
      .sort((a, b) => (this.find(a)?.vcpus ?? 0) - (this.find(b)?.vcpus ?? 0) || a.localeCompare(b));
  }

  private names(): string[] {
    return [...Object.keys(known), ...this.added.keys()];
  }
}

function factsOfRow(row: Row): InstanceTypeFacts {
  return {
    vcpus: row.vcpus,
    cores: row.cores,
    memoryMiB: row.memoryMiB,
    architecture: row.architecture,
    cards: row.cards,
    efaInterfaces: row.efa ?? 0,
    enhancedNetworking: row.ena ?? true,
    gpus: row.gpus,
    clusterPlacement: row.clusterPlacement ?? true,
    usageClasses: row.usage ?? ["on-demand", "spot"],
    ebsOptimized: row.ebsOptimized ?? true,
    instanceStoreGB: row.instanceStoreGB ?? 0,
  };
}

function factsOfDescription(facts: DescribedInstanceType): InstanceTypeFacts {
  return {
    memoryMiB: facts.MemoryInfo?.SizeInMiB ?? 1024,
    gpus: gpusOfDescription(facts),
    clusterPlacement: facts.PlacementGroupInfo?.SupportedStrategies?.includes("cluster") ?? true,
    usageClasses: facts.SupportedUsageClasses ?? ["on-demand", "spot"],
    ebsOptimized: facts.EbsInfo?.EbsOptimizedSupport !== "unsupported",
    instanceStoreGB: facts.InstanceStorageInfo?.TotalSizeInGB ?? 0,
    ...processorOfDescription(facts),
    ...networkOfDescription(facts.NetworkInfo),
  };
}

function processorOfDescription(
  facts: DescribedInstanceType,
): Pick<InstanceTypeFacts, "vcpus" | "cores" | "architecture"> {
  const vcpus = facts.VCpuInfo?.DefaultVCpus ?? 1;
  const architectures = facts.ProcessorInfo?.SupportedArchitectures ?? [];
  return {
    vcpus,
    cores: facts.VCpuInfo?.DefaultCores ?? vcpus,
    architecture: architectures.includes("arm64") ? "arm64" : "x86_64",
  };
}

function gpusOfDescription({ GpuInfo }: DescribedInstanceType): GpuFacts | undefined {
  const [gpu] = GpuInfo?.Gpus ?? [];
  return gpu === undefined
    ? undefined
    : { count: gpu.Count, model: gpu.Name, manufacturer: gpu.Manufacturer };
}

function networkOfDescription(
  network: DescribedInstanceType["NetworkInfo"],
): Pick<InstanceTypeFacts, "cards" | "efaInterfaces" | "enhancedNetworking"> {
  const cards = network?.NetworkCards ?? [{ MaximumNetworkInterfaces: 2 }];
  return {
    cards: cards.map((card) => card.MaximumNetworkInterfaces),
    efaInterfaces: network?.EfaInfo?.MaximumEfaInterfaces ?? (network?.EfaSupported === true ? 1 : 0),
    enhancedNetworking: network?.EnaSupport !== "unsupported",
  };
}
