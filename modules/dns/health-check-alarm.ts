import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";

import { type IAlarmTopic, nameLimits } from "../../core";
import { type ValidationRule, validate } from "../parts";

/** Who is notified when a health check changes. */
export interface HealthCheckAlarmProps {
  /** The id of the health check; see {@link HealthCheck.healthCheckId}. */
  readonly healthCheckId: string;

  /** Name of the alarm, unique in us-east-1 of the account. */
  readonly alarmName: string;

  /** What has happened when the check fails, for the person who is notified. */
  readonly alarmDescription: string;

  /** Topics in us-east-1 that hear of it, when the check fails and when it is healthy again. */
  readonly topics: readonly IAlarmTopic[];

  /**
   * The provider of us-east-1.
   *
   * @default - the stack's own provider, which must be of us-east-1 then
   */
  readonly provider?: TerraformProvider;
}

/**
 * An alarm on the status of a health check: somebody is notified when Route 53 leads users away, and when
 * it leads them back. Route 53 publishes the metrics of health checks in us-east-1 only.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html
 */
export class HealthCheckAlarm extends Construct {
  /** The alarm of the provider, for settings that this module does not model. */
  public readonly resource: CloudwatchMetricAlarm;

  public constructor(scope: Construct, id: string, props: HealthCheckAlarmProps) {
    super(scope, id);
    validate(this, rules, props);

    const topicArns = props.topics.map(({ topicArn }) => topicArn);
    this.resource = new CloudwatchMetricAlarm(this, "Resource", {
      provider: props.provider,
      alarmName: props.alarmName,
      alarmDescription: props.alarmDescription,
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      dimensions: { HealthCheckId: props.healthCheckId },
      statistic: "Minimum",
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      period: 60,
      evaluationPeriods: 1,
      // Where us-east-1 publishes nothing, nothing is known: the last state stays.
      treatMissingData: "ignore",
      alarmActions: topicArns,
      okActions: topicArns,
    });
  }
}

const rules: readonly ValidationRule<HealthCheckAlarmProps>[] = [
  {
    property: "alarmName",
    isValid: ({ alarmName }) => alarmName.length >= 1 && alarmName.length <= nameLimits.alarm,
    expected: `have 1 to ${nameLimits.alarm} characters`,
    remedy: "give it a short name",
  },
  {
    property: "topics",
    isValid: ({ topics }) => topics.length > 0,
    expected: "name at least one topic",
    remedy: "name who is to be notified, or leave the alarm out",
  },
];
