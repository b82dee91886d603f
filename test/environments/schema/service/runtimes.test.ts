import { check, refusals, sample, sampleService, service } from "../../sample";

const appRunner = { existingCustomer: true } as const;

describe("checkRuntimes", () => {
  it("takes two runtimes side by side, weighted", () => {
    const web = service({ runtime: { "app-runner": 90, fargate: 10 } });
    const [environment] = check(sample({ appRunner, services: { web } }));

    expect(environment?.services.web).toMatchObject({
      runtimes: { "app-runner": 90, fargate: 10 },
      isWeightedByRuntime: true,
    });
  });

  it("weighs the answers of a service on App Runner from the start, so that it can leave", () => {
    const [environment] = check(sample({ appRunner, services: { web: service({ runtime: "app-runner" }) } }));

    expect(environment?.services.web).toMatchObject({
      runtimes: { "app-runner": 100 },
      isWeightedByRuntime: true,
    });
  });

  it.each([{}, { fargate: 0 }])("refuses %j, which answers nobody", (runtime) => {
    expect(refusals(sampleService({ runtime }))).toEqual([
      "environments/sample.ts: 'services.web.runtime' must give one runtime a weight above 0, " +
        `got ${JSON.stringify(runtime)}; raise the weight of the one that serves, or write it as text, such as 'fargate'`,
    ]);
  });
});
