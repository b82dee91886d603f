import * as fc from "fast-check";

import type { EnvironmentService } from "../../../cli/base/target-environment";
import { judgeReadiness, ledServices, type Observation } from "../../../cli/region/readiness";

const service = (changes: Partial<EnvironmentService> = {}): EnvironmentService => ({
  regions: ["eu-west-1", "eu-central-1", "us-east-1"],
  runtimes: { fargate: 100 },
  peakTasks: 4,
  healthCheck: { path: "/health" },
  routing: { entry: "dns", subdomain: "web", hostname: "web.example.com" },
  ...changes,
});
const seen = (region: string, serves: boolean | undefined, tasks?: number, says = "seen"): Observation => ({
  service: "web",
  region,
  says,
  ...(serves === undefined ? {} : { serves }),
  ...(tasks === undefined ? {} : { tasks }),
});
const others = ["eu-central-1", "us-east-1"];
const judge = (observations: readonly Observation[], on = others, changes = {}) =>
  judgeReadiness({ web: service(changes) }, "eu-west-1", on, observations);

describe("the readiness of the regions that stay", () => {
  it("is good where the service serves with tasks for the peak", () => {
    expect(judge([seen("eu-central-1", true, 2), seen("us-east-1", true, 2)])).toEqual([
      { result: "ok", service: "web", says: "serves in eu-central-1, us-east-1" },
    ]);
  });

  it("warns of regions that do not serve and of too few tasks", () => {
    expect(judge([seen("eu-central-1", true, 3), seen("us-east-1", false, 0, "no task runs")])).toEqual([
      {
        result: "warn",
        service: "web",
        says: "serves in eu-central-1; us-east-1: no task runs; 3 tasks run there, and the peak needs 4: until it has scaled out, which takes minutes, answers may be slow",
      },
    ]);
  });

  it("blocks where no other region serves, and where nobody knows", () => {
    expect(judge([seen("eu-central-1", false, 0, "no task runs"), seen("us-east-1", undefined)])).toEqual([
      {
        result: "block",
        service: "web",
        says: "serves nowhere else (eu-central-1: no task runs; us-east-1: seen)",
      },
    ]);
    expect(judge([])).toEqual([
      { result: "block", service: "web", says: "serves nowhere else (nothing was seen)" },
    ]);
  });

  it("takes a region for serving only when all that shares the service there does", () => {
    expect(
      judge([seen("eu-central-1", true, 4), seen("eu-central-1", false)], ["eu-central-1"]),
    ).toMatchObject([{ result: "block" }]);
  });

  it("counts no region that is out itself", () => {
    expect(judge([seen("eu-central-1", true, 4)], ["us-east-1"])).toMatchObject([{ result: "block" }]);
    expect(judge([seen("eu-central-1", true, 4)], [])).toEqual([
      {
        result: "warn",
        service: "web",
        says: "has no other region that is on: Route 53 goes on answering with eu-west-1",
      },
    ]);
  });

  it("is not asked of services that are private or elsewhere", () => {
    const routing = { ...service().routing, entry: "private" as const };
    const services = {
      web: service(),
      ledger: service({ routing }),
      far: service({ regions: ["us-east-1"] }),
    };

    expect(Object.keys(ledServices(services, "eu-west-1"))).toEqual(["web"]);
  });

  it("never says that users find a service which was seen to serve nowhere", () => {
    const observation = fc.record({
      service: fc.constant("web"),
      region: fc.constantFrom("eu-west-1", ...others),
      serves: fc.constantFrom(undefined, false),
      tasks: fc.option(fc.nat(9), { nil: undefined }),
      says: fc.string(),
    }) as fc.Arbitrary<Observation>;
    fc.assert(
      fc.property(fc.array(observation), fc.subarray(others, { minLength: 1 }), (observations, on) => {
        expect(judge(observations, on).map(({ result }) => result)).toEqual(["block"]);
      }),
    );
  });
});
