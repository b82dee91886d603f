import { refusals, sampleService } from "../../sample";

describe("checkHealthChecks", () => {
  it("refuses a timeout that reaches into the next check", () => {
    expect(
      refusals(sampleService({ healthCheck: { path: "/", intervalSeconds: 5, timeoutSeconds: 5 } })),
    ).toEqual([
      "environments/sample.ts: 'services.web.healthCheck.timeoutSeconds' must be less than 'intervalSeconds', " +
        "which is 5, got 5; lower it, or raise 'intervalSeconds'",
    ]);
  });
});
