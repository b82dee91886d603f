import fc from "fast-check";
import MarkdownIt from "markdown-it";

import { diffSynthesized } from "../../../analysis/diff";
import type { TerraformPlanJson } from "../../../analysis/plan";
import {
  allot,
  attributeLines,
  buildCodeReport,
  buildReport,
  code,
  fence,
  levels,
  parseReport,
  type Piece,
  prose,
  renderMarkdown,
  renderTerminal,
  shorten,
  summaryLimit,
} from "../../../analysis/report";
import { largePlan } from "../support/large-plan";
import { structureProblems } from "../support/markdown-structure";

function plan(
  ...changes: [address: string, actions: string[], before: unknown, after: unknown][]
): TerraformPlanJson {
  return {
    resource_changes: changes.map(([address, actions, before, after]) => ({
      address,
      type: address.split(".")[0] ?? "",
      change: { actions, before, after },
    })),
  };
}

const rename = (region: string): [string, string[], unknown, unknown] => [
  "aws_s3_bucket.Logs",
  ["delete", "create"],
  { bucket: `one-${region}` },
  { bucket: `two-${region}` },
];

describe("A report", () => {
  it("says briefly that nothing changes", () => {
    const report = buildReport({
      environment: "prod",
      commit: "abc",
      stacks: [{ name: "prod-edge" }, { name: "x", plan: {} }],
    });
    expect(renderMarkdown([report])).toBe("## `prod`: nothing changes\n\nCommit `abc`.\n");
  });

  it("shows what nobody has reviewed, and does not call it nothing", () => {
    const report = buildReport({
      environment: "prod",
      stacks: [
        { name: "prod-edge", plan: { action_invocations: [{ address: "action.aws_sns_publish.all" }] } },
      ],
    });
    expect(report.empty).toBe(false);
    const markdown = renderMarkdown([report]);
    expect(markdown).toContain(
      "### Not reviewed (1)\n\nNo rule covers what this does; the counts above leave it out.\n\n- `action.aws_sns_publish.all` is invoked by this plan in `prod-edge`\n",
    );
    expect(structureProblems(markdown)).toEqual([]);
    expect(renderTerminal(report, { colour: false })).toContain(
      "not reviewed action.aws_sns_publish.all is invoked by this plan in prod-edge",
    );
  });

  it("has room for all values in the summary of a job, up to what GitHub takes", () => {
    const report = buildReport({ environment: "prod", stacks: [{ name: "s", plan: largePlan(0.4) }] });
    const summary = renderMarkdown([report], { limitBytes: summaryLimit });
    expect(summary).toBe(renderMarkdown([report], { limitBytes: Number.POSITIVE_INFINITY }));
    const large = buildReport({ environment: "prod", stacks: [{ name: "s", plan: largePlan(4) }] });
    const shortened = renderMarkdown([large], {
      limitBytes: summaryLimit,
      fullReport: "https://ci.example/runs/1 as report.md",
    });
    expect(Buffer.byteLength(shortened)).toBeLessThanOrEqual(summaryLimit);
    expect(Buffer.byteLength(shortened)).toBeGreaterThan(summaryLimit / 2);
    expect(shortened).toContain("everything is in https://ci.example/runs/1 as `report.md`.");
  });

  it("is read again from its JSON, and nothing else is taken for one", () => {
    const report = buildReport({ environment: "prod", stacks: [{ name: "s", plan: plan(rename("r")) }] });
    const written = JSON.parse(JSON.stringify(report)) as object;
    expect(parseReport(written)).toEqual(written);
    expect(
      parseReport({ ...written, counts: { ...report.counts, create: "</details>" }, stacks: [null] }),
    ).toEqual(["'counts.create' must be a whole number", "'stacks.0' must describe a stack"]);
    expect(parseReport(null)).toEqual(["'' must be a report"]);
    let deep: unknown = 1;
    for (let level = 0; level < 10_000; level += 1) {
      deep = [deep];
    }
    expect(parseReport({ ...written, deep })).toEqual(["it is nested more than 200 levels deep"]);
  });

  it("shows one change of all regions once, and which region differs", () => {
    const stacks = ["eu-west-1", "eu-central-1"].map((region) => ({
      name: `prod-${region}`,
      region,
      plan: plan(
        rename(region),
        ...(region === "eu-west-1"
          ? [["aws_vpc.V", ["delete"], {}, null] as [string, string[], unknown, unknown]]
          : []),
      ),
    }));
    const report = buildReport({ environment: "prod", stacks });
    expect(report.parity).toEqual([
      {
        layer: "prod-{region}",
        regions: ["eu-west-1", "eu-central-1"],
        same: 1,
        differences: [{ address: "aws_vpc.V", kind: "missing", regions: { "eu-west-1": "destroy" } }],
      },
    ]);
    const markdown = renderMarkdown([report]);
    expect(markdown.split("`aws_s3_bucket.Logs` is replaced").length).toBe(2);
    expect(markdown).toContain("is replaced in `prod-eu-west-1`, `prod-eu-central-1`");
    expect(markdown).toContain("- `aws_vpc.V`: `eu-west-1` destroy, `eu-central-1` nothing");
  });

  it("distinguishes other values from other attributes when it compares regions", () => {
    const stacks = [1, 2].map((count) => ({
      name: `p-r${count}`,
      region: `r${count}`,
      plan: plan(
        ["aws_ecs_service.A", ["update"], { desired_count: 4 }, { desired_count: count }],
        ["aws_ecs_service.B", ["update"], { x: 4 }, count === 1 ? { x: 5 } : { x: 4, y: 5 }],
      ),
    }));
    const [layer] = buildReport({ environment: "p", stacks }).parity;
    expect(layer?.differences.map(({ address, kind }) => [address, kind])).toEqual([
      ["aws_ecs_service.A", "values"],
      ["aws_ecs_service.B", "shape"],
    ]);
  });

  it("says what is blocked and shows it from the code", () => {
    const [synthDiff] = diffSynthesized(
      { "prod-edge": { resource: { aws_route53_record: { R: { ttl: 60 } } } } },
      { "prod-edge": { resource: { aws_route53_record: { R: { ttl: 10 } } } } },
    ).stacks;
    const report = buildReport({
      environment: "prod",
      stacks: [
        {
          name: "prod-edge",
          blockedOn: ["prod-eu-west-1"],
          ...(synthDiff === undefined ? {} : { synthDiff }),
        },
      ],
    });
    const markdown = renderMarkdown([report]);
    expect(report.counts.update).toBe(0);
    expect(markdown).toContain("`prod-edge` is blocked on `prod-eu-west-1`");
    expect(markdown).toContain("`aws_route53_record.R` is updated in `prod-edge` (from the code)");
  });

  it("folds what changes nothing but tags", () => {
    const report = buildReport({
      environment: "prod",
      stacks: [
        { name: "s", plan: plan(["aws_vpc.V", ["update"], { tags: { A: "1" } }, { tags: { A: "2" } }]) },
      ],
    });
    expect(renderMarkdown([report])).toContain(
      "<details>\n<summary>Tags only (1)</summary>\n\n- `aws_vpc.V` is updated in `s`; changes `tags.A`\n\n</details>\n",
    );
  });

  it("scrubs a secret of one stack from the plan and the error of another", () => {
    const secret = { actions: ["create"], before: null, after: "hunter2-of-a", after_sensitive: true };
    const report = buildReport({
      environment: "prod",
      stacks: [
        { name: "a", plan: { output_changes: { password: secret } } },
        { name: "b", plan: plan(["x.y", ["create"], null, { url: "//u:hunter2-of-a@h" }]) },
        { name: "c", error: "could not connect with hunter2-of-a" },
      ],
    });
    expect(JSON.stringify(report)).not.toContain("hunter2-of-a");
    expect(renderMarkdown([report])).toContain("could not connect with (sensitive)");
  });

  it("of code alone says so, with outputs and settings", () => {
    const diff = diffSynthesized(
      { a: {} },
      { a: { output: { U: { value: "1" } }, resource: { aws_vpc: { V: { cidr_block: "10.0.0.0/16" } } } } },
    );
    const report = buildCodeReport({ environment: "prod", diff });
    const markdown = renderMarkdown([report]);
    expect(markdown).toContain("Compared in the code alone; the plan also knows the state.");
    expect(markdown).toContain("- `a`: `output.U.value` is created");
    expect(renderTerminal(report, { colour: false })).toBe(
      [
        "prod: 1 to create",
        "  a: 1 to create",
        "",
        "Other changes",
        "  aws_vpc.V is created in a",
        '      + cidr_block = "10.0.0.0/16"',
        "",
      ].join("\n"),
    );
  });

  it("keeps to its limit with a large plan, and shows the worst in full", () => {
    const large = largePlan(2);
    const worst = plan(["aws_rds_cluster.Orders", ["delete", "create"], { engine: "a" }, { engine: "b" }]);
    const both = { resource_changes: [...(large.resource_changes ?? []), ...(worst.resource_changes ?? [])] };
    const report = buildReport({ environment: "prod", stacks: [{ name: "s", plan: both }] });
    const markdown = renderMarkdown([report]);
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(64_000);
    expect(structureProblems(markdown)).toEqual([]);
    expect(markdown).toContain('- engine = "a"\n+ engine = "b"');
    expect(markdown).toMatch(/\d+ more not shown here/);
    const whole = renderMarkdown([report], { limitBytes: Number.POSITIVE_INFINITY });
    expect(whole).not.toContain("not shown here");
    expect(structureProblems(whole)).toEqual([]);
  }, 60_000);

  it("of a hundred environments still fits", () => {
    const reports = Array.from({ length: 100 }, (_none, index) =>
      buildReport({ environment: `e${index}`, stacks: [{ name: "s", plan: plan(rename("r")) }] }),
    );
    const markdown = renderMarkdown(reports, { limitBytes: 20_000 });
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(20_000);
    expect(markdown).toContain("88 more environments: 88 to replace.");
    expect(renderMarkdown(reports, { limitBytes: 300 })).toBe(
      "100 environments: 100 to replace. Nothing else fits here.\n",
    );
  });
});

describe("The budget", () => {
  const piece = fc
    .record({ rank: fc.nat(5), sizes: fc.array(fc.nat(400), { minLength: 3, maxLength: 3 }) })
    .map(({ rank, sizes }): Piece => {
      const [address = 0, names = 0, diff = 0] = [...sizes].sort((left, right) => left - right);
      const size = { address, names, diff };
      return { rank, best: "diff", render: (level) => "é".repeat(size[level]) };
    });

  it("is never exceeded, and no piece shows less than one that matters less", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(20_000), (pieces, room) => {
        const shown = allot(pieces, room);
        expect(shown.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)).toBeLessThanOrEqual(room);
        const order = [...shown].sort((left, right) => left.piece.rank - right.piece.rank);
        const ranks = order.map(({ level }) => levels.indexOf(level));
        expect(ranks).toEqual([...ranks].sort((left, right) => right - left));
      }),
      { numRuns: 200 },
    );
  });
});

describe("Text", () => {
  const markdown = new MarkdownIt({ html: true });

  it("never leaves its code span, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 50 }), (text) => {
        const html = markdown.render(`| a |\n| --- |\n| ${code(text)} |\n`);
        expect(html.match(/<td>/g)).toHaveLength(1);
        expect(html.replaceAll("@</code><code>", "@").match(/<code>/g)).toHaveLength(1);
        expect(html).not.toMatch(/<(em|strong|a|img|s)\b/);
      }),
      { numRuns: 150 },
    );
  });

  it("is cut between characters", () => {
    expect(shorten("ab👩c", 4)).toBe("ab…");
    expect(shorten("abcd", 4)).toBe("abcd");
  });

  it.each([
    ["plain", "aws_s3_bucket.Logs", "`aws_s3_bucket.Logs`"],
    ["back-ticks", "a`b", "<code>a&#96;b</code>"],
    ["pipes", "a|b", "<code>a&#124;b</code>"],
    ["nothing", "", "<code>&#32;</code>"],
    ["a bidirectional override", "a\u202eb", "<code>a&#92;u202eb</code>"],
    ["an Arabic letter mark", "a\u061cb", "<code>a&#92;u061cb</code>"],
    ["a Hangul filler", "a\u3164b", "<code>a&#92;u3164b</code>"],
    ["a tag character", "a\u{e0041}b", "<code>a&#92;u&#123;e0041&#125;b</code>"],
    ["a formula", "$$x$$", "<code>&#36;&#36;x&#36;&#36;</code>"],
    ["a mail address", "a|b@c.de", "<code>a&#124;b&#64;</code><code>c&#46;de</code>"],
  ])("with %s becomes code", (_what, text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it("in prose keeps its meaning and loses its markup", () => {
    expect(markdown.renderInline(prose("allows s3:* on a_b_c <b> @org `x` [l](u)"))).toBe(
      "allows <code>s3:*</code> on <code>a_b_c</code> <code>&lt;b&gt;</code> <code>@org</code> <code>`x`</code> <code>[l](u)</code>",
    );
  });

  it("in a fence cannot end it", () => {
    expect(fence("diff", ["+ ```", "- ````"])).toBe("`````diff\n+ ```\n- ````\n`````\n");
  });

  it.each([
    ["a change", { path: "a", before: 1, after: "x" }, ["- a = 1", '+ a = "x"']],
    ["what is not known", { path: "a", before: 1, unknown: true }, ["- a = 1", "+ a = (known after apply)"]],
    [
      "what goes and forces",
      { path: "a", before: 1, forcesReplacement: true },
      ["- a = 1", "! a # forces replacement"],
    ],
    ["a line break", { path: "a", after: "x\ny" }, [String.raw`+ a = "x\ny"`]],
    [
      "a redacted value",
      { path: "a", after: "(sensitive value, changed)" },
      ["+ a = (sensitive value, changed)"],
    ],
  ])("of an attribute shows %s", (_what, attribute, expected) => {
    expect(attributeLines(attribute, 100)).toEqual(expected);
  });

  it("of a long value shows the place where it differs", () => {
    const [before, after] = ["x".repeat(500), `${"x".repeat(400)}Y${"x".repeat(99)}`];
    const lines = attributeLines({ path: "a", before, after }, 60);
    expect(lines.every((line) => line.length < 100)).toBe(true);
    expect(lines[1]).toContain("Y");
  });
});
