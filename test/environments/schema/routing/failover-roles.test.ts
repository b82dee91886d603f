import { check, frankfurt, ireland, refusals, sample, service, virginia } from "../../sample";

const failover = { policy: "failover" } as const;

const refusalFor = (roles: string) =>
  "environments/sample.ts: 'services.web.routing.policy' must be 'failover' only over one primary and one secondary " +
  `region, got ${roles}; give two regions 'role' "primary" and "secondary" and name them in 'services.web.regions', ` +
  "or use 'latency'";

describe("checkFailoverRoles", () => {
  it("takes one primary and one secondary region", () => {
    expect(check(sample({ services: { web: service({ routing: failover }) } }))).toHaveLength(1);
  });

  it("refuses failover without a secondary region", () => {
    const regions = { "eu-west-1": ireland(), "eu-central-1": frankfurt({ role: undefined }) };

    expect(refusals(sample({ regions, services: { web: service({ routing: failover }) } }))).toEqual([
      refusalFor('{"eu-west-1":"primary","eu-central-1":"no role"}'),
    ]);
  });

  it("refuses failover with two primary regions", () => {
    const regions = { "eu-west-1": ireland(), "eu-central-1": frankfurt({ role: "primary" }) };

    expect(refusals(sample({ regions, services: { web: service({ routing: failover }) } }))).toEqual([
      refusalFor('{"eu-west-1":"primary","eu-central-1":"primary"}'),
    ]);
  });

  it("refuses a further region, which would never be sent to", () => {
    const regions = { "eu-west-1": ireland(), "eu-central-1": frankfurt(), "us-east-1": virginia() };

    expect(refusals(sample({ regions, services: { web: service({ routing: failover }) } }))).toEqual([
      refusalFor('{"eu-west-1":"primary","eu-central-1":"secondary","us-east-1":"no role"}'),
    ]);
  });

  it("takes latency routing without roles", () => {
    const regions = {
      "eu-west-1": ireland({ role: undefined }),
      "eu-central-1": frankfurt({ role: undefined }),
    };

    expect(check(sample({ regions }))).toHaveLength(1);
  });
});
