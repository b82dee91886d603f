import type { TerraformProvider } from "cdktf";
import type { IAlarmTopic } from "../../core";
import type { TableCapacity } from "./capacity";
import type { KeyAttribute, GlobalSecondaryIndex } from "./keys";

/** Settings of a {@link GlobalTable}. */
export interface GlobalTableProps {
  /** Name of the table in every region: 3 to 255 letters, digits, `_`, `-` and `.`. */
  readonly name: string;
  /** The table's account, 12 digits. */
  readonly account: string;
  /** The region of the stack's own provider, where the table is made and changed. */
  readonly homeRegion: string;
  /** The other regions. One can be added or removed at any time. */
  readonly replicas: Readonly<Record<string, ReplicaOptions>>;
  /** The attribute that spreads the items. A change replaces the table. */
  readonly partitionKey: KeyAttribute;
  /**
   * The attribute that orders items of one partition key. A change replaces the table.
   *
   * @default - the partition key alone finds an item
   */
  readonly sortKey?: KeyAttribute;
  /**
   * Second ways to find items, by name; twenty at most.
   *
   * @default - there are none
   */
  readonly globalSecondaryIndexes?: Readonly<Record<string, GlobalSecondaryIndex>>;
  /**
   * How the table is paid for.
   *
   * @default - on demand
   */
  readonly capacity?: TableCapacity;
  /**
   * What a read in one region sees of a write in another. It is decided for good when the table is
   * made. Strong consistency needs AWS provider 6.25 or newer in the stack.
   *
   * @default - eventual
   */
  readonly consistency?: EventualConsistency | StrongConsistency;
  /**
   * The attribute that holds the second of 1970 after which an item may go.
   *
   * @default - items stay
   */
  readonly ttlAttributeName?: string;
  /**
   * ARN of the KMS key that encrypts the home region's copy. Name a key for every region or for none.
   *
   * @default - a key that DynamoDB owns
   */
  readonly kmsKeyArn?: string;
  /**
   * Whether AWS refuses to delete any copy, and Terraform to destroy the table. Before a destroy,
   * apply once with `false`.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * Whether CloudWatch lists the keys that are asked for most, in every region.
   *
   * @default false
   */
  readonly contributorInsights?: boolean;
  /**
   * Where the home region's alarms go.
   *
   * @default - they change state and tell nobody
   */
  readonly alarmTopic?: IAlarmTopic;
  /**
   * When the alarms go off.
   *
   * @default - at ten seconds of replication latency and ten throttled requests a minute
   */
  readonly alarmThresholds?: TableAlarmThresholds;
}

/** When a table's alarms go off. */
export interface TableAlarmThresholds {
  /**
   * Milliseconds that items take to another region, on average over a minute, three minutes on end.
   *
   * @default 10000
   */
  readonly replicationLatencyMilliseconds?: number;
  /**
   * Throttled reads, or throttled writes, a minute, three minutes on end.
   *
   * @default 10
   */
  readonly throttledRequestCount?: number;
}

/** The copy of a table in one region besides the home region. */
export interface ReplicaOptions {
  /** The stack's provider of that region. */
  readonly provider: TerraformProvider;
  /**
   * ARN of the KMS key that encrypts this copy. Name a key for every region or for none.
   *
   * @default - a key that DynamoDB owns
   */
  readonly kmsKeyArn?: string;
  /**
   * Where this region's alarms go.
   *
   * @default - they change state and tell nobody
   */
  readonly alarmTopic?: IAlarmTopic;
}

/** A read in one region sees a write in another after about a second. */
export interface EventualConsistency {
  readonly kind: "eventual";
}

/** What a read in one region sees of a write in another. */
export interface StrongConsistency {
  readonly kind: "strong";
  /**
   * A third region that holds no items and only votes, beside a table of two regions.
   *
   * @default - the table has three regions
   */
  readonly witnessRegion?: string;
}
