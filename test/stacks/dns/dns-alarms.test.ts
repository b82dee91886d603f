import { sample, service, virginia, ireland } from "../../environments/sample";
import { resourceAt, resourcesOf, synthesize } from "../../support/synth";
import { stackOf } from "../sample-stacks";

const alarms = { emails: ["oncall@example.com"] };
const signed = { name: "example.com", dnssec: true };
const edge = stackOf(sample({ alarms, domain: signed }), "edge");
const alarmsOf = (stack: typeof edge) => Object.values(resourcesOf(stack, "aws_cloudwatch_metric_alarm"));

describe("the alarms of names", () => {
  it("notify in us-east-1 when a region of a service leaves and when it comes back", () => {
    const topic = "${aws_sns_topic.DnsAlarmTopic_BD2AA6DC.arn}";

    expect(resourceAt(edge, "aws_cloudwatch_metric_alarm", "Health-Web-eu-west-1/Resource")).toMatchObject({
      provider: "aws.us-east-1",
      alarm_name: "sample-web-eu-west-1-health",
      alarm_description:
        "Route 53 routes users of web away from eu-west-1: the service does not answer there, its certificate is about to expire, or the region was taken out",
      dimensions: {
        HealthCheckId: expect.stringContaining("Routing-Web_Checks_eu-west-1") as string,
      },
      alarm_actions: [topic],
      ok_actions: [topic],
    });
    expect(
      alarmsOf(edge)
        .map((alarm) => alarm.alarm_name)
        .sort(),
    ).toEqual([
      "sample-dnssec-internal-failure",
      "sample-dnssec-keys-needing-action",
      "sample-web-eu-central-1-health",
      "sample-web-eu-west-1-health",
    ]);
  });

  it("go to a topic of their own there, which the environment's addresses are subscribed to", () => {
    for (const type of ["sns_topic", "sns_topic_policy", "sns_topic_subscription", "kms_key", "kms_alias"]) {
      expect(resourceAt(edge, `aws_${type}`)).toMatchObject({ provider: "aws.us-east-1" });
    }
    expect(resourceAt(edge, "aws_sns_topic")).toMatchObject({ name: "sample-dns-alarms" });
    expect(resourceAt(edge, "aws_sns_topic_subscription")).toMatchObject({ endpoint: "oncall@example.com" });
  });

  it("say when users are routed past an accelerator", () => {
    const accelerated = stackOf(
      sample({ alarms, services: { web: service({ routing: { entry: "accelerator" } }) } }),
      "edge",
    );

    expect(
      resourceAt(accelerated, "aws_cloudwatch_metric_alarm", "Health-Web-accelerator/Resource"),
    ).toMatchObject({
      alarm_description:
        "Route 53 routes users of web past the accelerator, to the regions: nothing answers behind it, or one of its regions was taken out",
    });
  });

  it("need no second provider where us-east-1 is home", () => {
    const home = stackOf(
      sample({
        alarms,
        homeRegion: "us-east-1",
        regions: { "us-east-1": virginia({ role: "primary" }), "eu-west-1": ireland({ role: "secondary" }) },
      }),
      "edge",
    );

    expect(synthesize(home).provider?.aws).toHaveLength(1);
    expect(alarmsOf(home)).toHaveLength(2);
  });

  it("are not made where nobody is to be notified", () => {
    const silent = stackOf(sample({ domain: signed }), "edge");

    expect(alarmsOf(silent)).toEqual([]);
    expect(synthesize(silent).provider?.aws).toHaveLength(1);
  });
});
