import fc from "fast-check";

import type { RoutingPolicy, RoutingTarget } from "../../../modules/dns";
import { planRecordSets } from "../../../modules/dns/private/routing-plan";

const endpoints = { "eu-west-1": "eu-west-1", "eu-central-1": "eu-central-1", "us-east-1": "us-east-1" };

const { target: anyTarget } = fc.letrec<{ target: RoutingTarget; policy: RoutingPolicy }>((tie) => ({
  target: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...Object.keys(endpoints)),
    tie("policy"),
  ),
  policy: fc.oneof(
    fc.record({ kind: fc.constant("simple" as const), to: tie("target") }),
    fc.record({ kind: fc.constant("failover" as const), primary: tie("target"), secondary: tie("target") }),
    fc.record({
      kind: fc.constant("weighted" as const),
      branches: fc.dictionary(
        fc.stringMatching(/^[a-z0-9]{1,3}$/),
        fc.record({ weight: fc.nat(255), to: tie("target") }),
        { minKeys: 1, maxKeys: 4 },
      ),
    }),
  ),
}));

const anyPolicy = anyTarget.filter((target): target is RoutingPolicy => typeof target !== "string");

describe("planRecordSets", () => {
  it("gives every set a name of its own", () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        const names = planRecordSets(policy, "web.example.com", endpoints).map((set) => set.name);

        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it("puts every alias after the set that it leads to", () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        const seen = new Set<string>();
        for (const set of planRecordSets(policy, "web.example.com", endpoints)) {
          for (const { leadsTo } of set.records) {
            expect(leadsTo.kind === "endpoint" || seen.has(leadsTo.name)).toBe(true);
          }
          seen.add(set.name);
        }
      }),
    );
  });

  it("leads from the routed name to every other set", () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        const sets = planRecordSets(policy, "web.example.com", endpoints);
        const reached = sets.flatMap((set) =>
          set.records.flatMap(({ leadsTo }) => (leadsTo.kind === "record-set" ? [leadsTo.name] : [])),
        );

        expect([...reached, "web.example.com"].sort()).toEqual(sets.map((set) => set.name).sort());
      }),
    );
  });

  it("has unique keys within a set", () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        for (const set of planRecordSets(policy, "web.example.com", endpoints)) {
          const keys = set.records.map(({ key }) => key);
          expect(new Set(keys).size).toBe(keys.length);
        }
      }),
    );
  });
});
