import fc from "fast-check";

import { prove } from "../../../analysis/resilience";
import { deathsOf } from "../../../analysis/resilience/outcome";
import { scenariosOf } from "../../../analysis/resilience/truth/table";
import {
  checkOf,
  edgeStack,
  record,
  regionStack,
  type Resources,
  synthesized,
  toRegion,
} from "./support/platform";

const regions = ["eu-west-1", "eu-central-1", "us-east-1"] as const;
type Region = (typeof regions)[number];

/** A name and its records, as Route 53 would be told them: a region, or another name below it. */
type Tree =
  | { readonly kind: "region"; readonly region: Region; readonly isChecked: boolean }
  | { readonly kind: "failover"; readonly isChecked: boolean; readonly pair: readonly [Tree, Tree] }
  | { readonly kind: "weighted"; readonly parts: readonly { readonly weight: number; readonly tree: Tree }[] }
  | {
      readonly kind: "latency";
      readonly branches: readonly { readonly near: Region; readonly tree: Tree }[];
    };

const { tree } = fc.letrec<{ tree: Tree; leaf: Tree }>((tie) => ({
  leaf: fc.record({
    kind: fc.constant("region" as const),
    region: fc.constantFrom(...regions),
    isChecked: fc.boolean(),
  }),
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    fc.record({
      kind: fc.constant("failover" as const),
      isChecked: fc.boolean(),
      pair: fc.tuple(tie("tree"), tie("tree")),
    }),
    fc.record({
      kind: fc.constant("weighted" as const),
      parts: fc.array(fc.record({ weight: fc.integer({ min: 0, max: 2 }), tree: tie("tree") }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    fc.record({
      kind: fc.constant("latency" as const),
      branches: fc.uniqueArray(fc.record({ near: fc.constantFrom(...regions), tree: tie("tree") }), {
        minLength: 1,
        maxLength: 3,
        selector: ({ near }) => near,
      }),
    }),
  ),
}));

/** Writes a tree as records: each name below another is an alias that evaluates its target. */
function recordsOf(root: Tree): Resources[string] {
  const records: Resources[string] = {};
  let names = 0;
  const write = (name: string, branch: Tree): void => {
    const add = (body: Record<string, unknown>): void => {
      records[`r${Object.keys(records).length}`] = record(name, body);
    };
    const to = (next: Tree): Record<string, unknown> => {
      if (next.kind === "region") {
        return {
          ...toRegion(next.region),
          ...(next.isChecked ? { health_check_id: `\${aws_route53_health_check.${next.region}.id}` } : {}),
        };
      }
      names += 1;
      const below = `n${names}.example.com`;
      write(below, next);
      return { alias: { name: below, evaluate_target_health: true } };
    };
    switch (branch.kind) {
      case "region":
        add(to(branch));
        return;
      case "failover":
        branch.pair.forEach((next, position) => {
          const type = position === 0 ? "PRIMARY" : "SECONDARY";
          add({ ...to(next), set_identifier: type, failover_routing_policy: { type } });
        });
        return;
      case "weighted":
        branch.parts.forEach(({ weight, tree: next }, position) => {
          add({ ...to(next), set_identifier: `${position}`, weighted_routing_policy: { weight } });
        });
        return;
      case "latency":
        branch.branches.forEach(({ near, tree: next }) => {
          add({ ...to(next), set_identifier: near, latency_routing_policy: { region: near } });
        });
    }
  };
  write("web.example.com", root);
  return records;
}

/** Whether Route 53 takes a branch for healthy, read straight from its documentation. */
function isHealthy(branch: Tree, lost: ReadonlySet<string>): boolean {
  switch (branch.kind) {
    case "region":
      return !branch.isChecked || !lost.has(branch.region);
    case "failover":
      return branch.pair.some((next) => isHealthy(next, lost));
    case "weighted":
      return branch.parts.some(({ tree: next }) => isHealthy(next, lost));
    case "latency":
      return branch.branches.some(({ tree: next }) => isHealthy(next, lost));
  }
}

/** The regions that clients near a region may be led to while some are lost, one scenario at a time. */
function ledTo(branch: Tree, near: Region, lost: ReadonlySet<string>): ReadonlySet<Region> {
  const all = (trees: readonly Tree[]): ReadonlySet<Region> =>
    new Set(trees.flatMap((next) => [...ledTo(next, near, lost)]));
  const alive = (next: Tree): boolean => isHealthy(next, lost);
  switch (branch.kind) {
    case "region":
      return new Set([branch.region]);
    case "failover": {
      const [primary, secondary] = branch.pair;
      return ledTo(!alive(primary) && alive(secondary) ? secondary : primary, near, lost);
    }
    case "weighted": {
      const heavy = branch.parts.filter(({ weight }) => weight > 0).map((part) => part.tree);
      const light = branch.parts.filter(({ weight }) => weight === 0).map((part) => part.tree);
      const [healthyHeavy, healthyLight] = [heavy.filter(alive), light.filter(alive)];
      if (healthyHeavy.length > 0) {
        return all(healthyHeavy);
      }
      return all(healthyLight.length > 0 ? healthyLight : heavy.length > 0 ? heavy : light);
    }
    case "latency": {
      const nearest = branch.branches.filter((each) => each.near === near).map((each) => each.tree);
      const others = branch.branches.filter((each) => each.near !== near).map((each) => each.tree);
      if (nearest.some(alive)) {
        return all(nearest);
      }
      const healthy = others.filter(alive);
      return all(healthy.length > 0 ? healthy : nearest.length > 0 ? nearest : others);
    }
  }
}

describe("The failover proof", () => {
  it("leads clients where a second, scalar reading of Route 53's rules leads them", () => {
    fc.assert(
      fc.property(tree, (root) => {
        const edge = edgeStack(regions, recordsOf(root), {
          aws_route53_health_check: Object.fromEntries(regions.map((region) => [region, checkOf(region)])),
        });
        const stacks = {
          ...Object.fromEntries(regions.map((region) => [region, regionStack(region)])),
          edge,
        };
        const proof = prove(synthesized(stacks), {
          rtoSeconds: 120,
          survives: 1,
          services: [{ name: "web", hostname: "web.example.com", path: "/health" }],
        });
        const [web] = proof.services;
        web?.outlooks.forEach((outlook) => {
          const { place, answers } = outlook;
          const deaths = deathsOf(proof, web, outlook);
          proof.scenarios.list.forEach(({ failures }, scenario) => {
            if (failures.some(({ kind }) => kind !== "region")) {
              return;
            }
            const lost = new Set(failures.map((failure) => ("region" in failure ? failure.region : "")));
            const expected = ledTo(root, place.region as Region, lost);
            const holds = (table: Uint32Array): boolean => scenariosOf(table).includes(scenario);
            const may = answers.filter(({ when }) => holds(when.may)).map(({ leaf }) => leaf.region);
            const must = answers.filter(({ when }) => holds(when.must)).map(({ leaf }) => leaf.region);

            expect([...new Set(may)].sort()).toEqual([...expected].sort());
            expect(must.filter((region) => !expected.has(region as Region))).toEqual([]);
            const dead = [...expected].filter((region) => lost.has(region));
            const isElsewhere = answers.some(({ leaf }) => !lost.has(leaf.region ?? ""));
            expect(holds(deaths.possible)).toBe(dead.length > 0 && isElsewhere);
            expect(dead.length === expected.size && isElsewhere ? holds(deaths.certain) : true).toBe(true);
          });
        });
      }),
      { numRuns: 100 },
    );
  });
});
