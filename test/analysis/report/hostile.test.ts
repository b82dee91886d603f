import { checkHostileReports } from "../support/report-properties";

describe("A report on hostile plans", () => {
  it("stays under its limit, parses as Markdown and leaks no secret", () => {
    checkHostileReports(40, 20_261_120);
  });
});
