import { interruptsTraffic } from "../../../analysis/change";
import { summarizePlan } from "../../../analysis/plan";

const destroyFirst = ["delete", "create"];

describe("interruptsTraffic", () => {
  it.each([
    ["aws_route53_health_check", {}],
    ["aws_lb", {}],
    ["aws_route53_record", { type: "A", name: "web.example.com" }],
    ["aws_route53_record", { type: "CNAME", name: "web.example.com" }],
  ])("is true of %s %j that is destroyed before its successor exists", (type, before) => {
    expect(interruptsTraffic(type, destroyFirst, before)).toBe(true);
    expect(interruptsTraffic(type, ["create", "delete"], before)).toBe(false);
    expect(interruptsTraffic(type, ["delete"], before)).toBe(false);
    expect(interruptsTraffic(type, ["update"], before)).toBe(false);
  });

  it.each([
    ["aws_sns_topic", {}],
    ["aws_route53_record", { type: "CNAME", name: "_a1.example.com" }],
    ["aws_route53_record", { type: "NS", name: "dev.example.com" }],
  ])("is false of %s %j, which no user is routed by", (type, before) => {
    expect(interruptsTraffic(type, destroyFirst, before)).toBe(false);
  });

  it("is read from a plan", () => {
    const { changes } = summarizePlan({
      resource_changes: [
        {
          address: "aws_route53_health_check.Web",
          mode: "managed",
          type: "aws_route53_health_check",
          name: "Web",
          change: {
            actions: ["delete", "create"],
            before: { request_interval: 30 },
            after: { request_interval: 10 },
            replace_paths: [["request_interval"]],
          },
        },
      ],
    });

    expect(changes).toEqual([expect.objectContaining({ action: "replace", interruptsTraffic: true })]);
  });
});
