import { stripVTControlCharacters } from "node:util";

import { changeList, type StackResult, summary } from "../../cli/report";
import { standingReport } from "../../cli/standing";
import { noChanges } from "../../cli/terraform/events";
import { Progress } from "../../cli/progress";
import { fakeContext } from "./support/fake-context";

const failed: StackResult = {
  stack: "prod-eu-west-1",
  outcome: "failed",
  elapsedMilliseconds: 125_000,
  failedResources: ["aws_vpc.main"],
  message: "A service quota of the account is used up (VpcLimitExceeded).",
  remedy: "Ask for more.",
  log: "/x/apply.log",
};

describe("summary", () => {
  it("has a line a stack, and below it what failed, why, and where to read on", () => {
    const text = summary([
      {
        stack: "prod-foundation",
        outcome: "applied",
        counts: { ...noChanges, add: 12 },
        elapsedMilliseconds: 4_200,
      },
      failed,
      { stack: "prod-edge", outcome: "not begun", needs: ["prod-eu-west-1"], elapsedMilliseconds: 0 },
    ]);

    expect(stripVTControlCharacters(text)).toBe(`Stack            Added  Changed  Destroyed  Elapsed  Result
prod-foundation  12     0        0          4s       applied
prod-eu-west-1   -      -        -          2m 05s   failed
prod-edge        -      -        -          -        not begun: waits for prod-eu-west-1 (failed)

prod-eu-west-1 failed in aws_vpc.main
  A service quota of the account is used up (VpcLimitExceeded).
  To do: Ask for more.
  Log: /x/apply.log
`);
  });
});

describe("changeList", () => {
  it("puts what is destroyed first and cuts a long list", () => {
    const creations = Array.from({ length: 30 }, (_, index) => ({
      address: `aws_x.n${index}`,
      action: "create" as const,
    }));
    const text = changeList({
      ...failed,
      changes: [
        ...creations,
        { address: "aws_db.main", action: "delete" },
        { address: "aws_vpc.a", action: "replace" },
      ],
    });

    const lines = stripVTControlCharacters(text).split("\n");
    expect(lines.slice(0, 4)).toEqual([
      "prod-eu-west-1",
      "  -   aws_db.main",
      "  -/+ aws_vpc.a",
      "  +   aws_x.n0",
    ]);
    expect(lines.at(-2)).toBe("  … and 7 more (/x/apply.log)");
  });
});

describe("standingReport", () => {
  it("counts resources and lists endpoints by region, without what is sensitive", () => {
    const stack = {
      name: "a",
      directory: "",
      dependencies: [],
      configuration: {},
      backend: undefined,
      digest: "",
    };
    const text = standingReport([
      {
        stack: { ...stack, name: "dev-us" },
        region: "us-east-1",
        resources: 7,
        outputs: {
          web_url: { value: "https://us" },
          zone_id: { value: "Z" },
          secret_url: { value: "s", sensitive: true },
        },
      },
      {
        stack: { ...stack, name: "dev-eu" },
        region: "eu-west-1",
        resources: 5,
        outputs: { web_url: { value: "https://eu" } },
      },
    ]);

    expect(stripVTControlCharacters(text)).toBe(`Stack   Region     Resources
dev-us  us-east-1  7
dev-eu  eu-west-1  5
Total              12

Region     Stack   Endpoint  Value
eu-west-1  dev-eu  web_url   https://eu
us-east-1  dev-us  web_url   https://us
`);
  });
});

describe("Progress", () => {
  it("writes plain lines that begin with the stack when nobody watches", () => {
    const context = fakeContext();
    let time = 0;
    const progress = new Progress(context.terminal, false, () => time);
    progress.align(["dev-eu", "dev-edge"]);

    progress.start("dev-eu", "planning");
    time = 61_000;
    progress.finish("dev-eu", "no changes");

    expect(stripVTControlCharacters(context.written.err)).toBe(
      "dev-eu    planning\ndev-eu    no changes (1m 01s)\n",
    );
  });

  it("keeps one live line a stack on a terminal", () => {
    const context = fakeContext();
    const progress = new Progress({ ...context.terminal, isInteractive: true }, false, () => 0);

    progress.start("dev-eu", "planning");
    progress.start("dev-us", "planning");
    progress.finish("dev-eu", "no changes");
    progress.finish("dev-us", "no changes");

    const [, afterErase = ""] = context.written.err.split("\u001b[2A\u001b[J").slice(-2);
    expect(stripVTControlCharacters(afterErase)).toContain("dev-eu  no changes (0s)\ndev-us  planning, 0s\n");
  });
});
