import { HostedZone, ZoneSigningAlarms, type ZoneSigningAlarmsProps } from "../../../modules/dns";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

function stackWith(props: Partial<ZoneSigningAlarmsProps> = {}) {
  const stack = emptyStack();
  new ZoneSigningAlarms(stack, "Signing", {
    zone: HostedZone.fromHostedZoneAttributes({ hostedZoneId: "Z1", zoneName: "example.com" }),
    alarmNamePrefix: "prod-dnssec",
    topics: [{ topicArn: "arn:topic" }],
    ...props,
  });
  return stack;
}

describe("ZoneSigningAlarms", () => {
  it("notifies of failures of signing and of keys that Route 53 cannot use", () => {
    const stack = stackWith();
    const common = {
      namespace: "AWS/Route53",
      dimensions: { HostedZoneId: "Z1" },
      statistic: "Sum",
      comparison_operator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      period: 14_400,
      evaluation_periods: 1,
      treat_missing_data: "ignore",
      alarm_actions: ["arn:topic"],
      ok_actions: ["arn:topic"],
    };

    expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Signing/Resource")).toEqual({
      ...common,
      alarm_name: "prod-dnssec-internal-failure",
      alarm_description:
        "DNSSEC of example.com has failed inside Route 53: look at the status of the zone's signing, and correct it before signatures expire",
      metric_name: "DNSSECInternalFailure",
    });
    expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Signing/KeysNeedingAction")).toEqual({
      ...common,
      alarm_name: "prod-dnssec-keys-needing-action",
      alarm_description:
        "Route 53 cannot use the KMS key that signs example.com: check whether it is disabled or its key policy changed, before signatures expire",
      metric_name: "DNSSECKeySigningKeysNeedingAction",
    });
  });

  it("refuses names that CloudWatch does not take, and to notify nobody", () => {
    expect(refusal(() => stackWith({ alarmNamePrefix: "", topics: [] }))).toBe(
      [
        "test/Signing: 'alarmNamePrefix' must have 1 to 235 characters, got \"\"; give it a short name",
        "test/Signing: 'topics' must name at least one topic, got []; name who is to be notified, or leave the alarms out",
      ].join("\n"),
    );
  });
});
