import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";

import { nameLimits, resourceName, type IAlarmTopic } from "../../../core";
import type { TableAlarmThresholds } from "../global-table-props";

/** Settings of {@link TableAlarms}. */
export interface TableAlarmsProps {
  /** The table's name. */
  readonly tableName: string;
  /** The region that is watched. */
  readonly region: string;
  /** The regions that its writes go to. */
  readonly otherRegions: readonly string[];
  /** The region's provider; the stack's own in the home region. */
  readonly provider: TerraformProvider | undefined;
  /** Where the alarms go. */
  readonly alarmTopic: IAlarmTopic | undefined;
  /** When they go off. */
  readonly thresholds: TableAlarmThresholds;
}

const periodSeconds = 60;
const namespace = "AWS/DynamoDB";

/**
 * The operations whose errors are counted, the most that one alarm takes. DynamoDB counts errors by
 * operation only.
 */
const operations = [
  "BatchGetItem",
  "BatchWriteItem",
  "DeleteItem",
  "GetItem",
  "PutItem",
  "Query",
  "Scan",
  "TransactGetItems",
  "TransactWriteItems",
  "UpdateItem",
] as const;

/** The alarms on a table in one region. */
export class TableAlarms extends Construct {
  public constructor(
    scope: Construct,
    id: string,
    private readonly props: TableAlarmsProps,
  ) {
    super(scope, id);

    for (const region of props.otherRegions) {
      this.watchReplication(region);
    }
    this.watchThrottling("Read");
    this.watchThrottling("Write");
    this.watchErrors();
  }

  private watchReplication(receivingRegion: string): void {
    const { tableName, region, thresholds } = this.props;
    this.createAlarm(`ReplicationTo-${receivingRegion}`, `replication-to-${receivingRegion}`, {
      alarmDescription: `Items of ${tableName} written in ${region} are late in ${receivingRegion}`,
      namespace,
      metricName: "ReplicationLatency",
      dimensions: { TableName: tableName, ReceivingRegion: receivingRegion },
      statistic: "Average",
      period: periodSeconds,
      evaluationPeriods: 3,
      threshold: thresholds.replicationLatencyMilliseconds ?? 10_000,
    });
  }

  private watchThrottling(kind: "Read" | "Write"): void {
    const { tableName, thresholds } = this.props;
    const part = `${kind.toLowerCase()}-throttling`;
    this.createAlarm(`${kind}Throttling`, part, {
      alarmDescription: `${kind}s of ${tableName} are throttled for lack of capacity`,
      namespace,
      metricName: `${kind}ThrottleEvents`,
      dimensions: { TableName: tableName },
      statistic: "Sum",
      period: periodSeconds,
      evaluationPeriods: 3,
      threshold: thresholds.throttledRequestCount ?? 10,
    });
  }

  private watchErrors(): void {
    const { tableName } = this.props;
    this.createAlarm("SystemErrors", "system-errors", {
      alarmDescription: `DynamoDB fails requests to ${tableName} with internal errors`,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      threshold: 0,
      metricQuery: [
        {
          id: "errors",
          expression: `SUM([${operations.map((_, index) => `FILL(m${index},0)`).join(",")}])`,
          label: "System errors",
          returnData: true,
        },
        ...operations.map((operation, index) => ({
          id: `m${index}`,
          metric: {
            namespace,
            metricName: "SystemErrors",
            dimensions: { TableName: tableName, Operation: operation },
            stat: "Sum",
            period: periodSeconds,
          },
        })),
      ],
    });
  }

  private createAlarm(
    id: string,
    part: string,
    config: Omit<CloudwatchMetricAlarmConfig, "alarmName" | "comparisonOperator">,
  ): void {
    const { tableName, alarmTopic, provider } = this.props;
    const actions = alarmTopic === undefined ? undefined : [alarmTopic.topicArn];
    new CloudwatchMetricAlarm(this, id, {
      ...config,
      provider,
      alarmName: resourceName(nameLimits.alarm, tableName, part),
      comparisonOperator: "GreaterThanThreshold",
      // A table that nobody asks reports nothing.
      treatMissingData: "notBreaching",
      alarmActions: actions,
      okActions: actions,
    });
  }
}
