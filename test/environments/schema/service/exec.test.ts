import { check, refusals, sampleService } from "../../sample";

describe("checkExec", () => {
  it("takes a shell in a container that can be written to", () => {
    expect(check(sampleService({ exec: true, readonlyRootFilesystem: false }))).toHaveLength(1);
  });

  it("refuses a shell in a container that cannot", () => {
    expect(refusals(sampleService({ exec: true }))).toEqual([
      "environments/sample.ts: 'services.web.readonlyRootFilesystem' must be false where 'exec' is true, since the agent " +
        "of ECS Exec writes to the container, got true; set it to false, or remove 'exec'",
    ]);
  });
});
