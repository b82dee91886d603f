import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";

import type { IAlarmTopic, ICertificate, ValidationRule } from "../core";
import { nameLimits, validate } from "../core";
import type { AlarmCheck } from "./health-check";

/** When to warn of a certificate that is about to expire. */
export interface CertificateExpiryAlarmProps {
  /** The certificate, of the stack's region. */
  readonly certificate: ICertificate;

  /** The alarm's name. Pick one that other stacks can spell out, for their health checks. */
  readonly alarmName: string;

  /** The stack's region. */
  readonly region: string;

  /**
   * How many days before expiry the alarm rises. ACM renews 60 days before, so a certificate that
   * comes this close has failed to renew.
   *
   * @default 14
   */
  readonly daysBeforeExpiry?: number;

  /**
   * Who is told.
   *
   * @default - nobody
   */
  readonly topics?: readonly IAlarmTopic[];
}

/**
 * An alarm on a certificate that failed to renew. HTTPS checks of Route 53 do not validate
 * certificates, so without it a region with an expired one stays healthy and refuses every user.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
 */
export class CertificateExpiryAlarm extends Construct {
  /** The alarm of the provider, for settings that this module does not model. */
  public readonly resource: CloudwatchMetricAlarm;
  /** The health check that follows the alarm, to be counted with that of the endpoint. */
  public readonly healthCheck: AlarmCheck;

  /**
   * The health check that follows the alarm of another stack.
   *
   * @param triggers - settings of the alarm that may change, the certificate's ARN before all: a
   *   change of names makes another certificate; see {@link AlarmCheck.triggers}
   */
  public static healthCheckOf(
    alarmName: string,
    region: string,
    triggers?: Readonly<Record<string, string>>,
  ): AlarmCheck {
    // ACM publishes the metric twice a day, so most of the time there is no news.
    return {
      kind: "alarm",
      alarmName,
      alarmRegion: region,
      insufficientDataHealthStatus: "LastKnownStatus",
      ...(triggers === undefined ? {} : { triggers }),
    };
  }

  public constructor(scope: Construct, id: string, props: CertificateExpiryAlarmProps) {
    super(scope, id);
    validate(this, rules, props);
    const topicArns = (props.topics ?? []).map((topic) => topic.topicArn);
    const { daysBeforeExpiry = 14 } = props;

    this.resource = new CloudwatchMetricAlarm(this, "Resource", {
      alarmName: props.alarmName,
      alarmDescription: "The certificate was not renewed and is about to expire",
      namespace: "AWS/CertificateManager",
      metricName: "DaysToExpiry",
      dimensions: { CertificateArn: props.certificate.certificateArn },
      statistic: "Minimum",
      comparisonOperator: "LessThanThreshold",
      threshold: daysBeforeExpiry,
      period: 86_400,
      evaluationPeriods: 1,
      treatMissingData: "ignore",
      alarmActions: topicArns,
      okActions: topicArns,
    });
    this.healthCheck = CertificateExpiryAlarm.healthCheckOf(props.alarmName, props.region, {
      certificateArn: props.certificate.certificateArn,
      daysBeforeExpiry: String(daysBeforeExpiry),
    });
  }
}

const rules: readonly ValidationRule<CertificateExpiryAlarmProps>[] = [
  {
    property: "alarmName",
    isValid: (props) => props.alarmName.length >= 1 && props.alarmName.length <= nameLimits.alarm,
    expected: `have 1 to ${nameLimits.alarm} characters`,
    remedy: "give it a short name",
  },
  {
    property: "daysBeforeExpiry",
    isValid: (props) =>
      Number.isInteger(props.daysBeforeExpiry) &&
      (props.daysBeforeExpiry ?? 0) >= 1 &&
      (props.daysBeforeExpiry ?? 0) < 60,
    expected: "be a whole number of days between 1 and 59",
    remedy: "take 14: ACM begins to renew 60 days before",
  },
];
