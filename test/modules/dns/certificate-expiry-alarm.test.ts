import type { CertificateExpiryAlarmProps } from "../../../modules/dns";
import { CertificateExpiryAlarm } from "../../../modules/dns";
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
  it("rises two weeks before expiry", () => {
    expect(resourceAt(stackWith().stack, "aws_cloudwatch_metric_alarm")).toEqual({
      alarm_name: "certificate-expiry",
      alarm_description: "The certificate was not renewed and is about to expire",
      namespace: "AWS/CertificateManager",
      metric_name: "DaysToExpiry",
      dimensions: { CertificateArn: required.certificate.certificateArn },
      statistic: "Minimum",
      comparison_operator: "LessThanThreshold",
      threshold: 14,
      period: 86_400,
      evaluation_periods: 1,
      treat_missing_data: "ignore",
      alarm_actions: [],
      ok_actions: [],
    });
  });

  it("tells topics at another time", () => {
    const { stack } = stackWith({ daysBeforeExpiry: 30, topics: [{ topicArn: "arn:topic" }] });

    expect(resourceAt(stack, "aws_cloudwatch_metric_alarm")).toMatchObject({
      threshold: 30,
      alarm_actions: ["arn:topic"],
      ok_actions: ["arn:topic"],
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

    expect(stackWith().alarm.healthCheck.triggers).toEqual({ certificateArn, daysBeforeExpiry: "14" });
    expect(stackWith({ daysBeforeExpiry: 30 }).alarm.healthCheck.triggers).toEqual({
      certificateArn,
      daysBeforeExpiry: "30",
    });
    expect(
      CertificateExpiryAlarm.healthCheckOf("certificate-expiry", "eu-west-1", { certificateArn }).triggers,
    ).toEqual({ certificateArn });
  });

  it("refuses a name that is none and a time before ACM renews", () => {
    expect(refusal(() => stackWith({ alarmName: "", daysBeforeExpiry: 60 }))).toBe(
      [
        "test/Expiry: 'alarmName' must have 1 to 255 characters, got \"\"; give it a short name",
        "test/Expiry: 'daysBeforeExpiry' must be a whole number of days between 1 and 59, got 60; " +
          "take 14: ACM begins to renew 60 days before",
      ].join("\n"),
    );
  });
});
