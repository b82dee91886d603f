import { gzipSync } from "node:zlib";

import fc from "fast-check";

import { redactPlan, Scrubber, scrubberFor, secretsOf } from "../../../analysis/redact";
import { encodings } from "../support/encodings";
import { canary } from "../support/hostile-plans";

describe("Secrets of a plan", () => {
  it("are found wherever they are marked", () => {
    const plan = {
      resource_changes: [
        {
          address: "a.b",
          type: "a",
          change: {
            actions: ["update"],
            before: { list: [{ key: "one" }], plain: "shown" },
            after: { whole: { deep: ["two", 31] } },
            before_sensitive: { list: [{ key: true }] },
            after_sensitive: { whole: true },
          },
        },
      ],
      output_changes: { o: { actions: ["create"], after: "three", after_sensitive: true } },
      prior_state: {
        values: {
          outputs: { p: { sensitive: true, value: "four" } },
          root_module: {
            child_modules: [{ resources: [{ values: { s: "five" }, sensitive_values: { s: true } }] }],
          },
        },
      },
      variables: { v: { value: "six" } },
      configuration: { root_module: { variables: { v: { sensitive: true, default: "seven" } } } },
    };
    expect([...secretsOf(plan)].sort()).toEqual([31, "five", "four", "one", "seven", "six", "three", "two"]);
  });

  it("are found in deferred changes, actions and every module of the configuration", () => {
    const change = { actions: ["create"], after: { a: "one", b: "shown" }, after_sensitive: { a: true } };
    const action = { address: "action.a.b", config_values: { c: "two" }, config_sensitive: { c: true } };
    const plan = {
      deferred_changes: [
        { reason: "resource_config_unknown", resource_change: { address: "a.b", type: "a", change } },
      ],
      action_invocations: [action],
      deferred_action_invocations: [
        { reason: "deferred_prereq", action_invocation: { ...action, config_values: { c: "three" } } },
      ],
      configuration: {
        root_module: {
          outputs: { o: { sensitive: true, expression: { constant_value: "four" } } },
          module_calls: {
            m: {
              expressions: { password: { constant_value: "five" }, name: { constant_value: "shown" } },
              module: { variables: { password: { sensitive: true, default: "six" }, name: {} } },
            },
          },
        },
      },
    };
    expect([...secretsOf(plan)].sort()).toEqual(["five", "four", "one", "six", "three", "two"]);
  });

  it("include what a sensitive document, URL or key file holds", () => {
    const document = JSON.stringify({
      username: "harmless-name",
      password: "hunter2-in-json",
      environment: [{ name: "API_TOKEN", value: "hunter2-in-list" }],
    });
    const values = [
      document,
      "postgres://app:hunter2-in-url@db/app",
      "postgres://app:hunter2%2Dencoded@db/app",
      "-----BEGIN KEY-----\nhunter2-on-a-line-of-a-key\n",
    ];
    const plan = { output_changes: { o: { actions: ["create"], after: values, after_sensitive: true } } };
    const found = [...secretsOf(plan)];
    expect(found).toEqual(
      expect.arrayContaining([
        "hunter2-in-json",
        "hunter2-in-list",
        "hunter2-in-url",
        "hunter2-encoded",
        "hunter2-on-a-line-of-a-key",
      ]),
    );
    expect(found).not.toContain("harmless-name");
  });
});

describe("A scrubber", () => {
  const scrubber = new Scrubber(["hunter2", "a&b <c>", "123"]);

  it.each([
    ["postgres://app:hunter2@db", "postgres://app:(sensitive)@db"],
    ["hunter2hunter2", "(sensitive)"],
    ['{"a":"{\\"p\\":\\"a\\\\u0026b \\\\u003cc\\\\u003e\\"}"}', '{"a":"{\\"p\\":\\"(sensitive)\\"}"}'],
    ["?q=a%26b%20%3Cc%3E", "?q=(sensitive)"],
    ["?q=a%26b+%3Cc%3E", "?q=(sensitive)"],
    ["aHVudGVyMg==", "(sensitive)"],
    ["port 12345", "port 12345"],
    ["123", "(sensitive)"],
    ["key AKIAIOSFODNN7EXAMPLE here", "key (sensitive) here"],
  ])("makes %j into %j", (text, expected) => {
    expect(scrubber.text(text)).toBe(expected);
  });

  it.each(Object.keys(encodings))("finds a secret that is written as %s", (name) => {
    const secret = "a&b <c>'d(e)*!\"\\fgh-ключ";
    const written = encodings[name]?.(secret) ?? "";
    const scrubbed = new Scrubber([secret]).text(`say "${written}" again`);
    expect(scrubbed).not.toContain(written);
    expect(scrubbed).toMatch(/^say "\(sensitive\)[=\0]*" again$/);
  });

  it("finds a secret in what was compressed", () => {
    const code = gzipSync("#!/bin/sh\nexport PASSWORD=hunter2\n").toString("base64");
    const harmless = gzipSync("#!/bin/sh\nexport PASSWORD=none\n").toString("base64");
    expect(scrubber.text(`user data ${code}`)).toBe("user data (sensitive)");
    expect(scrubber.text(`user data ${harmless}`)).toBe(`user data ${harmless}`);
  });

  it("finds secrets that begin alike, and each in a text of its own", () => {
    const arns = Array.from(
      { length: 300 },
      (_none, index) => `arn:aws:secretsmanager:eu-west-1:1:secret:s${index}`,
    );
    const found = new Scrubber(arns);
    for (const arn of arns) {
      expect(found.text(`x${arn}-`)).toBe("x(sensitive)-");
    }
    expect(found.text("arn:aws:secretsmanager:eu-west-1:1:secret:t1")).toContain("secret:t1");
  });

  it("finds a secret of any length as a whole, and no other text that begins like it", () => {
    const secret = `${"a".repeat(5_000)}b${"c".repeat(5_000)}`;
    const long = new Scrubber([secret]);
    expect(long.text(`x ${secret} y`)).toBe("x (sensitive) y");
    expect(long.text("a".repeat(5_000))).toBe("a".repeat(5_000));
    expect(long.text(`${"a".repeat(40)}b${"c".repeat(40)}`)).toBe(`${"a".repeat(40)}b${"c".repeat(40)}`);
  });

  it("leaves no tail where two secrets overlap", () => {
    expect(new Scrubber(["abcd1234", "1234wxyz"]).text("-abcd1234wxyz-")).toBe("-(sensitive)-");
  });

  it("finds any secret inside any text, and in what was encoded with it", () => {
    fc.assert(
      fc.property(canary, fc.string(), fc.string(), (secret, before, after) => {
        const scrubbed = new Scrubber([secret]);
        const text = `${before}${secret}${after}`;
        const encoded = Buffer.from(text).toString("base64");
        const half = Buffer.from(secret).toString("base64").slice(2, -4);
        expect(scrubbed.text(text)).not.toContain(secret);
        expect(scrubbed.text(JSON.stringify(text))).not.toContain(JSON.stringify(secret).slice(1, -1));
        expect(scrubbed.text(encoded)).not.toContain(half);
      }),
      { numRuns: 200 },
    );
  });
});

describe("A redacted plan", () => {
  const plan = (before: unknown, after: unknown, marks: unknown) => ({
    resource_changes: [
      {
        address: "a.b",
        type: "a",
        change: { actions: ["update"], before, after, before_sensitive: marks, after_sensitive: marks },
      },
    ],
    planned_values: { outputs: {} },
    variables: { v: { value: "v" } },
  });
  const changeOf = (given: ReturnType<typeof plan>) => redactPlan(given).resource_changes?.[0]?.change;

  it("says whether a secret changed", () => {
    const { before, after } =
      changeOf(plan({ p: "secret-1", q: "same-1" }, { p: "secret-2", q: "same-1" }, { p: true, q: true })) ??
      {};
    expect(before).toEqual({ p: "(sensitive value)", q: "(sensitive value)" });
    expect(after).toEqual({ p: "(sensitive value, changed)", q: "(sensitive value)" });
  });

  it("says that a text changed where only the secret in it did", () => {
    const { before, after } =
      changeOf(plan({ p: "secret-1", u: "x secret-1" }, { p: "secret-2", u: "x secret-2" }, { p: true })) ??
      {};
    expect(before).toMatchObject({ u: "x (sensitive)" });
    expect(after).toMatchObject({ u: "x (sensitive) (changed)" });
  });

  it("drops state, values, variables and everything else that is not read", () => {
    expect(Object.keys(redactPlan(plan({}, {}, {}))).sort()).toEqual([
      "action_invocations",
      "checks",
      "deferred_action_invocations",
      "deferred_changes",
      "output_changes",
      "resource_changes",
      "resource_drift",
    ]);
  });

  it("holds no secret of another stack whose scrubber it is given", () => {
    const other = {
      output_changes: { o: { actions: ["create"], after: "secret-of-a", after_sensitive: true } },
    };
    const scrubber = scrubberFor([other]);
    expect(JSON.stringify(redactPlan(plan({ u: "secret-of-a" }, { u: "n" }, {}), scrubber))).not.toContain(
      "secret-of-a",
    );
  });

  it("cuts what is nested without end", () => {
    let deep: unknown = "secret-at-the-bottom";
    for (let level = 0; level < 20_000; level += 1) {
      deep = [deep];
    }
    expect(JSON.stringify(redactPlan(plan({ deep }, { deep: 1 }, { deep: true })))).not.toContain(
      "secret-at",
    );
    expect(JSON.stringify(redactPlan(plan({ deep }, { deep: 1 }, {})))).toContain("(nested too deeply)");
  });
});
