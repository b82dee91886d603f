import { check, refusals, sampleService } from "../../sample";

const lead = (property: string, got: string) =>
  `environments/sample.ts: 'services.web.routing.policy.${property}' must lead to regions of the service ` +
  `(eu-west-1, eu-central-1), got "${got}"; name one of them, or add the region to the service's 'regions'`;

describe("checkRoutingPolicies", () => {
  it.each([
    { kind: "weighted", weights: { "eu-west-1": 3, "eu-central-1": 1 } },
    { kind: "geolocation", places: { "eu-central-1": [{ country: "DE" }] }, otherwise: "eu-west-1" },
    { kind: "geoproximity", bias: { "eu-west-1": 20 } },
    { kind: "ip-based", networks: { "eu-west-1": ["192.0.2.0/24"] }, otherwise: "eu-central-1" },
  ] as const)("takes $kind routing over the service's regions", (policy) => {
    expect(check(sampleService({ routing: { policy } }))).toHaveLength(1);
  });

  it("refuses regions that the service does not run in", () => {
    const policy = {
      kind: "geolocation",
      places: { "us-east-1": [{ continent: "NA" }] },
      otherwise: "ap-south-1",
    } as const;

    expect(refusals(sampleService({ routing: { policy } }))).toEqual([
      lead("places", "us-east-1"),
      lead("otherwise", "ap-south-1"),
    ]);
  });

  it("refuses weights that leave a region out", () => {
    const policy = { kind: "weighted", weights: { "eu-west-1": 3 } } as const;

    expect(refusals(sampleService({ routing: { policy } }))).toEqual([
      "environments/sample.ts: 'services.web.routing.policy.weights.eu-central-1' must be given, as every region of the " +
        "service has a weight, got nothing; add it; 0 takes the region out",
    ]);
  });

  it("refuses weights that are all zero", () => {
    const weights = { "eu-west-1": 0, "eu-central-1": 0 };

    expect(refusals(sampleService({ routing: { policy: { kind: "weighted", weights } } }))).toEqual([
      "environments/sample.ts: 'services.web.routing.policy.weights' must give one region a weight above 0, " +
        'got {"eu-west-1":0,"eu-central-1":0}; raise the weight of the region that serves',
    ]);
  });
});
