import { HealthCheckAlarm, type HealthCheckAlarmProps } from "../../../modules/dns";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

function stackWith(props: Partial<HealthCheckAlarmProps> = {}) {
  const stack = emptyStack();
  new HealthCheckAlarm(stack, "Health", {
    healthCheckId: "check",
    alarmName: "prod-web-eu-west-1-health",
    alarmDescription: "Users of web are routed away",
    topics: [{ topicArn: "arn:topic" }],
    ...props,
  });
  return stack;
}

describe("HealthCheckAlarm", () => {
  it("notifies when a check fails and when it is healthy again, and keeps its state while nothing is known", () => {
    expect(resourceAt(stackWith(), "aws_cloudwatch_metric_alarm")).toEqual({
      alarm_name: "prod-web-eu-west-1-health",
      alarm_description: "Users of web are routed away",
      namespace: "AWS/Route53",
      metric_name: "HealthCheckStatus",
      dimensions: { HealthCheckId: "check" },
      statistic: "Minimum",
      comparison_operator: "LessThanThreshold",
      threshold: 1,
      period: 60,
      evaluation_periods: 1,
      treat_missing_data: "ignore",
      alarm_actions: ["arn:topic"],
      ok_actions: ["arn:topic"],
    });
  });

  it("refuses a name that CloudWatch does not take, and to notify nobody", () => {
    expect(refusal(() => stackWith({ alarmName: "", topics: [] }))).toBe(
      [
        "test/Health: 'alarmName' must have 1 to 255 characters, got \"\"; give it a short name",
        "test/Health: 'topics' must name at least one topic, got []; name who is to be notified, or leave the alarm out",
      ].join("\n"),
    );
  });
});
