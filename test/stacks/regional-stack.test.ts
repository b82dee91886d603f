import { sample, service } from "../environments/sample";
import { resourceAt, resourcesOf } from "../support/synth";
import { stackOf } from "./sample-stacks";

const appRunner = { existingCustomer: true } as const;
const topic = "${aws_sns_topic.AlarmTopic_D01E77F9.arn}";

describe("a region's services on App Runner", () => {
  const input = sample({ appRunner, services: { web: service({ runtime: "app-runner" }) } });
  const stack = stackOf(input, "eu-central-1");

  it("pull the copy of the image in their own region", () => {
    expect(resourceAt(stack, "aws_apprunner_service")).toMatchObject({
      service_name: "sample-web",
      source_configuration: {
        image_repository: {
          image_identifier: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/web:1.0.0",
        },
      },
    });
  });

  it("tell the region's topic of their alarms", () => {
    const alarms = Object.values(resourcesOf(stack, "aws_cloudwatch_metric_alarm")).filter(
      ({ alarm_name: name }) => String(name).includes("app-runner"),
    );

    expect(alarms.map(({ alarm_name: name, alarm_actions: actions }) => [name, actions])).toEqual([
      ["sample-web-app-runner-latency", [topic]],
      ["sample-web-app-runner-server-errors", [topic]],
    ]);
  });

  it("stand behind the region's web ACL", () => {
    expect(
      Object.values(resourcesOf(stack, "aws_wafv2_web_acl_association")).map(({ resource_arn: arn }) => arn),
    ).toContain("${aws_apprunner_service.AppRunner-Web_9C5408F8.arn}");
  });

  it("send traces only where the environment says so", () => {
    const traced = sample({
      appRunner: { ...appRunner, tracing: true },
      services: { web: service({ runtime: "app-runner" }) },
    });

    expect(resourcesOf(stack, "aws_apprunner_observability_configuration")).toEqual({});
    expect(
      resourceAt(stackOf(traced, "eu-central-1"), "aws_apprunner_observability_configuration"),
    ).toMatchObject({
      trace_configuration: { vendor: "AWSXRAY" },
    });
  });
});
