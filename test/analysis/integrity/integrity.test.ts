import {
  environmentDigest,
  explainMismatch,
  type PlanFoundation,
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

  it("tells when it was edited", () => {
    expect(explainMismatch(seal, { ...seal, commit: "def" })).toEqual([
      "the plan's seal was edited: its digest does not fit its parts",
      "the plan is of another commit: reviewed abc, now def",
    ]);
  });

  it("cannot be guessed from without the salt", () => {
    const other = sealPlan({ ...foundation, salt: "another" });
    expect(other.resources["a.b"]).not.toBe(seal.resources["a.b"]);
  });

  it("of an environment is one digest whatever the order of its stacks", () => {
    const other = sealPlan({ ...foundation, stack: "prod-eu-west-1" });
    expect(environmentDigest([seal, other])).toBe(environmentDigest([other, seal]));
    expect(environmentDigest([seal])).not.toBe(environmentDigest([seal, other]));
  });
});
