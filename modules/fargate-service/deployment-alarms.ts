import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
  type CloudwatchMetricAlarmMetricQuery,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";

import { nameLimits, resourceName, type IAlarmTopic } from "../../core";
import type { ResolvedHealthCheck } from "./health-check";

/** When a service is too bad to go on with a deployment. */
export interface AlarmThresholds {
  /**
   * Answers with status 5xx, in percent of all in a minute with at least ten requests.
   *
   * @default 5
   */
  readonly serverErrorPercentage?: number;
  /**
   * Seconds that the slowest hundredth of the answers (p99) take.
   *
   * @default 2
   */
  readonly latencySeconds?: number;
}

/** The thresholds that hold unless said otherwise. */
export const defaultAlarmThresholds = { serverErrorPercentage: 5, latencySeconds: 2 } as const;

/** Requests in a minute below which a share of errors says nothing. */
const minimumRequests = 10;

const periodSeconds = 60;

/** Settings of {@link DeploymentAlarms}. */
export interface DeploymentAlarmsProps {
  /** Name of the service. */
  readonly name: string;
  /** The `LoadBalancer` dimension. */
  readonly loadBalancerArnSuffix: string;
  /** The `TargetGroup` dimension. */
  readonly targetGroupArnSuffix: string;
  /** How tasks are asked whether they are well. */
  readonly healthCheck: ResolvedHealthCheck;
  /** When to raise an alarm. */
  readonly thresholds: AlarmThresholds;
  /**
   * Who is told.
   *
   * @default - nobody
   */
  readonly alarmTopic?: IAlarmTopic;
}

/**
 * Three alarms over a service's target group: server errors, latency, unhealthy tasks. ECS rolls a
 * deployment back when one of them fires, and the alarm topic hears of it at any time.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
export class DeploymentAlarms extends Construct {
  /** Names of the alarms, for the service. */
  public readonly alarmNames: string[];

  private readonly dimensions: Record<string, string>;

  public constructor(scope: Construct, id: string, props: DeploymentAlarmsProps) {
    super(scope, id);

    this.dimensions = {
      LoadBalancer: props.loadBalancerArnSuffix,
      TargetGroup: props.targetGroupArnSuffix,
    };
    this.alarmNames = [this.serverErrors(props), this.latency(props), this.unhealthyTasks(props)];
  }

  private serverErrors(props: DeploymentAlarmsProps): string {
    const { serverErrorPercentage = defaultAlarmThresholds.serverErrorPercentage } = props.thresholds;
    return this.createAlarm("ServerErrors", "server-errors", props, {
      alarmDescription: `More than ${serverErrorPercentage} percent of the answers of ${props.name} are server errors`,
      threshold: serverErrorPercentage,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      metricQuery: [
        {
          id: "percentage",
          label: "Server errors in percent",
          expression: `IF(requests >= ${minimumRequests}, 100 * FILL(errors, 0) / requests, 0)`,
          returnData: true,
        },
        this.sumOf("errors", "HTTPCode_Target_5XX_Count"),
        this.sumOf("requests", "RequestCount"),
      ],
    });
  }

  private latency(props: DeploymentAlarmsProps): string {
    const { latencySeconds = defaultAlarmThresholds.latencySeconds } = props.thresholds;
    return this.createAlarm("Latency", "latency", props, {
      alarmDescription: `One answer in a hundred of ${props.name} takes longer than ${latencySeconds} seconds`,
      namespace: "AWS/ApplicationELB",
      metricName: "TargetResponseTime",
      dimensions: this.dimensions,
      extendedStatistic: "p99",
      evaluateLowSampleCountPercentiles: "ignore",
      period: periodSeconds,
      threshold: latencySeconds,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
    });
  }

  private unhealthyTasks(props: DeploymentAlarmsProps): string {
    return this.createAlarm("UnhealthyTasks", "unhealthy-tasks", props, {
      alarmDescription: `Tasks of ${props.name} stay unhealthy for longer than they take to start`,
      namespace: "AWS/ApplicationELB",
      metricName: "UnHealthyHostCount",
      dimensions: this.dimensions,
      statistic: "Maximum",
      period: periodSeconds,
      threshold: 0,
      evaluationPeriods: minutesOfStart(props.healthCheck),
    });
  }

  private createAlarm(
    id: string,
    part: string,
    { name, alarmTopic }: DeploymentAlarmsProps,
    config: Omit<CloudwatchMetricAlarmConfig, "alarmName" | "comparisonOperator">,
  ): string {
    const actions = alarmTopic === undefined ? undefined : [alarmTopic.topicArn];
    return new CloudwatchMetricAlarm(this, id, {
      ...config,
      alarmName: resourceName(nameLimits.alarm, name, part),
      comparisonOperator: "GreaterThanThreshold",
      // Without requests there is nothing to complain of.
      treatMissingData: "notBreaching",
      alarmActions: actions,
      okActions: actions,
    }).alarmName;
  }

  private sumOf(id: string, metricName: string): CloudwatchMetricAlarmMetricQuery {
    return {
      id,
      metric: {
        namespace: "AWS/ApplicationELB",
        metricName,
        dimensions: this.dimensions,
        stat: "Sum",
        period: periodSeconds,
      },
    };
  }
}

/** A task that is slow to start looks unhealthy; only one that stays so for longer is worth an alarm. */
function minutesOfStart({
  gracePeriodSeconds,
  intervalSeconds,
  unhealthyThreshold,
}: ResolvedHealthCheck): number {
  return Math.ceil((gracePeriodSeconds + intervalSeconds * unhealthyThreshold) / periodSeconds) + 1;
}
