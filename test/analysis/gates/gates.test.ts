import type { ResourceChange } from "../../../analysis/change";
import { approvalDraft, evaluateGates, type GatedPlan, parseApprovals } from "../../../analysis/gates";

const loss: ResourceChange = {
  address: "aws_s3_bucket.Logs_1A2B",
  type: "aws_s3_bucket",
  action: "destroy",
  risk: "data",
  findings: [{ risk: "data", summary: "holds objects" }],
  attributes: [],
};
const update: ResourceChange = {
  ...loss,
  address: "aws_vpc.V",
  action: "update",
  risk: "change",
  findings: [],
};

const plan: GatedPlan = {
  environment: "prod",
  stacks: [{ name: "prod-eu-west-1", region: "eu-west-1", changes: [loss] }],
};

function approval(text: string, file = "approvals/a.yaml") {
  return parseApprovals([
    {
      file,
      text: `environment: prod\napprovedBy: ada\nreason: The bucket is empty now.\napproved: 2026-11-01\nexpires: 2026-11-20\n${text}`,
    },
  ]);
}

const lossAllowed = 'allows:\n  - gate: data-loss\n    addresses: ["aws_s3_bucket.Logs_*"]\n';

describe("The gates", () => {
  it("let through what loses nothing", () => {
    const quiet = { environment: "prod", stacks: [{ name: "a", changes: [update] }] };
    expect(evaluateGates(quiet, {}, [], "2026-11-20")).toEqual({ open: true, approved: [], refused: [] });
  });

  it("refuse to lose data without an approval", () => {
    expect(evaluateGates(plan, {}, [], "2026-11-20")).toEqual({
      open: false,
      approved: [],
      refused: [
        {
          gate: "data-loss",
          stacks: ["prod-eu-west-1"],
          address: "aws_s3_bucket.Logs_1A2B",
          summary: "destroy aws_s3_bucket.Logs_1A2B in prod-eu-west-1: holds objects",
          approvedBy: [],
          expired: [],
        },
      ],
    });
  });

  it("refuse what no rule has looked at: actions, what is put off, and plans that are not complete", () => {
    const stacks = [
      {
        name: "prod-eu-west-1",
        changes: [update],
        unreviewed: [
          { address: "action.aws_lambda_invoke.Warm", what: "is invoked after the create of aws_vpc.V" },
          { address: "the plan", what: "is not complete: Terraform will need another one after it" },
        ],
      },
    ];
    const acting = { environment: "prod", stacks };

    expect(evaluateGates(acting, {}, [], "2026-11-20").refused).toEqual([
      {
        gate: "unreviewed",
        stacks: ["prod-eu-west-1"],
        address: "action.aws_lambda_invoke.Warm",
        summary:
          "action.aws_lambda_invoke.Warm is invoked after the create of aws_vpc.V in prod-eu-west-1, and no rule covers what that does",
        approvedBy: [],
        expired: [],
      },
      {
        gate: "unreviewed",
        stacks: ["prod-eu-west-1"],
        address: "the plan",
        summary:
          "the plan is not complete: Terraform will need another one after it in prod-eu-west-1, and no rule covers what that does",
        approvedBy: [],
        expired: [],
      },
    ]);
    const warmed = approval('allows:\n  - gate: unreviewed\n    addresses: ["action.aws_lambda_invoke.*"]\n');
    expect(evaluateGates(acting, {}, warmed, "2026-11-20").refused.map(({ address }) => address)).toEqual([
      "the plan",
    ]);
    expect(() => approval("allows:\n  - gate: unreviewed\n")).toThrow(
      "'allows.0.addresses' must name the addresses that it allows, got nothing",
    );
  });

  it("refuse to destroy what names lead to before its successor exists", () => {
    const check: ResourceChange = {
      ...update,
      address: "aws_route53_health_check.Web_1A2B",
      type: "aws_route53_health_check",
      action: "replace",
      interruptsTraffic: true,
    };
    const replaced = { environment: "prod", stacks: [{ name: "prod-edge", changes: [check, update] }] };

    expect(evaluateGates(replaced, {}, [], "2026-11-20").refused).toEqual([
      {
        gate: "interruption",
        stacks: ["prod-edge"],
        address: "aws_route53_health_check.Web_1A2B",
        summary:
          "replace aws_route53_health_check.Web_1A2B in prod-edge, destroyed before its successor exists, although names may lead to it",
        approvedBy: [],
        expired: [],
      },
    ]);
    const allowed = approval(
      'allows:\n  - gate: interruption\n    addresses: ["aws_route53_health_check.*"]\n',
    );
    expect(evaluateGates(replaced, {}, allowed, "2026-11-20").open).toBe(true);
  });

  it("let it through with one, to the last day and no longer", () => {
    const approvals = approval(lossAllowed);
    expect(evaluateGates(plan, {}, approvals, "2026-11-20").approved[0]?.approvedBy).toEqual([
      "approvals/a.yaml",
    ]);
    for (const day of ["2026-11-21", "2026-10-31"]) {
      const { open, refused } = evaluateGates(plan, {}, approvals, day);
      expect([open, refused[0]?.expired]).toEqual([false, ["approvals/a.yaml"]]);
    }
  });

  it.each([
    ["another environment", { ...plan, environment: "staging" }],
    [
      "another resource",
      {
        ...plan,
        stacks: [{ name: "prod-eu-west-1", changes: [{ ...loss, address: "aws_s3_bucket.Uploads" }] }],
      },
    ],
  ])("take no approval for %s", (_what, other) => {
    expect(evaluateGates(other, {}, approval(lossAllowed), "2026-11-20").open).toBe(false);
  });

  it("keep an approval to the stacks that it names", () => {
    const approvals = approval(`${lossAllowed}    stacks: ["*-eu-central-1"]\n`);
    expect(evaluateGates(plan, {}, approvals, "2026-11-20").open).toBe(false);
  });

  it("take an address's brackets and slashes for text", () => {
    const address = 'aws_s3_object.O["a/b.txt"]';
    const keyed = { ...plan, stacks: [{ name: "s", changes: [{ ...loss, address }] }] };
    const allowed = approval("allows:\n  - gate: data-loss\n    addresses: ['aws_s3_object.O[\"a/*\"]']\n");
    expect(evaluateGates(keyed, {}, allowed, "2026-11-20").open).toBe(true);
  });

  it("ask for one approval of a stack that goes as a whole, and name it", () => {
    const dropped: GatedPlan = {
      environment: "prod",
      stacks: [],
      orphans: [{ name: "prod-us-east-1", resources: 84 }],
    };
    const allowed = approval('allows:\n  - gate: stack-loss\n    stacks: ["prod-us-*"]\n');

    expect(evaluateGates(dropped, {}, [], "2026-11-20").refused.map(({ summary }) => summary)).toEqual([
      "destroy the whole of prod-us-east-1, which is no longer in the code: 84 resources",
    ]);
    expect(evaluateGates(dropped, {}, allowed, "2026-11-20").open).toBe(true);
  });

  it("count changes", () => {
    const many = { environment: "prod", stacks: [{ name: "s", changes: [update, update, update] }] };
    expect(evaluateGates(many, { maximumChanges: 3 }, [], "2026-11-20").open).toBe(true);
    const { refused } = evaluateGates(many, { maximumChanges: 2 }, [], "2026-11-20");
    expect(refused[0]?.summary).toBe("3 changes in prod at once, where 2 need no approval");
    const allowed = (maximum: number) =>
      approval(`allows:\n  - gate: change-count\n    maximum: ${maximum}\n`);
    expect(evaluateGates(many, { maximumChanges: 2 }, allowed(2), "2026-11-20").open).toBe(false);
    expect(evaluateGates(many, { maximumChanges: 2 }, allowed(3), "2026-11-20").open).toBe(true);
  });

  it("keep regions apart", () => {
    const both: GatedPlan = {
      environment: "prod",
      stacks: ["eu-west-1", "eu-central-1"].map((region) => ({
        name: `prod-${region}`,
        region,
        changes: [update],
      })),
      waves: [["prod-eu-west-1", "prod-eu-central-1"]],
    };
    expect(evaluateGates(both, {}, [], "2026-11-20").refused[0]?.summary).toBe(
      "eu-west-1, eu-central-1 change in one wave, so one mistake reaches all of them",
    );
    expect(
      evaluateGates({ ...both, waves: [["prod-eu-west-1"], ["prod-eu-central-1"]] }, {}, [], "2026-11-20")
        .open,
    ).toBe(true);
    expect(evaluateGates(both, { regionsPerWave: 2 }, [], "2026-11-20").open).toBe(true);
    const allowed = approval('allows:\n  - gate: regions-per-wave\n    stacks: ["prod-*"]\n');
    expect(evaluateGates(both, {}, allowed, "2026-11-20").open).toBe(true);
  });

  it("ask for an approval of other risks if the policy says so", () => {
    const wide = {
      ...update,
      risk: "access" as const,
      findings: [{ risk: "access" as const, summary: "allows * on *" }],
    };
    const risky = { environment: "prod", stacks: [{ name: "s", changes: [wide] }] };
    expect(evaluateGates(risky, {}, [], "2026-11-20").open).toBe(true);
    expect(evaluateGates(risky, { risks: ["access"] }, [], "2026-11-20").refused[0]?.gate).toBe("risk");
  });

  it("let an image with findings run only with an approval of its digest", () => {
    const image = { stack: "prod-eu-west-1", address: "web@sha256:aa", summary: "run web: 1 CRITICAL" };
    const rollout = { environment: "prod", stacks: [], images: [image] };
    const allowed = (address: string) =>
      approval(`allows:\n  - gate: image-findings\n    addresses: ["${address}"]\n`);

    expect(evaluateGates(rollout, {}, [], "2026-11-20").refused).toEqual([
      {
        gate: "image-findings",
        stacks: ["prod-eu-west-1"],
        address: "web@sha256:aa",
        summary: "run web: 1 CRITICAL",
        approvedBy: [],
        expired: [],
      },
    ]);
    expect(evaluateGates(rollout, {}, allowed("web@sha256:bb"), "2026-11-20").open).toBe(false);
    expect(evaluateGates(rollout, {}, allowed("web@sha256:aa"), "2026-11-20").open).toBe(true);
  });

  it("draft the approval that is missing, which is read once it is completed", () => {
    const { refused } = evaluateGates(plan, {}, [], "2026-11-20");
    const draft = approvalDraft("prod", refused, "2026-11-20");
    const text = draft
      .replace("approvedBy: # who approves", "approvedBy: ada")
      .replace("reason: # why, in a sentence", "reason: The bucket is empty now.")
      .replace("expires: # at most 30 days later", "expires: 2026-11-27");
    const approvals = parseApprovals([{ file: "approvals/b.yaml", text }]);
    expect(evaluateGates(plan, {}, approvals, "2026-11-21").open).toBe(true);
    expect(() => parseApprovals([{ file: "approvals/b.yaml", text: draft }])).toThrow(
      "'approvedBy' must say who approves",
    );
  });
});

describe("An approval", () => {
  it("lists everything that is wrong with it and with others", () => {
    const text = [
      "environment: prod",
      "approvedBy: ''",
      "reason: x",
      "approved: yesterday",
      "expires: 2026-13-45",
      "forever: true",
      "allows:",
      "  - gate: anything",
    ].join("\n");
    expect(() =>
      parseApprovals([
        { file: "a.yaml", text },
        { file: "b.yaml", text: "a: [" },
      ]),
    ).toThrow(
      [
        `a.yaml: 'approvedBy' must not be empty, got ""; see approvals in docs/plans-in-pull-requests.md`,
        `a.yaml: 'reason' must be a sentence of at least 10 characters, got "x"; see approvals in docs/plans-in-pull-requests.md`,
        `a.yaml: 'approved' must be a day such as 2026-11-20, got "yesterday"; see approvals in docs/plans-in-pull-requests.md`,
        `a.yaml: 'expires' must be a day such as 2026-11-20, got "2026-13-45"; see approvals in docs/plans-in-pull-requests.md`,
        `a.yaml: 'allows.0.gate' must be one of data-loss, stack-loss, interruption, change-count, regions-per-wave, image-findings, unreviewed, policy, risk, got "anything"; see approvals in docs/plans-in-pull-requests.md`,
        `a.yaml: 'forever' must not be given; remove it`,
      ].join("\n"),
    );
  });

  it.each([
    ["allows:\n  - gate: data-loss\n", "'allows.0.addresses' must name the addresses that it allows"],
    ["allows:\n  - gate: image-findings\n", "'allows.0.addresses' must name the addresses that it allows"],
    ["allows:\n  - gate: change-count\n", "'allows.0.maximum' must say how many changes it allows"],
    ["allows:\n  - gate: regions-per-wave\n", "'allows.0.stacks' must name the stacks that may go together"],
    ["allows: []\n", "'allows' must allow something"],
  ])("is refused without a scope: %j", (text, message) => {
    expect(() => approval(text)).toThrow(message);
  });

  it("does not outlive its change", () => {
    const text = `environment: prod\napprovedBy: ada\nreason: A reason that is long enough.\napproved: 2026-11-01\n${lossAllowed}`;
    const read = (expires: string) => () =>
      parseApprovals([{ file: "a.yaml", text: `${text}expires: ${expires}\n` }]);
    expect(read("2026-12-01")).not.toThrow();
    expect(read("2026-12-02")).toThrow("'expires' must be at most 30 days after 'approved'");
    expect(read("2026-10-31")).toThrow("'expires' must not be before 'approved'");
  });
});
