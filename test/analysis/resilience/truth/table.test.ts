import fc from "fast-check";

import { holdsIn, isEmpty, scenariosOf, Tables } from "../../../../analysis/resilience/truth/table";

const size = fc.integer({ min: 1, max: 100 });

/** Tables of one size with the scenarios that they hold in. */
const sets = size.chain((length) =>
  fc.record({
    length: fc.constant(length),
    members: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: length - 1 })), {
      minLength: 1,
      maxLength: 6,
    }),
  }),
);

describe("Tables", () => {
  it("decide every scenario as sets do", () => {
    fc.assert(
      fc.property(sets, ({ length, members }) => {
        const tables = new Tables(length);
        const [left = [], right = []] = members;
        const [one, other] = [left, right].map((set) => tables.of((scenario) => set.includes(scenario)));
        if (one === undefined || other === undefined) {
          throw new Error("there are two tables");
        }
        for (let scenario = 0; scenario < length; scenario += 1) {
          const [a, b] = [left.includes(scenario), right.includes(scenario)];
          expect(holdsIn(tables.and(one, other), scenario)).toBe(a && b);
          expect(holdsIn(tables.or(one, other), scenario)).toBe(a || b);
          expect(holdsIn(tables.not(one), scenario)).toBe(!a);
        }
        expect(scenariosOf(one)).toEqual([...left].sort((a, b) => a - b));
        expect(isEmpty(one)).toBe(left.length === 0);
        expect(scenariosOf(tables.not(tables.none))).toHaveLength(length);
      }),
    );
  });

  it("count how many of them hold", () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: -1, max: 7 }), ({ length, members }, threshold) => {
        const tables = new Tables(length);
        const table = tables.atLeast(
          threshold,
          members.map((set) => tables.of((scenario) => set.includes(scenario))),
        );
        for (let scenario = 0; scenario < length; scenario += 1) {
          const count = members.filter((set) => set.includes(scenario)).length;
          expect(holdsIn(table, scenario)).toBe(count >= threshold);
        }
      }),
    );
  });
});
