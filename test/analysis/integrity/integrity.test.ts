import type { ResourceChange } from "../../../analysis/change";
import {
  beyondExpected,
  type ExpectedChange,
  explainMismatch,
  type PlanFoundation,
  resealed,
  sealPlan,
} from "../../../analysis/integrity";

const change = (address: string, after: unknown) => ({
  address,
  type: "aws_s3_bucket",
  change: { actions: ["update"], before: {}, after, after_sensitive: { secret: true } },
});

const foundation: PlanFoundation = {
  stack: "prod-edge",
  synthesized: "sha256:1",
  providerLock: "lock",
  commit: "abc",
  stateLineage: "lineage",
  stateSerial: 7,
  plan: { resource_changes: [change("a.b", { secret: "1234" }), change("c.d", {})] },
  salt: "salt",
};

const seal = sealPlan(foundation);

describe("A plan's seal", () => {
  it("is the same for the same plan", () => {
    expect(sealPlan({ ...foundation })).toEqual(seal);
    expect(explainMismatch(seal, sealPlan(foundation))).toEqual([]);
  });

  it.each<[string, Partial<PlanFoundation>, string[]]>([
    ["commit", { commit: "def" }, ["the plan is of another commit: reviewed abc, now def"]],
    ["stack", { stack: "dev" }, ["the plan is of another stack: reviewed prod-edge, now dev"]],
    [
      "code",
      { synthesized: "sha256:2" },
      ["the synthesized stack is not the one that was planned: reviewed sha256:1, now sha256:2"],
    ],
    ["state", { stateSerial: 8 }, ["the state changed since the plan was made: reviewed 7, now 8"]],
    ["lineage", { stateLineage: "" }, ["the state is another one: reviewed lineage, now none"]],
    [
      "resources",
      { plan: { resource_changes: [change("a.b", { secret: "9999" }), change("e.f", {})] } },
      [
        "the plan does something else to a.b",
        "the plan leaves c.d alone, which the reviewed plan changes",
        "the plan changes e.f, which the reviewed plan leaves alone",
      ],
    ],
    [
      "outputs",
      { plan: { ...foundation.plan, output_changes: { o: { actions: ["create"] } } } },
      ["the plan does something else to the outputs"],
    ],
  ])("does not fit another %s", (_what, other, expected) => {
    const actual = sealPlan({ ...foundation, ...other });
    expect(actual.digest).not.toBe(seal.digest);
    expect(explainMismatch(seal, actual)).toEqual(expected);
  });

  it("does not fit another lock file, and does not quote it", () => {
    const [sentence] = explainMismatch(seal, sealPlan({ ...foundation, providerLock: "other" }));
    expect(sentence).toMatch(/^the provider lock file changed: reviewed sha256:/);
  });

  it("reports when it was edited", () => {
    expect(explainMismatch(seal, { ...seal, commit: "def" })).toEqual([
      "the plan's seal was edited: its digest does not match its parts",
      "the plan is of another commit: reviewed abc, now def",
    ]);
  });

  it("cannot be guessed from without the salt", () => {
    const other = sealPlan({ ...foundation, salt: "another" });
    expect(other.resources["a.b"]).not.toBe(seal.resources["a.b"]);
  });

  it("is intact after it was made again with other parts", () => {
    const other = resealed(seal, { stateSerial: 9 });
    expect(other).toEqual(sealPlan({ ...foundation, stateSerial: 9 }));
    expect(explainMismatch(seal, other)).toEqual([
      "the state changed since the plan was made: reviewed 7, now 9",
    ]);
  });
});

describe("A plan made after its review", () => {
  const planned = (address: string, action: ResourceChange["action"]): ResourceChange => ({
    address,
    action,
    type: "aws_eip",
    risk: "change",
    findings: [],
    attributes: [],
  });
  const expected: ExpectedChange[] = [
    { address: "aws_eip.Nat", action: "create" },
    { address: "aws_lb.Web", action: "update" },
    { address: "aws_sqs_queue.Jobs", action: "destroy" },
  ];

  it("may do what was reviewed, or less", () => {
    const changes = [
      planned('aws_eip.Nat["a"]', "create"),
      planned("aws_lb.Web", "move"),
      planned("aws_sns_topic.Untouched", "no-op"),
      planned("aws_sqs_queue.Jobs", "forget"),
    ];
    expect(beyondExpected(expected, changes)).toEqual([]);
  });

  it("may do nothing worse, and nothing to what the review did not show", () => {
    const changes = [planned("aws_lb.Web", "replace"), planned("aws_vpc.Main", "update")];
    expect(beyondExpected(expected, changes)).toEqual([
      "replace of aws_lb.Web, where the review showed update",
      "update of aws_vpc.Main, which the review did not show",
    ]);
  });
});
