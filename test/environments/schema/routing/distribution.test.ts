import { check, refusals, sample, sampleService, service } from "../../sample";

const onlyEntry = { distribution: { onlyEntry: true } } as const;
const entered = { routing: { entry: "distribution" } } as const;

describe("checkDistribution", () => {
  it("takes load balancers for CloudFront only where it is the entry of all services", () => {
    expect(check({ ...sampleService(entered), ...onlyEntry })).toHaveLength(1);
  });

  it("looks at services on load balancers only", () => {
    const landing = service({ runtime: "app-runner" });
    const services = { web: service(entered), landing };

    expect(check(sample({ ...onlyEntry, appRunner: { existingCustomer: true }, services }))).toHaveLength(1);
  });

  it("refuses another entry while the load balancers admit CloudFront only", () => {
    const accelerated = service({ routing: { entry: "accelerator" } });
    const services = { web: service(), api: service(entered), checkout: accelerated };
    const because =
      "must be 'distribution', because 'distribution.onlyEntry' closes the load balancers to everyone else";
    const remedy = "enter it by a distribution, or remove 'distribution.onlyEntry'";

    expect(refusals(sample({ ...onlyEntry, services }))).toEqual([
      `environments/sample.ts: 'services.web.routing.entry' ${because}, got "dns"; ${remedy}`,
      `environments/sample.ts: 'services.checkout.routing.entry' ${because}, got "accelerator"; ${remedy}`,
    ]);
  });

  it("refuses to close the load balancers for two entries at once", () => {
    const services = { web: service({ routing: { entry: "accelerator" } }) };

    expect(refusals(sample({ ...onlyEntry, accelerator: { onlyEntry: true }, services }))).toEqual([
      "environments/sample.ts: 'distribution.onlyEntry' must be false where 'accelerator.onlyEntry' is true, because CloudFront " +
        "cannot reach a private load balancer, got true; choose one entry for all services on Fargate",
    ]);
  });
});
