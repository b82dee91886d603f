import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";

import { type IAlarmTopic, type ICertificate, nameLimits } from "../../core";
import { type ValidationRule, validate } from "../parts";
import type { AlarmCheck } from "./health-check-props";

/** When to warn of a certificate that is about to expire, and when to lead its users elsewhere. */
export interface CertificateExpiryAlarmProps {
  /** The certificate, of the stack's region. */
  readonly certificate: ICertificate;

  /**
   * The name of the alarm that the health check follows. Pick one that other stacks can spell out. The
   * warning has the same name with `-warning` behind it.
   */
  readonly alarmName: string;

  /** The stack's region. */
  readonly region: string;

  /**
   * How many days before expiry people are warned. ACM renews 60 days before, so a certificate that
   * comes this close has failed to renew.
   *
   * @default 30
   */
  readonly warningDaysBeforeExpiry?: number;

  /**
   * How many days before expiry the health check fails, so that users are led elsewhere. Until then the
   * certificate is good, and a region that fails its check cannot be failed over to: take few days.
   *
   * @default 1
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
 * Two alarms on a certificate that failed to renew: a warning while there is time to find out why, and one
 * on the last day, which takes its region out of DNS. HTTPS checks of Route 53 do not validate certificates,
 * so without it a region with an expired one stays healthy and refuses every user.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
 */
export class CertificateExpiryAlarm extends Construct {
  /** The {@link CertificateExpiryAlarmProps.daysBeforeExpiry} of alarms that name none, for triggers of other stacks. */
  public static readonly defaultDaysBeforeExpiry = 1;

  /** The alarm of the last day of the provider, for settings that this module does not model. */
  public readonly resource: CloudwatchMetricAlarm;
  /** The warning of the provider. */
  public readonly warning: CloudwatchMetricAlarm;
  /** The health check that follows the alarm of the last day, to be counted with that of the endpoint. */
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
    const { daysBeforeExpiry = CertificateExpiryAlarm.defaultDaysBeforeExpiry } = props;

    this.resource = this.alarm("Resource", props, {
      alarmName: props.alarmName,
      alarmDescription:
        "The certificate was not renewed and expires: users are routed elsewhere, or refused if there is nowhere else",
      threshold: daysBeforeExpiry,
    });
    this.warning = this.alarm("Warning", props, {
      alarmName: `${props.alarmName}${warningSuffix}`,
      alarmDescription:
        "ACM has failed to renew the certificate: look at its renewal status and at the validation records of its names",
      threshold: props.warningDaysBeforeExpiry ?? defaultWarningDays,
    });
    this.healthCheck = CertificateExpiryAlarm.healthCheckOf(props.alarmName, props.region, {
      certificateArn: props.certificate.certificateArn,
      daysBeforeExpiry: String(daysBeforeExpiry),
    });
  }

  private alarm(
    id: string,
    { certificate, topics = [] }: CertificateExpiryAlarmProps,
    settings: { alarmName: string; alarmDescription: string; threshold: number },
  ): CloudwatchMetricAlarm {
    const topicArns = topics.map((topic) => topic.topicArn);
    return new CloudwatchMetricAlarm(this, id, {
      ...settings,
      namespace: "AWS/CertificateManager",
      metricName: "DaysToExpiry",
      dimensions: { CertificateArn: certificate.certificateArn },
      statistic: "Minimum",
      comparisonOperator: "LessThanOrEqualToThreshold",
      period: 86_400,
      evaluationPeriods: 1,
      treatMissingData: "ignore",
      alarmActions: topicArns,
      okActions: topicArns,
    });
  }
}

const warningSuffix = "-warning";
const defaultWarningDays = 30;
const alarmNameLimit = nameLimits.alarm - warningSuffix.length;

const rules: readonly ValidationRule<CertificateExpiryAlarmProps>[] = [
  {
    property: "alarmName",
    isValid: (props) => props.alarmName.length >= 1 && props.alarmName.length <= alarmNameLimit,
    expected: `have 1 to ${alarmNameLimit} characters`,
    remedy: "give it a short name",
  },
  {
    property: "warningDaysBeforeExpiry",
    isValid: (props) => isBeforeRenewal(props.warningDaysBeforeExpiry ?? 0),
    expected: "be a whole number of days between 1 and 59",
    remedy: "choose 30: ACM begins to renew 60 days before",
  },
  {
    property: "daysBeforeExpiry",
    isValid: (props) => isBeforeRenewal(props.daysBeforeExpiry ?? 0),
    expected: "be a whole number of days between 1 and 59",
    remedy: "choose 1: a certificate is valid until it expires",
  },
];

function isBeforeRenewal(days: number): boolean {
  return Number.isInteger(days) && days >= 1 && days < 60;
}
