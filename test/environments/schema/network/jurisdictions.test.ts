import { check, refusals, sample, service } from "../../sample";

const jurisdictions = { de: ["eu-central-1"] };

describe("checkJurisdictions", () => {
  it("runs a service in the regions of its jurisdiction", () => {
    const services = {
      web: service({ jurisdiction: "de", peakTasks: 0 + 1, capacity: { minimum: 2, maximum: 4 } }),
    };
    const [environment] = check(
      sample({ jurisdictions, services, recovery: { rtoSeconds: 156, survives: 0 } }),
    );

    expect(environment?.services.web?.regions).toEqual(["eu-central-1"]);
  });

  it("refuses a jurisdiction that nobody described", () => {
    expect(refusals(sample({ jurisdictions, services: { web: service({ jurisdiction: "dee" }) } }))).toEqual([
      "environments/sample.ts: 'services.web.jurisdiction' must be one of the environment's jurisdictions, got \"dee\"; " +
        "write 'de', or add it to 'jurisdictions'",
    ]);
  });

  it("says how to describe the first one", () => {
    expect(refusals(sample({ services: { web: service({ jurisdiction: "de" }) } }))).toEqual([
      "environments/sample.ts: 'services.web.jurisdiction' must be one of the environment's jurisdictions, got \"de\"; " +
        "add it to 'jurisdictions' with the regions that it allows",
    ]);
  });

  it("refuses a service that leaves its jurisdiction", () => {
    const web = service({ jurisdiction: "de", regions: ["eu-central-1", "eu-west-1"] });

    expect(refusals(sample({ jurisdictions, services: { web } }))).toEqual([
      "environments/sample.ts: 'services.web.regions.1' must be a region of its jurisdiction 'de' (eu-central-1), " +
        "got \"eu-west-1\"; remove the region, or allow it in 'jurisdictions'",
    ]);
  });

  it("refuses a region that the environment does not have", () => {
    expect(refusals(sample({ jurisdictions: { us: ["us-east-1"] } }))).toEqual([
      "environments/sample.ts: 'jurisdictions.us.0' must be one of the environment's regions (eu-west-1, eu-central-1), " +
        "got \"us-east-1\"; write 'eu-west-1', or add the region to 'regions'",
    ]);
  });
});
