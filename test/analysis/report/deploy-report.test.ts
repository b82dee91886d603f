import { scrubberFor } from "../../../analysis/redact";
import {
  type DeployReport,
  parseDeployReport,
  redactDeployReport,
  renderDeployReport,
} from "../../../analysis/report";

const report: DeployReport = {
  version: 1,
  kind: "deploy",
  environment: "prod",
  commit: "5dca54a62847afd47f1d365117ebc47bedf1d86b",
  digest: "sha256:72e1",
  state: "failed",
  stacks: [
    { name: "prod-foundation", outcome: "already applied", seconds: 0 },
    { name: "prod-eu-west-1", outcome: "applied", counts: { add: 2, change: 1, remove: 0 }, seconds: 71.4 },
    {
      name: "prod-us-east-1",
      outcome: "partly applied",
      counts: { add: 1, change: 0, remove: 0 },
      seconds: 12,
      failedResources: ["aws_db_instance.Orders"],
      message: "AWS denied access.\nError: creating: password hunter2-hunter2 ``` @acme/ops <b>",
      remedy: "Use credentials that have the permission, or add it to that role.",
    },
    { name: "prod-edge", outcome: "not begun", needs: ["prod-us-east-1"], seconds: 0 },
  ],
};

describe("The report on a deploy", () => {
  it("says what was applied, resumed, failed and left out, with cause and remedy", () => {
    expect(renderDeployReport(report, 60_000)).toBe(
      [
        "## `prod`: the deploy did not finish",
        "",
        "Commit `5dca54a62847afd47f1d365117ebc47bedf1d86b`. Plan digest `sha256:72e1`. It continued an earlier run of the same plans.",
        "",
        "| Stack | Result | Add | Change | Destroy | Took |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
        "| `prod-foundation` | already applied |  |  |  | 0 s |",
        "| `prod-eu-west-1` | applied | 2 | 1 | 0 | 1 min 11 s |",
        "| `prod-us-east-1` | partly applied | 1 | 0 | 0 | 12 s |",
        "| `prod-edge` | not begun: needs `prod-us-east-1` |  |  |  | 0 s |",
        "",
        "### What went wrong (1)",
        "",
        "`prod-us-east-1`: partly applied, failed in `aws_db_instance.Orders`",
        "",
        "````text",
        "AWS denied access.",
        "Error: creating: password hunter2-hunter2 ``` @acme/ops <b>",
        "````",
        "",
        "To do:",
        "",
        "```text",
        "Use credentials that have the permission, or add it to that role.",
        "```",
        "",
      ].join("\n"),
    );
  });

  it("says of a deploy that nobody saw the end of what to do", () => {
    expect(renderDeployReport({ ...report, state: "begun", stacks: [] }, 60_000)).toContain(
      "## `prod`: the deploy was started, and its end was not recorded",
    );
  });

  it("holds no secret of the plans", () => {
    const scrubber = scrubberFor([
      {
        resource_changes: [
          {
            address: "aws_db_instance.Orders",
            type: "aws_db_instance",
            change: {
              actions: ["create"],
              before: null,
              after: { password: "hunter2-hunter2" },
              after_sensitive: { password: true },
            },
          },
        ],
      },
    ]);
    const redacted = redactDeployReport({ ...report, message: "hunter2-hunter2" }, scrubber);

    expect(JSON.stringify(redacted)).not.toContain("hunter2");
    expect(redacted.stacks[2]?.message).toContain("password (sensitive) ");
    expect(parseDeployReport(JSON.parse(JSON.stringify(redacted)))).toEqual(redacted);
  });

  it("fits into its limit whatever failed", () => {
    const stacks = Array.from({ length: 2000 }, (_, index) => ({
      name: `prod-${index}`,
      outcome: "failed",
      seconds: 1,
      message: "x\n`".repeat(20_000),
      remedy: "y".repeat(20_000),
    }));
    for (const limit of [60_000, 10_000, 300]) {
      expect(Buffer.byteLength(renderDeployReport({ ...report, stacks }, limit))).toBeLessThanOrEqual(limit);
    }
  });

  it.each([[null], [{}], [{ ...report, state: "well" }], [{ ...report, stacks: [{ name: 1 }] }]])(
    "is not read from %j",
    (content) => {
      expect(parseDeployReport(content)).toBeUndefined();
    },
  );
});
