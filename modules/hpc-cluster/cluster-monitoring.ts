import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { type IAlarmTopic, nameLimits, resourceName } from "../core";
import type { ClusterConfiguration } from "./cluster-keys";

/** What the monitoring of a cluster is made of. */
export interface ClusterMonitoringProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The region's code. */
  readonly region: string;
  /** The file's `Monitoring`. */
  readonly monitoring: ClusterConfiguration["Monitoring"];
  /**
   * The head node to watch.
   *
   * @default - no alarms and no dashboard, as with Batch
   */
  readonly headInstanceId?: string;
  /**
   * Where alarms go.
   *
   * @default - alarms change their state and tell nobody
   */
  readonly alarmTopic?: IAlarmTopic;
}

/** The log group of a cluster. */
export function logGroupNameOf(clusterName: string): string {
  return `/meridian/hpc/${clusterName}`;
}

interface HeadAlarm {
  readonly id: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly threshold: number;
  readonly description: string;
  readonly dimensions?: Readonly<Record<string, string>>;
}

const percentUsed = 90;

/** The agent of CloudWatch reports memory and disk; EC2 knows the rest. */
const headAlarms: readonly HeadAlarm[] = [
  {
    id: "Health",
    namespace: "AWS/EC2",
    metricName: "StatusCheckFailed",
    threshold: 0,
    description: "the head node fails a status check",
  },
  {
    id: "Cpu",
    namespace: "AWS/EC2",
    metricName: "CPUUtilization",
    threshold: percentUsed,
    description: "the head node's processor is busy",
  },
  {
    id: "Memory",
    namespace: "CWAgent",
    metricName: "mem_used_percent",
    threshold: percentUsed,
    description: "the head node's memory is full",
  },
  {
    id: "Disk",
    namespace: "CWAgent",
    metricName: "disk_used_percent",
    threshold: percentUsed,
    description: "the head node's root volume is full",
    dimensions: { path: "/" },
  },
];

/**
 * Logs, alarms and a dashboard of a cluster, as the file's `Monitoring` asks.
 *
 * **Creates** a log group, four alarms on the head node, and a dashboard.
 */
export class ClusterMonitoring extends Construct {
  /** The log group, for settings that this construct does not model; absent when logging is off. */
  public readonly resource?: CloudwatchLogGroup;

  public constructor(scope: Construct, id: string, props: ClusterMonitoringProps) {
    super(scope, id);
    const { clusterName, monitoring, headInstanceId } = props;
    const { CloudWatch } = monitoring.Logs;
    if (CloudWatch.Enabled) {
      this.resource = new CloudwatchLogGroup(this, "Resource", {
        name: logGroupNameOf(clusterName),
        retentionInDays: CloudWatch.RetentionInDays,
        skipDestroy: CloudWatch.DeletionPolicy === "Retain",
      });
    }
    if (headInstanceId !== undefined && monitoring.Alarms.Enabled) {
      this.createAlarms(headInstanceId, props);
    }
    if (headInstanceId !== undefined && monitoring.Dashboards.CloudWatch.Enabled) {
      this.createDashboard(headInstanceId, props);
    }
  }

  private createAlarms(instanceId: string, { clusterName, alarmTopic }: ClusterMonitoringProps): void {
    for (const { id, namespace, metricName, threshold, description, dimensions } of headAlarms) {
      new CloudwatchMetricAlarm(this, `${id}Alarm`, {
        alarmName: resourceName(nameLimits.alarm, clusterName, "head", id.toLowerCase()),
        alarmDescription: `In the cluster ${clusterName} ${description}.`,
        namespace,
        metricName,
        dimensions: { InstanceId: instanceId, ...dimensions },
        statistic: "Maximum",
        comparisonOperator: "GreaterThanThreshold",
        threshold,
        period: 60,
        evaluationPeriods: 1,
        treatMissingData: "missing",
        alarmActions: alarmTopic === undefined ? undefined : [alarmTopic.topicArn],
        okActions: alarmTopic === undefined ? undefined : [alarmTopic.topicArn],
      });
    }
  }

  private createDashboard(instanceId: string, { clusterName, region }: ClusterMonitoringProps): void {
    const widgets = headAlarms.map(({ id, namespace, metricName, dimensions }, index) => ({
      type: "metric",
      width: 12,
      height: 6,
      x: (index % 2) * 12,
      y: Math.floor(index / 2) * 6,
      properties: {
        title: `Head node: ${id}`,
        region,
        metrics: [
          [namespace, metricName, "InstanceId", instanceId, ...Object.entries(dimensions ?? {}).flat()],
        ],
      },
    }));
    new CloudwatchDashboard(this, "Dashboard", {
      dashboardName: `${clusterName}-${region}`,
      dashboardBody: JSON.stringify({ widgets }),
    });
  }
}
