import { frankfurt, ireland, refusals, sample } from "../../sample";

const withZones = (zones: string[]) =>
  sample({ regions: { "eu-west-1": ireland({ zones }), "eu-central-1": frankfurt() } });

describe("checkZones", () => {
  it("refuses a zone of another region", () => {
    expect(refusals(withZones(["eu-west-1a", "eu-west-2b"]))).toEqual([
      "environments/sample.ts: 'regions.eu-west-1.zones.1' must be a zone of eu-west-1 " +
        "(eu-west-1a, eu-west-1b, eu-west-1c), got \"eu-west-2b\"; write 'eu-west-1b', the nearest one",
    ]);
  });

  it("refuses one zone, because a load balancer needs two", () => {
    expect(refusals(withZones(["eu-west-1a"]))).toEqual([
      "environments/sample.ts: 'regions.eu-west-1.zones' must hold at least 2 zones, because a load balancer needs " +
        'them, got ["eu-west-1a"]; add one of eu-west-1b, eu-west-1c',
    ]);
  });

  it("refuses a zone that is named twice", () => {
    expect(refusals(withZones(["eu-west-1a", "eu-west-1b", "eu-west-1a"]))).toEqual([
      "environments/sample.ts: 'regions.eu-west-1.zones.2' must be named once, got \"eu-west-1a\"; " +
        "name another zone, or remove the repetition",
    ]);
  });
});
