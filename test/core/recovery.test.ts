import {
  clientKeepAliveSecondsFor,
  fastestRoute53RtoSeconds,
  healthCheckTimingFor,
  worstCaseFailoverSeconds,
} from "../../core";

describe("recovery", () => {
  it.each([
    [30, 3, 156],
    [30, 2, 126],
    [10, 3, 96],
    [10, 2, 86],
  ] as const)(
    "checks every %i s failing %i times keep the worst case at %i s",
    (interval, threshold, seconds) => {
      expect(
        worstCaseFailoverSeconds({ requestIntervalSeconds: interval, failureThreshold: threshold }),
      ).toBe(seconds);
    },
  );

  it("chooses the cheapest checks that keep the target", () => {
    expect(healthCheckTimingFor(300)).toEqual({ requestIntervalSeconds: 30, failureThreshold: 3 });
    expect(healthCheckTimingFor(155)).toEqual({ requestIntervalSeconds: 30, failureThreshold: 2 });
    expect(healthCheckTimingFor(125)).toEqual({ requestIntervalSeconds: 10, failureThreshold: 3 });
    expect(healthCheckTimingFor(86)).toEqual({ requestIntervalSeconds: 10, failureThreshold: 2 });
  });

  it("has no checks for a target below the reach of DNS", () => {
    expect(fastestRoute53RtoSeconds).toBe(86);
    expect(healthCheckTimingFor(85)).toBeUndefined();
  });

  it("keeps connections no longer than the target, within what a load balancer accepts", () => {
    expect(clientKeepAliveSecondsFor(156)).toBe(156);
    expect(clientKeepAliveSecondsFor(10)).toBe(60);
    expect(clientKeepAliveSecondsFor(1_000_000)).toBe(604_800);
  });
});
