import * as fc from "fast-check";

import { pascalCase, resourceName } from "../../core";

describe("resourceName", () => {
  it("keeps a name that fits as it reads", () => {
    expect(resourceName(32, "prod", "eu-west-1", "web")).toBe("prod-eu-west-1-web");
  });

  it("cuts a long name and closes it with a hash of the whole", () => {
    expect(resourceName(32, "prod", "eu-central-1", "recommendations")).toMatch(
      /^prod-eu-central-1-recom-[0-9a-f]{8}$/,
    );
  });

  it("stays within the limit, never ends in a hyphen, and keeps different names distinct", () => {
    const word = fc.stringMatching(/^[a-z]{1,60}$/);
    fc.assert(
      fc.property(word, word, fc.integer({ min: 16, max: 64 }), (first, second, limit) => {
        const [a, b] = [resourceName(limit, "prod", first), resourceName(limit, "prod", second)];
        expect(a.length).toBeLessThanOrEqual(limit);
        expect(a).not.toMatch(/-$/);
        expect(a === b).toBe(first === second);
      }),
    );
  });
});

describe("pascalCase", () => {
  it.each([
    ["eu-west-1", "EuWest1"],
    ["web", "Web"],
    ["team/image_builder", "TeamImageBuilder"],
  ])("writes %s as %s", (text, expected) => {
    expect(pascalCase(text)).toBe(expected);
  });
});
