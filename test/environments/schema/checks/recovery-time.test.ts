import { check, refusals, sample } from "../../sample";

describe("checkRecoveryTime", () => {
  it("takes the shortest time that Route 53 reaches", () => {
    expect(check(sample({ recovery: { rtoSeconds: 86, survives: 1 } }))).toHaveLength(1);
  });

  it("refuses a shorter one and says which it can reach", () => {
    expect(refusals(sample({ recovery: { rtoSeconds: 60, survives: 1 } }))).toEqual([
      "environments/sample.ts: 'recovery.rtoSeconds' must be at least 86, the shortest that Route 53 routing reaches, " +
        "got 60; raise it to 86 or more",
    ]);
  });
});
