import { rolloutWaves } from "../../../cli/rollout/rollout";
import type { Stack } from "../../../cli/stacks/manifest";
import { wavesOf } from "../../../cli/stacks/waves";
import { devEnvironment } from "../support/fake-context";

const environment = { ...devEnvironment, regions: { "eu-west-1": {}, "us-east-1": {} } };

/** The waves of an environment's stacks by layer, where these stand already. */
function wavesWhere(...standing: readonly string[]): string[][] {
  const dependencies = {
    bootstrap: [],
    foundation: ["bootstrap"],
    "eu-west-1-network": ["bootstrap"],
    "us-east-1-network": ["bootstrap"],
    "eu-west-1": ["eu-west-1-network", "foundation"],
    "us-east-1": ["us-east-1-network", "foundation"],
    edge: ["eu-west-1", "us-east-1"],
  };
  const stacks = Object.entries(dependencies).map(([layer, needs]) => ({
    name: `dev-${layer}`,
    dependencies: needs.map((need) => `dev-${need}`),
  })) as unknown as Stack[];
  const names = new Set(standing.map((layer) => `dev-${layer}`));
  return rolloutWaves(wavesOf(stacks), names, environment).map((wave) =>
    wave.map(({ name }) => name.slice("dev-".length)),
  );
}

describe("rolloutWaves", () => {
  it("makes networks beside the foundation, and all regions at once, while nothing stands", () => {
    expect(wavesWhere()).toEqual([
      ["bootstrap"],
      ["eu-west-1-network", "foundation", "us-east-1-network"],
      ["eu-west-1", "us-east-1"],
      ["edge"],
    ]);
  });

  it("changes networks that stand one region after the other, as it does what stands in them, the home region last", () => {
    const all = ["eu-west-1-network", "us-east-1-network", "eu-west-1", "us-east-1"];

    expect(wavesWhere(...all)).toEqual([
      ["bootstrap"],
      ["foundation", "us-east-1-network"],
      ["eu-west-1-network"],
      ["us-east-1"],
      ["eu-west-1"],
      ["edge"],
    ]);
  });
});
