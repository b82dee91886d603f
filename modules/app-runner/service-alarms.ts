import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
  type CloudwatchMetricAlarmMetricQuery,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";

import { nameLimits, resourceName, type IAlarmTopic } from "../../core";

/** When a service's answers are bad enough to tell somebody. */
export interface AppRunnerAlarmThresholds {
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

const defaultThresholds = { serverErrorPercentage: 5, latencySeconds: 2 } as const;

/** Requests in a minute below which a share of errors says nothing. */
const minimumRequests = 10;

const periodSeconds = 60;
const namespace = "AWS/AppRunner";

/** Settings of {@link ServiceAlarms}. */
export interface ServiceAlarmsProps {
  /** Name of the service in alarms. */
  readonly name: string;
  /** The `ServiceName` dimension. */
  readonly serviceName: string;
  /** The `ServiceID` dimension. */
  readonly serviceId: string;
  /** When to raise an alarm. */
  readonly thresholds: AppRunnerAlarmThresholds;
  /**
   * Who is told.
   *
   * @default - nobody
   */
  readonly alarmTopic?: IAlarmTopic;
}

/**
 * Two alarms over a service's answers: server errors and latency.
 *
 * @see https://docs.aws.amazon.com/apprunner/latest/dg/monitor-cw.html
 */
export class ServiceAlarms extends Construct {
  /** Names of the alarms. */
  public readonly alarmNames: readonly string[];

  private readonly dimensions: Record<string, string>;

  public constructor(scope: Construct, id: string, props: ServiceAlarmsProps) {
    super(scope, id);

    this.dimensions = { ServiceName: props.serviceName, ServiceID: props.serviceId };
    this.alarmNames = [this.serverErrors(props), this.latency(props)];
  }

  private serverErrors(props: ServiceAlarmsProps): string {
    const { serverErrorPercentage = defaultThresholds.serverErrorPercentage } = props.thresholds;
    return this.createAlarm("ServerErrors", "server-errors", props, {
      alarmDescription: `More than ${serverErrorPercentage} percent of the answers of ${props.name} on App Runner are server errors`,
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
        this.sumOf("errors", "5xxStatusResponses"),
        this.sumOf("requests", "Requests"),
      ],
    });
  }

  private latency(props: ServiceAlarmsProps): string {
    const { latencySeconds = defaultThresholds.latencySeconds } = props.thresholds;
    return this.createAlarm("Latency", "latency", props, {
      alarmDescription: `One answer in a hundred of ${props.name} on App Runner takes longer than ${latencySeconds} seconds`,
      namespace,
      metricName: "RequestLatency",
      dimensions: this.dimensions,
      extendedStatistic: "p99",
      evaluateLowSampleCountPercentiles: "ignore",
      period: periodSeconds,
      // The metric is in milliseconds.
      threshold: latencySeconds * 1000,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
    });
  }

  private createAlarm(
    id: string,
    part: string,
    { name, alarmTopic }: ServiceAlarmsProps,
    config: Omit<CloudwatchMetricAlarmConfig, "alarmName" | "comparisonOperator">,
  ): string {
    const actions = alarmTopic === undefined ? undefined : [alarmTopic.topicArn];
    return new CloudwatchMetricAlarm(this, id, {
      ...config,
      // A service that moves to Fargate has alarms of its own name there.
      alarmName: resourceName(nameLimits.alarm, name, "app-runner", part),
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
      metric: { namespace, metricName, dimensions: this.dimensions, stat: "Sum", period: periodSeconds },
    };
  }
}
