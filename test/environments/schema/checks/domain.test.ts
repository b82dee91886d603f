import { refusals, sample } from "../../sample";

describe("checkDomain", () => {
  it("refuses to sign a zone of somebody else", () => {
    expect(refusals(sample({ domain: { name: "example.com", zone: "existing", dnssec: true } }))).toEqual([
      "environments/sample.ts: 'domain.dnssec' must be false for an existing zone, which its owner signs, got true; " +
        "remove it, or let the environment create the zone",
    ]);
  });
});
