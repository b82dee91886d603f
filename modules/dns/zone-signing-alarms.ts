import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";

import type { IAlarmTopic, IHostedZone } from "../../core";
import { type ValidationRule, validate } from "../parts";

/** Who is notified when the signing of a zone fails. */
export interface ZoneSigningAlarmsProps {
  /** The signed zone. */
  readonly zone: IHostedZone;

  /** What the names of the two alarms begin with, unique in us-east-1 of the account. */
  readonly alarmNamePrefix: string;

  /** Topics in us-east-1 that hear of it. */
  readonly topics: readonly IAlarmTopic[];

  /**
   * The provider of us-east-1.
   *
   * @default - the stack's own provider, which must be of us-east-1 then
   */
  readonly provider?: TerraformProvider;
}

/**
 * Two alarms on the signing of a zone: on internal failures, and on key-signing keys whose KMS key Route 53
 * can no longer use. Unless somebody acts, signatures expire and resolvers that check them find nothing in
 * the zone any more. Route 53 publishes both metrics every four hours, in us-east-1 only.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-hosted-zones-with-cloudwatch.html
 */
export class ZoneSigningAlarms extends Construct {
  /** The alarm on internal failures of the provider, for settings that this module does not model. */
  public readonly resource: CloudwatchMetricAlarm;
  /** The alarm on keys of the provider. */
  public readonly keysNeedingAction: CloudwatchMetricAlarm;

  public constructor(scope: Construct, id: string, props: ZoneSigningAlarmsProps) {
    super(scope, id);
    validate(this, rules, props);

    this.resource = this.alarm("Resource", props, {
      alarmName: `${props.alarmNamePrefix}-internal-failure`,
      alarmDescription: `DNSSEC of ${props.zone.zoneName} has failed inside Route 53: look at the status of the zone's signing, and correct it before signatures expire`,
      metricName: "DNSSECInternalFailure",
    });
    this.keysNeedingAction = this.alarm("KeysNeedingAction", props, {
      alarmName: `${props.alarmNamePrefix}-keys-needing-action`,
      alarmDescription: `Route 53 cannot use the KMS key that signs ${props.zone.zoneName}: check whether it is disabled or its key policy changed, before signatures expire`,
      metricName: "DNSSECKeySigningKeysNeedingAction",
    });
  }

  private alarm(
    id: string,
    { zone, topics, provider }: ZoneSigningAlarmsProps,
    settings: { alarmName: string; alarmDescription: string; metricName: string },
  ): CloudwatchMetricAlarm {
    const topicArns = topics.map(({ topicArn }) => topicArn);
    return new CloudwatchMetricAlarm(this, id, {
      provider,
      ...settings,
      namespace: "AWS/Route53",
      dimensions: { HostedZoneId: zone.hostedZoneId },
      statistic: "Sum",
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      period: publishedEverySeconds,
      evaluationPeriods: 1,
      treatMissingData: "ignore",
      alarmActions: topicArns,
      okActions: topicArns,
    });
  }
}

const publishedEverySeconds = 4 * 3600;

/** CloudWatch takes 255 characters, and the alarms' own words are 20. */
const prefixLimit = 235;

const rules: readonly ValidationRule<ZoneSigningAlarmsProps>[] = [
  {
    property: "alarmNamePrefix",
    isValid: ({ alarmNamePrefix }) => alarmNamePrefix.length >= 1 && alarmNamePrefix.length <= prefixLimit,
    expected: `have 1 to ${prefixLimit} characters`,
    remedy: "give it a short name",
  },
  {
    property: "topics",
    isValid: ({ topics }) => topics.length > 0,
    expected: "name at least one topic",
    remedy: "name who is to be notified, or leave the alarms out",
  },
];
