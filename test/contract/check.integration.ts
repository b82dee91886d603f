import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { findMoto, pythonOf } from "../../local-cloud";

const root = path.resolve(__dirname, "../..");
const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };

/** A call of ECS, as the recorder writes it. */
function ecs(operation: string, input: object, output?: object): object {
  const type = "application/x-amz-json-1.1";
  const bytes = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64");
  return {
    service: "ecs",
    method: "POST",
    target: "/",
    headers: { "content-type": type, "x-amz-target": `AmazonEC2ContainerServiceV20141113.${operation}` },
    body: bytes(input),
    ...(output === undefined ? {} : { answer: { headers: { "content-type": type }, body: bytes(output) } }),
  };
}

describe("The check of recorded calls against the API models", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "meridian-contract-"));
  let python = "";

  beforeAll(async () => {
    python = await pythonOf(await findMoto(folder, () => undefined));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function check(
    calls: readonly object[],
    allowed: readonly object[] = [],
  ): [status: number | null, text: string] {
    const allow = path.join(folder, "allowed.json");
    writeFileSync(allow, JSON.stringify({ botocore: "1.43.11", allowed }));
    writeFileSync(
      path.join(folder, "run.jsonl"),
      [{ label: "test/some.integration.ts" }, ...calls].map((line) => JSON.stringify(line)).join("\n"),
    );
    const script = path.join(__dirname, "check.py");
    const { status, stdout, stderr } = spawnSync(python, [script, folder, allow], {
      encoding: "utf8",
      env: environment,
    });
    return [status, `${stdout}${stderr}`.trim()];
  }

  it("reads every operation's input back from the request that botocore makes of it", () => {
    const { status, stderr } = spawnSync(
      python,
      [path.join(root, "test", "local-cloud", "models", "test_wire.py")],
      { encoding: "utf8", env: environment },
    );

    expect(status === 0 ? "passed" : stderr).toBe("passed");
  });

  it("accepts calls that the models know, and counts them", () => {
    const output = { clusters: [{ clusterName: "one", status: "ACTIVE" }] };

    expect(
      check([ecs("CreateCluster", { clusterName: "one" }), ecs("DescribeClusters", {}, output)]),
    ).toEqual([0, "2 different calls, each as botocore 1.43.11 knows it"]);
  });

  it("refuses unknown and missing members, types and enums, and names operation, member, value and test", () => {
    const input = { serviceName: 7, launchType: "TOASTER", surprise: true };

    const [status, text] = check([
      ecs("RegisterTaskDefinition", { family: "f" }),
      ecs("CreateService", input),
    ]);

    expect(status).toBe(1);
    expect(text.split("\n")).toEqual([
      'ecs CreateService: launchType must be one of EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES, got "TOASTER" (test/some.integration.ts)',
      "ecs CreateService: serviceName must be a string, got 7 (test/some.integration.ts)",
      "ecs CreateService: surprise is unknown, got true (test/some.integration.ts)",
      "ecs RegisterTaskDefinition: containerDefinitions is required (test/some.integration.ts)",
    ]);
  });

  it("refuses an operation that no model has", () => {
    expect(check([ecs("MakeCoffee", {})])).toEqual([
      1,
      "ecs POST /: operation no model of ecs has this operation (test/some.integration.ts)",
    ]);
  });

  it("refuses answers of stand-ins with members that no client reads", () => {
    expect(check([ecs("DescribeClusters", {}, { clusters: [{ clusterNmae: "one" }] })])).toEqual([
      1,
      'ecs DescribeClusters, a stand-in\'s answer: clusters[].clusterNmae is unknown, got "one" (test/some.integration.ts)',
    ]);
  });

  it("lets a violation pass with its reason, and refuses a reason for what occurs no more", () => {
    const entry = {
      operation: "ecs CreateCluster",
      member: "surprise",
      rule: "is unknown",
      reason: "a test",
    };
    const gone = { ...entry, member: "gone" };

    expect(check([ecs("CreateCluster", { surprise: 1 })], [entry])[0]).toBe(0);
    expect(check([ecs("CreateCluster", { surprise: 1 })], [entry, gone])).toEqual([
      1,
      "ecs CreateCluster: gone is allowed, and occurs no more: remove it from the allow list",
    ]);
    expect(check([ecs("CreateCluster", { surprise: 1 })], [{ ...entry, reason: "" }])).toEqual([
      1,
      "ecs CreateCluster: surprise is allowed without a reason: write why",
    ]);
  });

  it("refuses a run in which nothing was recorded", () => {
    expect(check([])[1]).toMatch(/^no call was recorded in /);
  });
});
