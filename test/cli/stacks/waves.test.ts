import fc from "fast-check";

import { reversed, runLimited, selectStacks, wavesOf } from "../../../cli/stacks/waves";

const stacks = [
  { name: "dev-edge", dependencies: ["dev-eu", "dev-us", "dev-foundation"] },
  { name: "dev-us", dependencies: ["dev-foundation"] },
  { name: "dev-eu", dependencies: ["dev-foundation"] },
  { name: "dev-foundation", dependencies: ["dev-bootstrap"] },
  { name: "dev-bootstrap", dependencies: [] },
];

const namesOf = (waves: { name: string }[][]): string[][] =>
  waves.map((wave) => wave.map(({ name }) => name));

describe("wavesOf", () => {
  it("puts a stack in the first wave after all it depends on", () => {
    expect(namesOf(wavesOf(stacks))).toEqual([
      ["dev-bootstrap"],
      ["dev-foundation"],
      ["dev-eu", "dev-us"],
      ["dev-edge"],
    ]);
  });

  it("ignores dependencies that were not chosen", () => {
    expect(namesOf(wavesOf(stacks.filter(({ name }) => name !== "dev-foundation")))).toEqual([
      ["dev-bootstrap", "dev-eu", "dev-us"],
      ["dev-edge"],
    ]);
  });

  it("turns round for a destroy", () => {
    expect(namesOf(wavesOf(reversed(stacks)))).toEqual([
      ["dev-edge"],
      ["dev-eu", "dev-us"],
      ["dev-foundation"],
      ["dev-bootstrap"],
    ]);
  });

  it("refuses a circle", () => {
    const circle = [
      { name: "a", dependencies: ["b"] },
      { name: "b", dependencies: ["a"] },
    ];

    expect(() => wavesOf(circle)).toThrow("these stacks depend on each other in a circle: a, b");
  });

  it("keeps every stack once and never before what it depends on", () => {
    const graph = fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 5 }), { maxLength: 30 }).map((edges) =>
      edges.map((targets, index) => ({
        name: `s${index}`,
        dependencies: targets.filter((target) => target < index).map((target) => `s${target}`),
      })),
    );

    fc.assert(
      fc.property(graph, (items) => {
        const order = wavesOf(items).map((wave) => wave.map(({ name }) => name));
        const waveOf = (name: string): number => order.findIndex((wave) => wave.includes(name));

        expect(order.flat().sort()).toEqual(items.map(({ name }) => name).sort());
        for (const { name, dependencies } of items) {
          dependencies.forEach((dependency) => {
            expect(waveOf(dependency)).toBeLessThan(waveOf(name));
          });
        }
      }),
    );
  });
});

describe("selectStacks", () => {
  it("takes all stacks without a glob and the union of several", () => {
    expect(selectStacks(stacks)).toHaveLength(5);
    expect(selectStacks(stacks, ["dev-e*", "*-us"]).map(({ name }) => name)).toEqual([
      "dev-edge",
      "dev-us",
      "dev-eu",
    ]);
  });

  it("refuses a glob that matches nothing", () => {
    expect(() => selectStacks(stacks, ["prod-*"])).toThrow("No stack matches 'prod-*'.");
  });
});

describe("runLimited", () => {
  it("runs no more than the limit at once and keeps the order of results", async () => {
    let running = 0;
    let most = 0;

    const results = await runLimited([30, 5, 20, 10, 1], 2, async (milliseconds) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      running -= 1;
      return milliseconds;
    });

    expect(most).toBe(2);
    expect(results).toEqual([30, 5, 20, 10, 1]);
  });
});
