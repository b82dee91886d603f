import { stripVTControlCharacters } from "node:util";

import { changeList, type StackResult, summary } from "../../../cli/terminal/report";
import { standingReport } from "../../../cli/state/standing";
import { EventCollector, noChanges } from "../../../cli/terraform/events";
import { cellsOf } from "../../../cli/terminal/cells";
import { Progress } from "../../../cli/terminal/progress";
import { fakeContext } from "../support/fake-context";

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
          web_hostname: { value: "us.example.com" },
          zone_id: { value: "Z" },
          secret_url: { value: "s", sensitive: true },
        },
      },
      {
        stack: { ...stack, name: "dev-eu" },
        region: "eu-west-1",
        resources: 5,
        outputs: { web_hostname: { value: "eu.example.com" } },
      },
    ]);

    expect(stripVTControlCharacters(text)).toBe(`Stack   Region     Resources
dev-us  us-east-1  7
dev-eu  eu-west-1  5
Total              12

Region     Stack   Endpoint      Value
eu-west-1  dev-eu  web_hostname  eu.example.com
us-east-1  dev-us  web_hostname  us.example.com
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

  const waves = [
    [{ name: "dev-foundation", dependencies: [] }],
    [{ name: "dev-eu", dependencies: ["dev-foundation"] }],
    [{ name: "dev-edge", dependencies: ["dev-eu", "dev-foundation"] }],
  ];

  it("says in plain lines which wave begins, and what the other stacks wait for", () => {
    const context = fakeContext();
    const progress = new Progress(context.terminal, false, () => 0);
    progress.align(["dev-foundation", "dev-eu", "dev-edge"]);
    progress.through(waves, ["planning", "applying"]);

    progress.enter(0);
    progress.enter(1);

    expect(stripVTControlCharacters(context.written.err)).toBe(
      [
        "Wave 1 of 3: dev-foundation",
        "dev-eu          waits for dev-foundation",
        "dev-edge        waits for dev-eu, dev-foundation",
        "Wave 2 of 3: dev-eu",
        "dev-edge        waits for dev-eu",
        "",
      ].join("\n"),
    );
  });

  it("adds up what is left from the times of earlier runs, and gives no time where one is unknown", () => {
    const seconds: Record<string, number> = {
      "dev-foundation planning": 5,
      "dev-foundation applying": 60,
      "dev-eu planning": 10,
      "dev-eu applying": 100,
      "dev-edge planning": 10,
    };
    const heads = [seconds, { ...seconds, "dev-edge planning": 0 }].map((known) => {
      const context = fakeContext();
      const of = (stack: string, what: string): number | undefined => {
        const found = (known[`${stack} ${what}`] ?? 0) * 1000;
        return found === 0 ? undefined : found;
      };
      const terminal = { ...context.terminal, isInteractive: true };
      const progress = new Progress(terminal, false, () => 0, { of, note: () => undefined });
      progress.through(waves, ["planning", "applying"]);
      progress.enter(0);
      progress.start("dev-foundation", "planning");
      progress.finish("dev-foundation", "no changes");
      return stripVTControlCharacters(context.written.err).split("\n")[1];
    });

    expect(heads).toEqual([
      "Wave 1 of 3, 0s so far, about 3m 05s left judging by earlier runs",
      "Wave 1 of 3, 0s so far",
    ]);
  });

  it("breaks nothing at the edge of a window of 40 columns", () => {
    const context = fakeContext();
    const terminal = { ...context.terminal, isInteractive: true, columns: 40 };
    const progress = new Progress(terminal, false, () => 0);

    progress.start("dev-a-region-with-a-long-name", "planning");
    progress.note("A note with more words than there is room for in a line.");
    progress.finish("dev-a-region-with-a-long-name", "failed in aws_vpc.one, aws_vpc.two");

    const lines = stripVTControlCharacters(context.written.err).split("\n");
    expect(Math.max(...lines.map(cellsOf))).toBeLessThan(40);
  });

  it("folds what Terraform did to a stack under how it ended, in the log of a pipeline", () => {
    const context = fakeContext();
    const progress = new Progress({ ...context.terminal, folding: "github" }, false, () => 0);
    const events = new EventCollector();
    const line = JSON.stringify({
      type: "apply_complete",
      "@message": "aws_vpc.a: Creation complete\n::error::x",
      hook: { resource: { addr: "aws_vpc.a" }, action: "create" },
    });

    progress.start("dev-eu", "applying");
    const event = events.add(line);
    if (event !== undefined) {
      progress.event("dev-eu", event, events);
    }
    progress.finish("dev-eu", "applied");

    expect(stripVTControlCharacters(context.written.err)).toBe(
      [
        "dev-eu  applying",
        "::group::dev-eu  applied (0s)",
        "  | [1/0] aws_vpc.a: Creation complete ::error::x",
        "::endgroup::",
        "",
      ].join("\n"),
    );
  });
});
