import { check, refusals, refusalsOfUntyped, sample } from "../../sample";

const file = "environments/hpc/cfd.yaml";

describe("checkHpc", () => {
  it("takes a cluster in any region of the environment", () => {
    const clusters = { cfd: { file }, weather: { file, region: "eu-central-1" } };

    expect(check(sample({ hpc: { clusters } }))).toHaveLength(1);
  });

  it("refuses a cluster in a region that the environment does not have", () => {
    expect(refusals(sample({ hpc: { clusters: { cfd: { file, region: "eu-west-2" } } } }))).toEqual([
      "environments/sample.ts: 'hpc.clusters.cfd.region' must be one of the environment's regions (eu-west-1, eu-central-1), " +
        "got \"eu-west-2\"; write 'eu-west-1', or add the region to 'regions'",
    ]);
  });

  it("refuses a name that AWS would not take, and a file elsewhere", () => {
    expect(refusalsOfUntyped({ hpc: { clusters: { CFD: { file }, cfd: { file: "../cfd.yaml" } } } })).toEqual(
      [
        "environments/sample.ts: 'hpc.clusters.CFD' must be at most 27 lower-case letters, digits and single hyphens, " +
          'starting with a letter, got "CFD"; shorten or respell the name',
        "environments/sample.ts: 'hpc.clusters.cfd.file' must be a YAML file in environments/hpc, " +
          'got "../cfd.yaml"; write it like "environments/hpc/cfd.yaml"',
      ],
    );
  });
});
