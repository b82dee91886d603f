import { checkHostileReports } from "../support/report-properties";

describe("Ten thousand reports on hostile plans", () => {
  it("stay under their limit, parse as Markdown and leak no secret", () => {
    checkHostileReports(10_000);
  }, 1_800_000);
});
