import { deltaOf, type Finding } from "../../../analysis/resilience";

const finding = (rule: string, says: string): Finding => ({
  rule,
  grade: "broken",
  service: "web",
  address: "edge: aws_route53_record.web",
  says,
  remedy: "Mend it.",
});

describe("deltaOf", () => {
  it("finds what a change makes worse and better, and leaves out what stays", () => {
    const stays = finding("DRAIN", "connections are kept");
    const before = [stays, finding("RTO", "after 120 s"), finding("FAMILY", "leads elsewhere")];
    const after = [stays, finding("RTO", "after 160 s"), finding("ONE-ZONE", "in one zone")];

    const { worse, better } = deltaOf(before, after);

    expect(worse.map(({ rule, says }) => `${rule} ${says}`)).toEqual([
      "RTO after 160 s",
      "ONE-ZONE in one zone",
    ]);
    expect(better.map(({ rule }) => rule)).toEqual(["FAMILY"]);
  });
});
