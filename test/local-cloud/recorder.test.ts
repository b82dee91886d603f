import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { identify } from "../../local-cloud/call";
import { Recorder } from "../../local-cloud/recorder";

describe("The recorder", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "meridian-recorder-"));

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("writes each different call once, under the name of its test, without signatures and ids of attempts", () => {
    const recorder = new Recorder(path.join(folder, "calls"), "run", "test/some.integration.ts");
    const call = (attempt: string, body: string) =>
      identify(
        "POST",
        "/?a=1",
        {
          authorization: "AWS4-HMAC-SHA256 Credential=testing/20261121/eu-west-1/ecs/aws4_request",
          "amz-sdk-invocation-id": attempt,
          "x-amz-target": "X.CreateCluster",
        },
        Buffer.from(body),
      );

    recorder.record(call("1", "{}"));
    recorder.record(call("2", "{}"));
    recorder.record(call("3", "other"), { status: 200, headers: { a: "b" }, body: Buffer.from("out") });
    recorder.record(call("4", "refused"), { status: 400, headers: {}, body: Buffer.from("no") });

    const lines = readFileSync(path.join(folder, "calls", "run.jsonl"), "utf8")
      .trim()
      .split("\n");
    const common = {
      ...{ service: "ecs", method: "POST", target: "/?a=1" },
      headers: { "x-amz-target": "X.CreateCluster" },
    };
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { label: "test/some.integration.ts" },
      { ...common, body: base64("{}") },
      { ...common, body: base64("other"), answer: { headers: { a: "b" }, body: base64("out") } },
      { ...common, body: base64("refused") },
    ]);
  });
});
