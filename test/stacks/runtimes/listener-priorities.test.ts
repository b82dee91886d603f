import * as fc from "fast-check";

import { listenerPriorities } from "../../../stacks/runtimes/listener-priorities";

describe("listenerPriorities", () => {
  it("gives every service its own priority, whatever the order", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 200 }), (services) => {
        const priorities = listenerPriorities(services);
        expect(new Set(priorities.values()).size).toBe(services.length);
        expect([...priorities.values()].every((priority) => priority >= 1 && priority <= 49_000)).toBe(true);
        expect(Object.fromEntries(listenerPriorities([...services].reverse()))).toEqual(
          Object.fromEntries(priorities),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("leaves the others alone when a service comes or goes", () => {
    const before = listenerPriorities(["api", "web"]);
    const after = listenerPriorities(["admin", "api", "web"]);

    expect(after.get("api")).toBe(before.get("api"));
    expect(after.get("web")).toBe(before.get("web"));
  });
});
