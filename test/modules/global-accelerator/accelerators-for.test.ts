import fc from "fast-check";

import { acceleratorsFor, listenersWithin, type ListenerOptions } from "../../../modules/global-accelerator";

const regions = ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "ap-northeast-1"];

describe("acceleratorsFor", () => {
  it("gives jurisdictions with the same regions one accelerator, named after the first", () => {
    expect(
      acceleratorsFor({
        eu: ["eu-west-1", "eu-central-1"],
        us: ["us-east-1"],
        uk: ["eu-central-1", "eu-west-1", "eu-west-1"],
      }),
    ).toEqual([
      { name: "eu", jurisdictions: ["eu", "uk"], regions: ["eu-central-1", "eu-west-1"] },
      { name: "us", jurisdictions: ["us"], regions: ["us-east-1"] },
    ]);
  });

  it("serves every jurisdiction by one accelerator that knows its regions and no others", () => {
    const allowedRegions = fc.dictionary(
      fc.constantFrom("eu", "us", "uk", "jp", "ch"),
      fc.uniqueArray(fc.constantFrom(...regions), { minLength: 1 }),
    );
    fc.assert(
      fc.property(allowedRegions, (allowed) => {
        const plans = acceleratorsFor(allowed);

        for (const [jurisdiction, its] of Object.entries(allowed)) {
          const serving = plans.filter(({ jurisdictions }) => jurisdictions.includes(jurisdiction));
          expect(serving.map((plan) => plan.regions)).toEqual([[...its].sort()]);
        }
        expect(new Set(plans.map((plan) => plan.regions.join())).size).toBe(plans.length);
        expect(new Set(plans.map(({ name }) => name)).size).toBe(plans.length);
      }),
    );
  });
});

describe("listenersWithin", () => {
  it("keeps the endpoint groups of the regions and drops listeners that keep none", () => {
    const listener = (...of: string[]): ListenerOptions => ({
      protocol: "TCP",
      portRanges: [{ fromPort: 443, toPort: 443 }],
      endpointGroups: Object.fromEntries(of.map((region) => [region, { endpoints: [] }])),
    });

    expect(
      listenersWithin({ https: listener("eu-west-1", "us-east-1"), admin: listener("us-east-1") }, [
        "eu-west-1",
      ]),
    ).toEqual({ https: listener("eu-west-1") });
  });
});
