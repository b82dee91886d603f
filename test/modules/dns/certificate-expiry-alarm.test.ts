import { type CertificateExpiryAlarmProps, CertificateExpiryAlarm } from "../../../modules/dns";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const required: CertificateExpiryAlarmProps = {
  certificate: { certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/1" },
  alarmName: "certificate-expiry",
  region: "eu-west-1",
};

function stackWith(props: Partial<CertificateExpiryAlarmProps> = {}) {
  const stack = emptyStack();
  const alarm = new CertificateExpiryAlarm(stack, "Expiry", { ...required, ...props });
  return { stack, alarm };
}

describe("CertificateExpiryAlarm", () => {
  it("warns 30 days before expiry, and takes users away on the last day only", () => {
    const { stack } = stackWith();

    expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Expiry/Warning")).toMatchObject({
      alarm_name: "certificate-expiry-warning",
      dimensions: { CertificateArn: required.certificate.certificateArn },
      comparison_operator: "LessThanOrEqualToThreshold",
      threshold: 30,
    });
    expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Expiry/Resource")).toEqual({
      alarm_name: "certificate-expiry",
      alarm_description:
        "The certificate was not renewed and expires: users are routed elsewhere, or refused if there is nowhere else",
      namespace: "AWS/CertificateManager",
      metric_name: "DaysToExpiry",
      dimensions: { CertificateArn: required.certificate.certificateArn },
      statistic: "Minimum",
      comparison_operator: "LessThanOrEqualToThreshold",
      threshold: 1,
      period: 86_400,
      evaluation_periods: 1,
      treat_missing_data: "ignore",
      alarm_actions: [],
      ok_actions: [],
    });
  });

  it("notifies topics at other times", () => {
    const { stack } = stackWith({
      daysBeforeExpiry: 2,
      warningDaysBeforeExpiry: 20,
      topics: [{ topicArn: "arn:topic" }],
    });
    const notified = { alarm_actions: ["arn:topic"], ok_actions: ["arn:topic"] };

    expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Expiry/Warning")).toMatchObject({
      threshold: 20,
      ...notified,
    });
    expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Expiry/Resource")).toMatchObject({
      threshold: 2,
      ...notified,
    });
  });

  it("is a health check that keeps its status between two measurements", () => {
    const check = {
      kind: "alarm",
      alarmName: "certificate-expiry",
      alarmRegion: "eu-west-1",
      insufficientDataHealthStatus: "LastKnownStatus",
    };

    expect(stackWith().alarm.healthCheck).toMatchObject(check);
    expect(CertificateExpiryAlarm.healthCheckOf("certificate-expiry", "eu-west-1")).toEqual(check);
  });

  it("is read again by its health check when it watches another certificate or warns at another time", () => {
    const { certificateArn } = required.certificate;

    expect(stackWith().alarm.healthCheck.triggers).toEqual({ certificateArn, daysBeforeExpiry: "1" });
    expect(stackWith({ daysBeforeExpiry: 30 }).alarm.healthCheck.triggers).toEqual({
      certificateArn,
      daysBeforeExpiry: "30",
    });
    expect(
      CertificateExpiryAlarm.healthCheckOf("certificate-expiry", "eu-west-1", { certificateArn }).triggers,
    ).toEqual({ certificateArn });
  });

  it("refuses a name that is none and times before ACM renews", () => {
    expect(
      refusal(() => stackWith({ alarmName: "", warningDaysBeforeExpiry: 60, daysBeforeExpiry: 0 })),
    ).toBe(
      [
        "test/Expiry: 'alarmName' must have 1 to 247 characters, got \"\"; give it a short name",
        "test/Expiry: 'warningDaysBeforeExpiry' must be a whole number of days between 1 and 59, got 60; " +
          "choose 30: ACM begins to renew 60 days before",
        "test/Expiry: 'daysBeforeExpiry' must be a whole number of days between 1 and 59, got 0; " +
          "choose 1: a certificate is valid until it expires",
      ].join("\n"),
    );
  });
});
