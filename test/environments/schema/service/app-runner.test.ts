import { check, refusals, sample, sampleService, service } from "../../sample";

const appRunner = { existingCustomer: true } as const;

describe("checkAppRunner", () => {
  it("takes App Runner from an existing customer", () => {
    expect(check(sample({ appRunner, services: { web: service({ runtime: "app-runner" }) } }))).toHaveLength(
      1,
    );
  });

  it("refuses App Runner without the acknowledgement and names Fargate", () => {
    expect(refusals(sampleService({ runtime: "app-runner" }))).toEqual([
      "environments/sample.ts: 'services.web.runtime' must be 'fargate', because App Runner has accepted no new customers " +
        "since 2026-04-30, got \"app-runner\"; use 'fargate', or, if the account used App Runner before, " +
        "add appRunner: { existingCustomer: true }",
    ]);
  });

  it("refuses what App Runner does not have, all at once", () => {
    const web = service({
      runtime: "app-runner",
      capacity: { minimum: 2, maximum: 4, spotPercentage: 50 },
      command: ["serve", "--verbose"],
      scratchPaths: ["/tmp"],
      sidecars: [{ name: "proxy", image: { uri: "example.com/proxy:1" } }],
      exec: true,
      readonlyRootFilesystem: false,
      cpuArchitecture: "ARM64",
      scaling: {
        steps: { metric: "cpu", changes: [{ lower: 80, change: 2 }] },
        schedules: [{ name: "night", schedule: "rate(1 day)", minimum: 1, maximum: 1 }],
      },
    });
    const line = (property: string, got: string) =>
      `environments/sample.ts: 'services.web.${property}' must be left out, because App Runner does not have it, ` +
      `got ${got}; remove it, or use runtime 'fargate'`;

    expect(refusals(sample({ appRunner, services: { web } }))).toEqual([
      line("sidecars", '["proxy"]'),
      line("command", '["serve","--verbose"]'),
      line("scratchPaths", '["/tmp"]'),
      line("exec", "true"),
      line("cpuArchitecture", '"ARM64"'),
      line("capacity.spotPercentage", "50"),
      line("scaling.steps", '{"metric":"cpu","changes":[{"lower":80,"change":2}],"cooldownSeconds":300}'),
      line("scaling.schedules", '["night"]'),
    ]);
  });

  it("refuses numbers beyond App Runner's bounds and secrets that it cannot find", () => {
    const web = service({
      runtime: "app-runner",
      capacity: { minimum: 2, maximum: 26 },
      healthCheck: { path: "/health", intervalSeconds: 30 },
      secrets: { TOKEN: "web/token", KEY: "/web/key" },
    });

    expect(refusals(sample({ appRunner, services: { web } }))).toEqual([
      "environments/sample.ts: 'services.web.capacity.maximum' must be between 1 and 25 on App Runner, got 26; " +
        "choose a value within, or use runtime 'fargate'",
      "environments/sample.ts: 'services.web.healthCheck.intervalSeconds' must be between 1 and 20 on App Runner, got 30; " +
        "choose a value within, or use runtime 'fargate'",
      "environments/sample.ts: 'services.web.secrets.TOKEN' must be the name of an SSM parameter or an ARN, because App " +
        'Runner cannot find a secret by its name, got "(hidden)"; keep it in an SSM parameter of every region, or use ' +
        "runtime 'fargate'",
    ]);
  });
});
