import { frankfurt, ireland, refusals, sample, sampleService } from "../../sample";

describe("checkRegions", () => {
  it("refuses a region that AWS does not have and names the nearest", () => {
    expect(refusals(sample({ regions: { "eu-west-1": ireland(), "eu-centrl-1": frankfurt() } }))).toEqual([
      "environments/sample.ts: 'regions.eu-centrl-1' must be an AWS region, got \"eu-centrl-1\"; " +
        "write 'eu-central-1', the nearest one",
    ]);
  });

  it("refuses an environment without regions", () => {
    expect(refusals(sample({ regions: {}, services: {} }))).toEqual([
      "environments/sample.ts: 'regions' must hold at least one region, got {}; add the home region",
    ]);
  });

  it("refuses a home region that is not among the regions", () => {
    expect(refusals(sample({ homeRegion: "eu-west-2" }))).toEqual([
      "environments/sample.ts: 'homeRegion' must be one of the environment's regions (eu-west-1, eu-central-1), " +
        "got \"eu-west-2\"; write 'eu-west-1', or add the region to 'regions'",
    ]);
  });

  it("refuses regions of two partitions", () => {
    const beijing = { ipv4CidrBlock: "10.5.0.0/16", zones: ["cn-north-1a", "cn-north-1b"] };

    expect(refusals(sample({ regions: { "eu-west-1": ireland(), "cn-north-1": beijing } }))).toEqual([
      "environments/sample.ts: 'regions' must lie in one partition, because an account does, " +
        'got {"eu-west-1":"aws","cn-north-1":"aws-cn"}; describe each partition in an environment of its own',
    ]);
  });

  it("refuses a service in a region that the environment lacks", () => {
    expect(refusals(sampleService({ regions: ["eu-west-1", "us-east-1"] }))).toEqual([
      "environments/sample.ts: 'services.web.regions.1' must be one of the environment's regions " +
        "(eu-west-1, eu-central-1), got \"us-east-1\"; write 'eu-west-1', or add the region to 'regions'",
    ]);
  });

  it("refuses a service that names a region twice", () => {
    expect(refusals(sampleService({ regions: ["eu-west-1", "eu-west-1"] }))).toEqual([
      "environments/sample.ts: 'services.web.regions.1' must be named once, got \"eu-west-1\"; remove the repetition",
    ]);
  });

  it("refuses a service without regions", () => {
    expect(refusals(sampleService({ regions: [] }))).toEqual([
      "environments/sample.ts: 'services.web.regions' must hold at least one region, got []; " +
        "name the regions, or leave it out for all of them",
    ]);
  });
});
