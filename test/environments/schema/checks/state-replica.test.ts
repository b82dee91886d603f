import { check, ireland, refusals, sample } from "../../sample";

const beijing = { ipv4CidrBlock: "10.5.0.0/16", zones: ["cn-north-1a", "cn-north-1b"] };
const survivesNone = { recovery: { rtoSeconds: 156, survives: 0 } } as const;

describe("checkStateReplica", () => {
  it("refuses the home region", () => {
    expect(refusals(sample({ state: { replicaRegion: "eu-west-1" } }))).toEqual([
      "environments/sample.ts: 'state.replicaRegion' must differ from the home region, so that the state outlives it, " +
        'got "eu-west-1"; choose another region, or leave it out for the default',
    ]);
  });

  it("refuses a region that AWS does not have", () => {
    expect(refusals(sample({ state: { replicaRegion: "eu-west-9" } }))).toEqual([
      "environments/sample.ts: 'state.replicaRegion' must be an AWS region, got \"eu-west-9\"; " +
        "write 'eu-west-1', the nearest one",
    ]);
  });

  it("refuses a region of another partition", () => {
    expect(refusals(sample({ state: { replicaRegion: "cn-north-1" } }))).toEqual([
      "environments/sample.ts: 'state.replicaRegion' must lie in partition aws, as the home region does, " +
        'got "cn-north-1"; choose a region of that partition, or leave it out for the default',
    ]);
  });

  it("replicates to the first other region of the environment by default", () => {
    expect(check(sample())[0]?.state.replicaRegion).toBe("eu-central-1");
  });

  it.each([
    ["eu-west-1", ireland(), "us-east-1"],
    ["cn-north-1", beijing, "cn-northwest-1"],
    ["eu-west-2", ireland({ zones: ["eu-west-2a", "eu-west-2b"] }), "eu-west-1"],
  ])("replicates the state of %s alone to a fixed neighbour", (homeRegion, region, replica) => {
    const input = sample({ homeRegion, regions: { [homeRegion]: region }, ...survivesNone });

    expect(check(input)[0]?.state.replicaRegion).toBe(replica);
  });
});
