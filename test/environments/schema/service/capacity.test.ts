import { check, frankfurt, ireland, refusals, sample, sampleService, service, virginia } from "../../sample";

const regions = { "eu-west-1": ireland(), "eu-central-1": frankfurt(), "us-east-1": virginia() };

describe("checkCapacity", () => {
  it("refuses a minimum that does not serve the peak once a region is lost", () => {
    const web = service({ capacity: { minimum: 3, maximum: 10 }, peakTasks: 9 });

    expect(refusals(sample({ regions, services: { web } }))).toEqual([
      "environments/sample.ts: 'services.web.capacity.minimum' must be at least 5, so that 2 of 3 regions serve " +
        "the peak of 9 tasks, got 3; raise it to 5, or lower 'peakTasks' to 6",
    ]);
  });

  it("takes no peak for granted where none is given", () => {
    const [environment] = check(sample({ regions, services: { web: service({}) } }));

    expect(environment?.services.web?.peakTasks).toBeUndefined();
  });

  it("refuses to survive the loss of every region", () => {
    expect(refusals(sample({ services: {}, recovery: { rtoSeconds: 156, survives: 2 } }))).toEqual([
      "environments/sample.ts: 'recovery.survives' must be less than 2, the number of regions of the environment, " +
        "got 2; lower it to 1, or add a region",
    ]);
  });

  it("refuses to survive the loss of every region of a service", () => {
    expect(refusals(sampleService({ regions: ["eu-west-1"] }))).toEqual([
      "environments/sample.ts: 'recovery.survives' must be less than 1, the number of regions of service 'web', " +
        "got 1; lower it to 0, or add a region",
    ]);
  });

  it("refuses a minimum above the maximum", () => {
    expect(refusals(sampleService({ capacity: { minimum: 5, maximum: 4 } }))).toEqual([
      "environments/sample.ts: 'services.web.capacity.minimum' must be at most 'maximum', which is 4, " +
        "got 5; lower it, or raise 'maximum'",
    ]);
  });

  it("refuses a schedule with a minimum above the maximum", () => {
    const schedules = [{ name: "night", schedule: "rate(1 day)", minimum: 2, maximum: 1 }];

    expect(refusals(sampleService({ scaling: { schedules } }))).toEqual([
      "environments/sample.ts: 'services.web.scaling.schedules.0.minimum' must be at most 'maximum', which is 1, " +
        "got 2; lower it, or raise 'maximum'",
    ]);
  });
});
