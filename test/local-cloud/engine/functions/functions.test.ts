import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { zipSync } from "fflate";
import { retryDelay, throttleDelay } from "../../../../local-cloud/engine/functions/asynchronous";
import { codeOf, leadsOut, unpack } from "../../../../local-cloud/engine/functions/code";
import { logLines } from "../../../../local-cloud/engine/functions/invoker";
import { chosen, referenceOf } from "../../../../local-cloud/engine/functions/store";

describe("A package of a function", () => {
  it("is unpacked below its folder, and refused where a name leads out of it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "meridian-package-"));
    const zip = Buffer.from(zipSync({ "index.js": Buffer.from("1"), "lib/a.js": Buffer.from("2") }));

    await unpack(await codeOf(zip), folder);
    const files = readdirSync(folder, { recursive: true }).sort();
    rmSync(folder, { recursive: true });

    expect(files).toEqual(["index.js", "lib", "lib/a.js"]);
    await expect(codeOf(Buffer.from(zipSync({ "a/../../b": Buffer.from("") })))).rejects.toThrow(
      'The package holds names that lead out of its folder: "a/../../b"',
    );
  });

  it("never lets a name pass that leads elsewhere", () => {
    const part = fc.constantFrom("..", ".", "a", "", "/", "\\", "C:", "b.js");
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const name = parts.join("/");
        const target = resolve(
          "/task",
          name.replaceAll("\\", "/").replace(/^\/+/, (root) => root),
        );
        return leadsOut(name) || target === "/task" || target.startsWith("/task/");
      }),
    );
  });
});

describe("Names of functions", () => {
  it.each([
    ["mine", undefined, { name: "mine", region: "eu-west-1", qualifier: undefined }],
    ["mine:live", undefined, { name: "mine", region: "eu-west-1", qualifier: "live" }],
    ["mine", "3", { name: "mine", region: "eu-west-1", qualifier: "3" }],
    ["123456789012:function:mine", null, { name: "mine", region: "eu-west-1", qualifier: undefined }],
    [
      "arn:aws:lambda:us-east-1:123456789012:function:mine:$LATEST",
      null,
      { name: "mine", region: "us-east-1", qualifier: "$LATEST" },
    ],
  ])("reads %s with the qualifier %s", (text, beside, expected) => {
    expect(referenceOf(text, "eu-west-1", beside)).toEqual(expected);
  });

  it("refuses what is no name, and two qualifiers that differ", () => {
    expect(() => referenceOf("a b", "eu-west-1")).toThrow(
      "1 validation error detected: Value 'a b' at 'functionName' failed to satisfy constraint: Member must be the name or ARN of a function",
    );
    expect(() => referenceOf("mine:1", "eu-west-1", "2")).toThrow(
      "The derived qualifier from the function name does not match the specified qualifier.",
    );
  });
});

describe("An alias", () => {
  it("sends invocations by its weights", () => {
    const alias = {
      AliasArn: "arn",
      Name: "live",
      FunctionVersion: "1",
      RoutingConfig: { AdditionalVersionWeights: { "2": 0.1 } },
    };

    expect([0, 0.09, 0.1, 0.99].map((chance) => chosen(alias, chance))).toEqual(["2", "2", "1", "1"]);
  });
});

describe("Asynchronous invocation", () => {
  it("waits one minute, then two, after errors; one second and twice as long each time after throttles", () => {
    expect([1, 2].map(retryDelay)).toEqual([60_000, 120_000]);
    expect([1, 2, 3, 9, 10, 40].map(throttleDelay)).toEqual([1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
  });
});

describe("The log of an invocation", () => {
  it("has what Lambda writes around the lines of the function", () => {
    const outcome = { payload: Buffer.from(""), failed: false, lines: ["own line"], milliseconds: 12 };

    expect(logLines("id", "3", 128, { ...outcome, startMilliseconds: 100, memory: 50 })).toEqual([
      "START RequestId: id Version: 3",
      "own line",
      "END RequestId: id",
      "REPORT RequestId: id\tDuration: 12.00 ms\tBilled Duration: 112 ms\tMemory Size: 128 MB\tMax Memory Used: 50 MB\tInit Duration: 100.00 ms\t",
    ]);
  });
});
