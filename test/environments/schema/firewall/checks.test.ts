import { check, refusals, sample, sampleService, service } from "../../sample";

const remedy = "raise it: a health checker that the firewall blocks reports the region as unhealthy";

describe("checkFirewall", () => {
  it("takes a limit that the health checkers stay under", () => {
    expect(check(sample({ firewall: { requestsPerFiveMinutes: 10 } }))).toHaveLength(1);
  });

  it("takes blocked countries that leave three regions of health checkers", () => {
    expect(check(sample({ firewall: { blockedCountries: ["US", "BR", "KP"] } }))).toHaveLength(1);
  });

  it("refuses a limit that the health checkers would exceed", () => {
    const services = { web: service(), api: service() };

    expect(refusals(sample({ services, firewall: { requestsPerFiveMinutes: 19 } }))).toEqual([
      "environments/sample.ts: 'firewall.requestsPerFiveMinutes' must be at least 20, which one health checker of " +
        `Route 53 asks for in that time, got 19; ${remedy}`,
    ]);
  });

  it("counts the checks of an accelerator as well, which come to the nearest region", () => {
    const entered = sampleService({ routing: { entry: "accelerator" } });

    expect(refusals({ ...entered, firewall: { requestsPerFiveMinutes: 19 } })).toEqual([
      "environments/sample.ts: 'firewall.requestsPerFiveMinutes' must be at least 20, which one health checker of " +
        `Route 53 asks for in that time, got 19; ${remedy}`,
    ]);
  });

  it("counts no services that only networks enter", () => {
    const ledger = service({ routing: { entry: "private" } });
    const services = { web: service(), ledger };
    const privateDns = { zone: "internal.example.com" };

    expect(check(sample({ services, privateDns, firewall: { requestsPerFiveMinutes: 10 } }))).toHaveLength(1);
  });

  it("asks for nothing where load balancers are private, which Route 53 does not ask", () => {
    const entered = sampleService({ routing: { entry: "accelerator" } });

    expect(
      check({ ...entered, accelerator: { onlyEntry: true }, firewall: { requestsPerFiveMinutes: 10 } }),
    ).toHaveLength(1);
  });

  it("leaves a recovery time that no check keeps to the rule about it", () => {
    expect(
      refusals(
        sample({ recovery: { rtoSeconds: 10, survives: 1 }, firewall: { requestsPerFiveMinutes: 10 } }),
      ),
    ).toEqual([expect.stringContaining("'recovery.rtoSeconds' must be at least")]);
  });

  it("refuses blocked countries that leave too few health checkers", () => {
    const blockedCountries = ["US", "BR", "JP", "SG"];

    expect(refusals(sample({ firewall: { blockedCountries } }))).toEqual([
      "environments/sample.ts: 'firewall.blockedCountries' must leave at least three regions of Route 53's health " +
        'checkers, got ["US","BR","JP","SG"]; allow more of AU, BR, IE, JP, SG and US',
    ]);
  });
});
