import { check, refusals, sample, service } from "../../sample";

const entered = { routing: { entry: "accelerator" } } as const;

describe("checkAccelerator", () => {
  it("takes a service in every region that its accelerator may choose", () => {
    expect(check(sample({ services: { web: service(entered) } }))).toHaveLength(1);
  });

  it("refuses App Runner as an endpoint", () => {
    const web = service({ ...entered, runtime: "app-runner" });

    expect(refusals(sample({ appRunner: { existingCustomer: true }, services: { web } }))).toEqual([
      "environments/sample.ts: 'services.web.routing.entry' must be 'dns' or 'distribution' on App Runner, which cannot be " +
        "an endpoint of Global Accelerator, got \"accelerator\"; choose another entry, or use runtime 'fargate'",
    ]);
  });

  it("refuses a service that is missing in a region that its accelerator may choose", () => {
    const web = service({ ...entered, regions: ["eu-west-1"] });
    const recovery = { rtoSeconds: 156, survives: 0 } as const;

    expect(refusals(sample({ recovery, services: { web } }))).toEqual([
      "environments/sample.ts: 'services.web.regions' must hold every region that its accelerator may choose, " +
        'got ["eu-west-1"]; add eu-central-1, or name a jurisdiction of the service\'s own regions',
    ]);
  });

  it("refuses another entry while the load balancers are private", () => {
    expect(refusals(sample({ accelerator: { onlyEntry: true } }))).toEqual([
      "environments/sample.ts: 'services.web.routing.entry' must be 'accelerator', because 'accelerator.onlyEntry' makes " +
        "the load balancers private, got \"dns\"; enter it by the accelerator, or remove 'accelerator.onlyEntry'",
    ]);
  });

  it("refuses private load balancers in an environment that is reached over IPv6", () => {
    const web = service(entered);

    expect(refusals(sample({ ipv6: true, accelerator: { onlyEntry: true }, services: { web } }))).toEqual([
      "environments/sample.ts: 'accelerator.onlyEntry' must be false where 'ipv6' is true, because AWS keeps the " +
        "internet's IPv6 from private load balancers, got true; remove 'ipv6', or 'accelerator.onlyEntry'",
    ]);
  });

  it("refuses a dial for a region that the environment does not have", () => {
    expect(refusals(sample({ accelerator: { trafficDialPercentages: { "us-east-1": 50 } } }))).toEqual([
      "environments/sample.ts: 'accelerator.trafficDialPercentages.us-east-1' must be one of the environment's regions " +
        "(eu-west-1, eu-central-1), got \"us-east-1\"; write 'eu-west-1', or add the region to 'regions'",
    ]);
  });
});
