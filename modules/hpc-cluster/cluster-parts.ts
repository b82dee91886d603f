import type { IAlarmTopic } from "../../core";
import type { ClusterConfiguration } from "./file/cluster-keys";
import type { ClusterSecurity } from "./network/cluster-security";
import type { SharedStorage } from "./storage/shared-storage";

/** What the parts of a cluster share. */
export interface ClusterParts {
  /** The cluster's name. */
  readonly name: string;
  /** The account's number. */
  readonly account: string;
  /** The region's code. */
  readonly region: string;
  /** The ARN partition. */
  readonly partition: string;
  /** The configuration with its defaults. */
  readonly configuration: ClusterConfiguration;
  /** Where it lies. */
  readonly place: ClusterPlace;
  /** Its security groups. */
  readonly security: ClusterSecurity;
  /** Its storage. */
  readonly storage: SharedStorage;
  /** Where alarms go. */
  readonly alarmTopic?: IAlarmTopic;
  /** The key of the log group. */
  readonly logKeyArn?: string;
}

/** Where a part of the cluster lies. */
export interface ClusterPlace {
  /** The VPC. */
  readonly vpcId: string;
  /** The head node's subnet. */
  readonly headSubnetId: string;
  /** The head node's zone. */
  readonly headZone: string;
  /** The subnets of each queue. */
  readonly queueSubnetIds: Readonly<Record<string, readonly string[]>>;
  /** The subnet of each login pool. */
  readonly loginSubnetIds: Readonly<Record<string, string>>;
  /** A public subnet of the network, where the file names no subnets. */
  readonly publicSubnetId?: string;
}
