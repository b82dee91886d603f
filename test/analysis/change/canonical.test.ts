import fc from "fast-check";

import { canonicalJson, parseJsonText, sameJson } from "../../../analysis/change/canonical";
import { parsePolicy } from "../../../analysis/change/iam-policy";

describe("sameJson", () => {
  it("agrees with the canonical text, whatever the order of keys and whatever is undefined", () => {
    const value = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(undefined, null, true, 0, 1, "", "a"),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom("a", "b", "c"), tie("any")),
      ),
    })).any;
    fc.assert(
      fc.property(value, value, (left, right) => {
        expect(sameJson({ left }, { left: right })).toBe(
          canonicalJson({ left }) === canonicalJson({ left: right }),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it("knows the same members in another order for the same", () => {
    expect(sameJson({ a: 1, b: [{ c: 2, d: undefined }] }, { b: [{ c: 2 }], a: 1 })).toBe(true);
    expect(sameJson({ a: 1 }, { a: 1, b: null })).toBe(false);
  });
});

describe("parseJsonText", () => {
  it("gives each text its own value, however many are asked for between", () => {
    const texts = Array.from({ length: 9 }, (_none, index) => JSON.stringify({ index }));

    for (const round of [texts, [...texts].reverse(), texts]) {
      expect(round.map((text) => JSON.stringify(parseJsonText(text)))).toEqual(round);
    }
    expect(parseJsonText("[1")).toBeUndefined();
    expect(parseJsonText("[1")).toBeUndefined();
  });
});

describe("parsePolicy", () => {
  it("reads a policy once and gives another one its own form", () => {
    const text = (action: string): string =>
      JSON.stringify({ Statement: { Effect: "Allow", Action: action, Resource: "*" } });

    expect(parsePolicy(text("s3:GetObject"))).toBe(parsePolicy(text("s3:GetObject")));
    expect(parsePolicy(text("s3:PutObject"))?.Statement[0]?.Action).toEqual(["s3:PutObject"]);
  });
});
