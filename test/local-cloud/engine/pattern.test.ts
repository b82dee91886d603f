import fc from "fast-check";
import { matches, patternProblems } from "../../../local-cloud/engine/deliveries/pattern";
import { at, inputOf } from "../../../local-cloud/engine/deliveries/transform";

const event = {
  source: "shop",
  "detail-type": "order",
  detail: {
    state: "Paid",
    price: 12.5,
    tags: ["a", "b"],
    nothing: null,
    ip: "10.0.1.7",
    ip6: "2001:db8::7",
    file: "in/pictures/cat.PNG",
    items: [{ sku: "x", count: 1 }, { sku: "y" }],
    deep: { flag: true },
  },
};

describe("An event pattern", () => {
  it.each<[string, unknown, boolean]>([
    ["a value", { source: ["shop"] }, true],
    ["another value", { source: ["store"] }, false],
    ["any of several values", { source: ["store", "shop"] }, true],
    ["every field", { source: ["shop"], "detail-type": ["refund"] }, false],
    ["any member of a list", { detail: { tags: ["b", "c"] } }, true],
    ["null", { detail: { nothing: [null] } }, true],
    ["a truth value", { detail: { deep: { flag: [true] } } }, true],
    ["a number written as text", { detail: { price: ["12.5"] } }, false],
    ["a field of objects in a list", { detail: { items: { sku: ["y"] } } }, true],
    ["a prefix", { detail: { file: [{ prefix: "in/" }] } }, true],
    ["a prefix in any case", { detail: { file: [{ prefix: { "equals-ignore-case": "IN/" } }] } }, true],
    ["a suffix", { detail: { file: [{ suffix: ".png" }] } }, false],
    ["a suffix in any case", { detail: { file: [{ suffix: { "equals-ignore-case": ".png" } }] } }, true],
    ["a text in any case", { detail: { state: [{ "equals-ignore-case": "pAID" }] } }, true],
    ["anything but a value", { detail: { state: [{ "anything-but": "Open" }] } }, true],
    ["anything but some values", { detail: { state: [{ "anything-but": ["Open", "Paid"] }] } }, false],
    ["anything but a prefix", { detail: { file: [{ "anything-but": { prefix: "out/" } }] } }, true],
    ["anything but suffixes", { detail: { file: [{ "anything-but": { suffix: [".PNG"] } }] } }, false],
    [
      "anything but a text in any case",
      { detail: { state: [{ "anything-but": { "equals-ignore-case": "PAID" } }] } },
      false,
    ],
    [
      "anything but a wildcard",
      { detail: { file: [{ "anything-but": { wildcard: "*/pictures/*" } }] } },
      false,
    ],
    ["anything but, of a field that is not there", { detail: { gone: [{ "anything-but": "x" }] } }, false],
    ["a range of numbers", { detail: { price: [{ numeric: [">", 0, "<=", 12.5] }] } }, true],
    ["a number outside of a range", { detail: { price: [{ numeric: ["<", 12.5] }] } }, false],
    ["an address in a block", { detail: { ip: [{ cidr: "10.0.0.0/16" }] } }, true],
    ["an address outside of a block", { detail: { ip: [{ cidr: "10.1.0.0/16" }] } }, false],
    ["an IPv6 address in a block", { detail: { ip6: [{ cidr: "2001:db8::/32" }] } }, true],
    ["a field that exists", { detail: { state: [{ exists: true }] } }, true],
    ["a field that does not exist", { detail: { gone: [{ exists: false }] } }, true],
    ["an object, which is no leaf", { detail: { deep: [{ exists: true }] } }, false],
    ["a wildcard", { detail: { file: [{ wildcard: "in/*/cat.*" }] } }, true],
    ["a wildcard that differs", { detail: { file: [{ wildcard: "in/*/dog.*" }] } }, false],
    [
      "one of two branches",
      { $or: [{ source: ["store"] }, { detail: { price: [{ numeric: [">", 10] }] } }] },
      true,
    ],
    [
      "a branch beside a field",
      { source: ["store"], $or: [{ source: ["shop"] }, { source: ["store"] }] },
      false,
    ],
  ])("matches %s as EventBridge does", (_, pattern, expected) => {
    expect(patternProblems(pattern)).toEqual([]);
    expect(matches(pattern, event)).toBe(expected);
  });

  it.each<[string, unknown, string[]]>([
    ["an empty pattern", {}, ["the pattern must be an object with at least one field"]],
    [
      "values outside of a list, and an empty list",
      { source: "shop", detail: { state: [] } },
      [
        'source must be an object or a list that is not empty, got "shop"',
        "detail.state must be an object or a list that is not empty, got []",
      ],
    ],
    ["an unknown operator", { source: [{ like: "x" }] }, ["source has an unrecognized match type like"]],
    [
      "operands that an operator does not take",
      { a: [{ numeric: [">"] }], b: [{ exists: "yes" }], c: [{ cidr: "10.0.0.0" }], d: [{ wildcard: "**" }] },
      [
        "a has an operand that 'numeric' does not take: [\">\"]",
        "b has an operand that 'exists' does not take: \"yes\"",
        "c has an operand that 'cidr' does not take: \"10.0.0.0\"",
        "d has an operand that 'wildcard' does not take: \"**\"",
      ],
    ],
    ["a single branch", { $or: [{ a: [1] }] }, ["$or must be a list of at least two patterns"]],
  ])("refuses %s", (_, pattern, problems) => {
    expect(patternProblems(pattern)).toEqual(problems);
  });

  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const name = fc.stringMatching(/^[a-z]{1,4}$/);

  it("matches an event that it was written from, and none without one of its fields", () => {
    fc.assert(
      fc.property(fc.dictionary(name, leaf, { minKeys: 1, maxKeys: 5 }), (fields) => {
        const pattern = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, [value]]));
        const [first = ""] = Object.keys(fields);
        const without = Object.fromEntries(Object.entries(fields).filter(([key]) => key !== first));
        return matches(pattern, { ...fields, more: 1 }) && !matches(pattern, without);
      }),
    );
  });

  it("is the opposite of itself behind anything-but, for texts that are there", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string(), { minLength: 1 }), (text, values) => {
        const is = matches({ a: values }, { a: text });
        return is !== matches({ a: [{ "anything-but": values }] }, { a: text });
      }),
    );
  });

  it("takes every text for itself and no part of it for a wildcard of another kind", () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/[*\\]/.test(text)),
        fc.string(),
        (text, more) => {
          const wild = (pattern: string, value: string): boolean =>
            matches({ a: [{ wildcard: pattern }] }, { a: value });
          return (
            wild(text, text) && wild(`${text}*`, text + more) && (more === "" || !wild(text, text + more))
          );
        },
      ),
    );
  });
});

describe("The input of a target", () => {
  const whole = {
    id: "1",
    source: "shop",
    "detail-type": "order",
    time: "2026-11-21T00:00:00Z",
    detail: { a: 'x"y', n: 1 },
  };
  const rule = { arn: "arn:aws:events:eu-west-1:123456789012:rule/r", name: "r" };

  it.each<[string, object, string]>([
    ["all of the event", {}, JSON.stringify(whole)],
    ["a constant", { Input: '{"b":2}' }, '{"b":2}'],
    ["a part", { InputPath: "$.detail" }, '{"a":"x\\"y","n":1}'],
    [
      "what a template of an object makes of it",
      {
        InputTransformer: {
          InputPathsMap: { a: "$.detail.a", n: "$.detail.n" },
          InputTemplate: '{"a": <a>, "t": "<n> by <aws.events.rule-name>"}',
        },
      },
      '{"a": "x\\"y", "t": "1 by r"}',
    ],
    [
      "what a template of a text makes of it",
      { InputTransformer: { InputPathsMap: { n: "$.detail.n" }, InputTemplate: '"count <n>"' } },
      '"count 1"',
    ],
  ])("is %s", (_, target, expected) => {
    expect(inputOf(target as Record<string, unknown>, whole, rule)).toBe(expected);
  });

  it("finds values by path", () => {
    expect(at({ a: { "b-c": [{ d: 1 }] } }, "$.a.b-c[0].d")).toBe(1);
    expect(at({ a: { "b c": 2 } }, "$.a['b c']")).toBe(2);
    expect(at({}, "$.a.b")).toBeUndefined();
  });
});
