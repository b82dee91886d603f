import { check, frankfurt, ireland, refusals, sample, service } from "../../sample";

const on = { rtoSeconds: 156, survives: 0, routingControls: {} } as const;

describe("routing controls", () => {
  it("keep one region on and wait five seconds by default", () => {
    const [environment] = check(sample({ recovery: on }));

    expect(environment?.recovery.routingControls).toEqual({ minimumOn: 1, waitPeriodSeconds: 5 });
    expect(check(sample())[0]?.recovery.routingControls).toBeUndefined();
  });

  it("are refused where there is nowhere to lead users to", () => {
    expect(refusals(sample({ recovery: on, regions: { "eu-west-1": ireland() }, services: {} }))).toContain(
      "environments/sample.ts: 'recovery.routingControls' must go with 2 to 10 regions, got 1; remove it, or add a region that users can be led to",
    );
  });

  it("are refused where no region could be taken out", () => {
    expect(refusals(sample({ recovery: { ...on, routingControls: { minimumOn: 2 } } }))).toEqual([
      "environments/sample.ts: 'recovery.routingControls.minimumOn' must be less than the number of regions, 2, got 2; lower it, so that a region can be taken out",
    ]);
  });

  it("are refused where an accelerator is the only entry", () => {
    expect(
      refusals(
        sample({
          recovery: on,
          accelerator: { onlyEntry: true },
          services: { web: service({ routing: { entry: "accelerator" } }) },
        }),
      ),
    ).toEqual([
      "environments/sample.ts: 'recovery.routingControls' must be left out where 'accelerator.onlyEntry' is true: an accelerator follows no routing control, got {\"minimumOn\":1,\"waitPeriodSeconds\":5}; remove one of the two; beside 'onlyEntry' traffic dials take a region out",
    ]);
  });

  it("are refused outside of the partition aws", () => {
    const regions = {
      "cn-north-1": ireland({ zones: ["cn-north-1a", "cn-north-1b"] }),
      "cn-northwest-1": frankfurt({ zones: ["cn-northwest-1a", "cn-northwest-1b"] }),
    };

    expect(refusals(sample({ recovery: on, homeRegion: "cn-north-1", regions }))).toContain(
      "environments/sample.ts: 'recovery.routingControls' must be left out outside of the partition aws, where it is untested, got \"cn-north-1\"; remove it",
    );
  });
});
