import { readFileSync } from "node:fs";
import { join } from "node:path";

import {
  isEmptyPlan,
  type PlannedResource,
  summarizePlan,
  type TerraformPlanJson,
} from "../../../analysis/plan";

/** A plan that real Terraform made against moto, without the resources that do not change. */
function fixture(name: string): TerraformPlanJson {
  return JSON.parse(
    readFileSync(join(__dirname, "../fixtures", `${name}.json`), "utf8"),
  ) as TerraformPlanJson;
}

describe("A real plan of many changes", () => {
  const summary = summarizePlan(fixture("plan-change"));
  const found = (address: string) => summary.changes.find((change) => change.address === address);

  it("is counted", () => {
    expect(summary.counts).toEqual({
      create: 1,
      update: 8,
      replace: 2,
      destroy: 1,
      import: 1,
      move: 1,
      forget: 0,
      drift: 1,
    });
  });

  it("is read in the order of risk", () => {
    expect(summary.changes.map(({ risk, address }) => `${risk} ${address}`)).toEqual([
      "data aws_cloudwatch_log_group.Old",
      "data aws_s3_bucket.Logs",
      "protection aws_dynamodb_table.Orders",
      "protection aws_s3_bucket.Uploads",
      "access aws_iam_role_policy.Task",
      "network aws_vpc_security_group_ingress_rule.WebFromOffice",
      "routing aws_ecs_service.Web",
      "destructive aws_ecs_task_definition.Web",
      "change aws_sqs_queue.Drifted",
      "change aws_ssm_parameter.Password",
      "change aws_sns_topic.New",
      "change aws_sns_topic.Adopted",
      "change aws_sqs_queue.Work",
      "tags aws_security_group.Web",
    ]);
  });

  it("names the attribute that forces a replacement", () => {
    expect(found("aws_s3_bucket.Logs")).toEqual({
      address: "aws_s3_bucket.Logs",
      type: "aws_s3_bucket",
      action: "replace",
      risk: "data",
      findings: [{ risk: "data", summary: "holds objects; the new one starts empty" }],
      because: "it cannot be changed in place",
      attributes: [
        { path: "bucket", before: "meridian-logs-one", after: "meridian-logs-two", forcesReplacement: true },
      ],
    });
  });

  it("says what a wider policy allows", () => {
    expect(found("aws_iam_role_policy.Task")?.findings).toEqual([
      { risk: "access", summary: "allows dynamodb:* on *" },
    ]);
  });

  it("says what an opened port lets in", () => {
    expect(found("aws_vpc_security_group_ingress_rule.WebFromOffice")?.findings).toEqual([
      { risk: "network", summary: "opens tcp 443 from the whole internet (0.0.0.0/0)" },
    ]);
  });

  it("shows moves and imports as such", () => {
    expect(found("aws_sqs_queue.Work")).toMatchObject({ action: "move", movedFrom: "aws_sqs_queue.Jobs" });
    expect(found("aws_sns_topic.Adopted")).toMatchObject({
      action: "import",
      imported: "arn:aws:sns:eu-west-1:123456789012:adopted",
    });
  });

  it("takes only what the configuration sets for drift, not what Terraform read for the first time", () => {
    expect(summary.drift.map(({ address, attributes }) => ({ address, attributes }))).toEqual([
      {
        address: "aws_sqs_queue.Drifted",
        attributes: [{ path: "visibility_timeout_seconds", before: 30, after: 77 }],
      },
    ]);
  });

  it("reports the check that does not hold", () => {
    expect(summary.warnings).toEqual([
      {
        address: "check.bucket_name",
        status: "fail",
        messages: ["The log bucket meridian-logs-two has lost its name."],
      },
    ]);
  });

  it("reports that secrets change, and not what they are", () => {
    expect(found("aws_ssm_parameter.Password")?.attributes).toContainEqual({
      path: "value",
      before: "(sensitive value)",
      after: "(sensitive value, changed)",
    });
    expect(JSON.stringify(summary)).not.toContain("canary-hunter2");
  });
});

describe("Other plans", () => {
  it("that do nothing are empty but for the check that fails", () => {
    const summary = summarizePlan(fixture("plan-none"));
    expect(isEmptyPlan({ ...summary, warnings: [] })).toBe(true);
    expect(summary.warnings).toHaveLength(1);
  });

  it("that destroy everything name what holds data first", () => {
    const summary = summarizePlan(fixture("plan-destroy"));
    expect(summary.counts.destroy).toBe(17);
    expect(summary.changes.slice(0, 3).map(({ address }) => address)).toEqual([
      "aws_dynamodb_table.Orders",
      "aws_s3_bucket.Logs",
      "aws_s3_bucket.Uploads",
    ]);
  });

  it("that stopped on an error say so", () => {
    expect(summarizePlan({ errored: true }).errored).toBe(true);
  });

  it.each([
    [["forget"], "forget"],
    [["create", "forget"], "forget"],
    [["create", "delete"], "replace"],
    [["delete", "create"], "replace"],
    [["delete"], "destroy"],
  ])("with the actions %j are read as %s", (actions, action) => {
    const change = { actions, before: { name: "a" }, after: { name: "b" } };
    const plan = { resource_changes: [{ address: "x.y", type: "x", change }] };
    expect(summarizePlan(plan).changes.map((found) => found.action)).toEqual([action]);
  });

  it("leave data sources out", () => {
    const change = { actions: ["read"], before: null, after: { name: "b" } };
    const plan = { resource_changes: [{ address: "data.x.y", mode: "data", type: "x", change }] };
    expect(summarizePlan(plan).changes).toEqual([]);
  });

  it("name what Terraform puts off, actions, and changes of a kind that is not known", () => {
    const change = { actions: ["create"], before: null, after: { name: "a" } };
    const summary = summarizePlan({
      resource_changes: [
        { address: "x.new", type: "x", change: { actions: ["transmogrify"], before: {}, after: {} } },
        { address: "x.still", type: "x", change: { actions: ["no-op"], before: {}, after: {} } },
      ],
      deferred_changes: [
        {
          reason: "provider_config_unknown",
          resource_change: { address: "x.waiting", type: "x", change },
        },
        { reason: "a reason of tomorrow" },
      ],
      action_invocations: [
        {
          address: "action.aws_lambda_invoke.warm",
          lifecycle_action_trigger: {
            triggering_resource_address: "aws_lambda_function.F",
            action_trigger_event: "AfterCreate",
          },
        },
      ],
      deferred_action_invocations: [
        { reason: "deferred_prereq", action_invocation: { address: "action.a.b" } },
      ],
      complete: false,
    });
    expect(summary.unreviewed).toEqual([
      { address: "x.new", what: "is changed in a way that Meridian does not know: transmogrify" },
      {
        address: "action.aws_lambda_invoke.warm",
        what: "is invoked after the create of aws_lambda_function.F",
      },
      { address: "x.waiting", what: "is put off: the configuration of its provider is not known yet" },
      { address: "resource", what: "is put off: a reason of tomorrow" },
      { address: "action.a.b", what: "is put off: something that it needs is deferred" },
    ]);
    expect(isEmptyPlan(summary)).toBe(false);
  });

  it("that are not complete say so", () => {
    expect(summarizePlan({ complete: false }).unreviewed).toEqual([
      { address: "the plan", what: "is not complete: Terraform will need another one after it" },
    ]);
    expect(summarizePlan({ complete: true }).unreviewed).toEqual([]);
  });

  it("of Terraform 1.0 have drift without addresses", () => {
    const drift = {
      module_address: "module.m",
      mode: "managed",
      type: "aws_instance",
      name: "web",
      index: "a",
      change: { actions: ["update"], before: { size: 1 }, after: { size: 2 } },
    } as unknown as PlannedResource;
    expect(summarizePlan({ resource_drift: [drift] }).drift.map(({ address }) => address)).toEqual([
      'module.m.aws_instance.web["a"]',
    ]);
  });

  it("have no drift where a provider reads the zero of what was not set", () => {
    const drift = (before: unknown, after: unknown, planned?: unknown): TerraformPlanJson => ({
      resource_drift: [
        {
          address: "x.y",
          type: "x",
          change: { actions: ["update"], before: { a: before }, after: { a: after } },
        },
      ],
      resource_changes:
        planned === undefined
          ? []
          : [
              {
                address: "x.y",
                type: "x",
                change: { actions: ["update"], before: { a: after }, after: { a: planned } },
              },
            ],
    });
    const countOf = (plan: TerraformPlanJson) => summarizePlan(plan).counts.drift;
    expect([
      countOf(drift(null, 0)),
      countOf(drift(null, false)),
      countOf(drift([{ b: null }], [{ b: 0 }])),
    ]).toEqual([0, 0, 0]);
    expect([countOf(drift(null, 1)), countOf(drift(null, true)), countOf(drift(true, false))]).toEqual([
      1, 1, 1,
    ]);
    expect(countOf(drift(null, 0, 5))).toBe(1);
  });
});
