import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { type IAlarmTopic, nameLimits, resourceName } from "../../core";
import type { ClusterConfiguration } from "./file/cluster-keys";

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
  /**
   * ARN of the KMS key that encrypts the log group.
   *
   * @default - encrypted with a key that AWS owns
   */
  readonly logKeyArn?: string;
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

/** What the cluster daemon writes to its log, in the words that it uses there, and the metric that counts it. */
const daemonEvents = {
  Rounds: "INFO watched",
  FailedLaunches: "ERROR launch of",
  FailedBoots: "did not boot",
  ProtectedQueues: "is protected",
} as const;

type DaemonMetric = keyof typeof daemonEvents;

interface DaemonAlarm {
  readonly id: string;
  readonly metricName: DaemonMetric;
  readonly comparisonOperator: "GreaterThanThreshold" | "LessThanThreshold";
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly description: string;
}

const daemonAlarms: readonly DaemonAlarm[] = [
  {
    id: "Protection",
    metricName: "ProtectedQueues",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    evaluationPeriods: 1,
    description: "a queue was closed because its nodes do not boot",
  },
  {
    id: "Daemon",
    metricName: "Rounds",
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    evaluationPeriods: 3,
    description: "the cluster daemon or Slurm's controller does not answer",
  },
];

/**
 * Logs, alarms and a dashboard of a cluster, as the file's `Monitoring` asks.
 *
 * **Creates** a log group, four alarms on the head node, and a dashboard. Where the logs go to CloudWatch, also
 * metrics of the daemon's log (`Meridian/HPC/<cluster>`: Rounds, FailedLaunches, FailedBoots, ProtectedQueues) and two
 * alarms on them.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
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
        kmsKeyId: props.logKeyArn,
        skipDestroy: CloudWatch.DeletionPolicy === "Retain",
      });
    }
    if (headInstanceId !== undefined && monitoring.Alarms.Enabled) {
      this.createHeadAlarms(headInstanceId, props);
    }
    if (headInstanceId !== undefined && this.resource !== undefined) {
      this.createDaemonMetrics(this.resource, props);
    }
    if (headInstanceId !== undefined && monitoring.Dashboards.CloudWatch.Enabled) {
      this.createDashboard(headInstanceId, props);
    }
  }

  private createHeadAlarms(instanceId: string, { clusterName, alarmTopic }: ClusterMonitoringProps): void {
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
        ...actionsOf(alarmTopic),
      });
    }
  }

  private createDaemonMetrics(
    logGroup: CloudwatchLogGroup,
    { clusterName, monitoring, alarmTopic }: ClusterMonitoringProps,
  ): void {
    const namespace = daemonNamespace(clusterName);
    for (const [name, words] of Object.entries(daemonEvents)) {
      new CloudwatchLogMetricFilter(this, name, {
        name,
        logGroupName: logGroup.name,
        pattern: `"${words}"`,
        metricTransformation: { name, namespace, value: "1", defaultValue: "0", unit: "Count" },
      });
    }
    if (!monitoring.Alarms.Enabled) {
      return;
    }
    for (const { id, metricName, description, ...condition } of daemonAlarms) {
      new CloudwatchMetricAlarm(this, `${id}Alarm`, {
        alarmName: resourceName(nameLimits.alarm, clusterName, id.toLowerCase()),
        alarmDescription: `In the cluster ${clusterName} ${description}.`,
        namespace,
        metricName,
        statistic: "Sum",
        ...condition,
        period: 300,
        // Nothing is logged before the head node has booted, and its own alarm tells when it is gone.
        treatMissingData: "ignore",
        ...actionsOf(alarmTopic),
      });
    }
  }

  private createDashboard(instanceId: string, { clusterName, region }: ClusterMonitoringProps): void {
    const ofHead = headAlarms.map(({ id, namespace, metricName, dimensions }) => ({
      title: `Head node: ${id}`,
      metrics: [
        [namespace, metricName, "InstanceId", instanceId, ...Object.entries(dimensions ?? {}).flat()],
      ],
    }));
    const ofFleet = {
      title: "Fleet",
      stat: "Sum",
      metrics: (["FailedLaunches", "FailedBoots", "ProtectedQueues"] satisfies DaemonMetric[]).map((name) => [
        daemonNamespace(clusterName),
        name,
      ]),
    };
    const widgets = [...ofHead, ...(this.resource === undefined ? [] : [ofFleet])].map(
      (properties, index) => ({
        type: "metric",
        width: 12,
        height: 6,
        x: (index % 2) * 12,
        y: Math.floor(index / 2) * 6,
        properties: { region, ...properties },
      }),
    );
    new CloudwatchDashboard(this, "Dashboard", {
      dashboardName: `${clusterName}-${region}`,
      dashboardBody: JSON.stringify({ widgets }),
    });
  }
}

function daemonNamespace(clusterName: string): string {
  return `Meridian/HPC/${clusterName}`;
}

function actionsOf(topic: IAlarmTopic | undefined): { alarmActions?: string[]; okActions?: string[] } {
  return topic === undefined ? {} : { alarmActions: [topic.topicArn], okActions: [topic.topicArn] };
}
