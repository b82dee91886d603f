import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalCloud, stopLocalCloud } from "../../local-cloud";
import { isAlive, waitUntilGone } from "../../local-cloud/processes";
import { EngineClient, packageOf } from "./support/engine-client";

jest.setTimeout(180_000);

const directory = mkdtempSync(join(tmpdir(), "meridian-engine-"));
let cloud: EngineClient;
let gateway: number;
let role: string;

beforeAll(async () => {
  process.env.MERIDIAN_SECRET_OF_THE_USER = "secret";
  const status = await startLocalCloud({ directory });
  gateway = status.pid;
  cloud = new EngineClient(status.endpoint);
  role = await cloud.role("functions", "lambda.amazonaws.com", ["*"]);
});
afterAll(async () => {
  await stopLocalCloud(directory);
  rmSync(directory, { recursive: true, force: true });
});

/** Makes a function of one file. */
async function makeFunction(FunctionName: string, source: string, settings: object = {}): Promise<string> {
  const { FunctionArn } = await cloud.rest("lambda", "POST", "/2015-03-31/functions", {
    FunctionName,
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Role: role,
    Timeout: 10,
    Code: { ZipFile: packageOf({ "index.js": source }) },
    ...settings,
  });
  return String(FunctionArn);
}

async function logOf(name: string): Promise<string> {
  const { events } = await cloud.call("logs", "FilterLogEvents", { logGroupName: `/aws/lambda/${name}` });
  return (events as { message: string }[]).map(({ message }) => message).join("\n");
}

describe("functions", () => {
  it("runs a handler of Node.js with a clean environment and keeps its process warm", async () => {
    await makeFunction(
      "environment",
      `let runs = 0;
       exports.handler = async (event, context) => {
         console.log("got", event.name);
         runs += 1;
         return { runs, pid: process.pid, names: Object.keys(process.env), own: process.env.OWN,
           endpoint: process.env.AWS_ENDPOINT_URL, left: context.getRemainingTimeInMillis(), arn: context.invokedFunctionArn };
       };`,
      { Environment: { Variables: { OWN: "value" } } },
    );

    const first = (await cloud.invoke("environment", { name: "a" })).json;
    const { json: second, headers } = await cloud.invoke(
      "environment",
      { name: "b" },
      { "x-amz-log-type": "Tail" },
    );

    expect(second).toMatchObject({ runs: 2, pid: first.pid, own: "value" });
    expect(second.arn).toBe("arn:aws:lambda:eu-west-1:123456789012:function:environment");
    expect(second.left).toBeLessThanOrEqual(10_000);
    expect(second.names).not.toEqual(expect.arrayContaining([expect.stringContaining("MERIDIAN")]));
    expect(second.names).not.toContain("HOME");
    const tail = Buffer.from(headers.get("x-amz-log-result") ?? "", "base64").toString("utf8");
    expect(tail).toMatch(
      /START RequestId: .*\n.*INFO\tgot b\nEND RequestId: .*\nREPORT RequestId: .*Memory Size: 128 MB/,
    );
    await cloud.advance("1s");
    expect(await logOf("environment")).toContain("INFO\tgot a");
  });

  it("runs ECMAScript modules and Python, which reach the local cloud by themselves", async () => {
    await makeFunction("module", "export const handler = async () => import.meta.url.endsWith('.mjs');", {
      Code: {
        ZipFile: packageOf({
          "src/index.mjs": `import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
            export const handler = async () => (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Account;`,
        }),
      },
      Handler: "src/index.handler",
    });
    await makeFunction("snake", "", {
      Runtime: "python3.13",
      Handler: "app.handler",
      Code: {
        ZipFile: packageOf({
          "app.py": `import boto3, os
def handler(event, context):
    print("hello", event["name"])
    if event["name"] == "bad":
        raise ValueError("bad name")
    return {"account": boto3.client("sts").get_caller_identity()["Account"], "id": context.aws_request_id}
`,
        }),
      },
    });

    const [module, snake, failed] = await Promise.all([
      cloud.invoke("module", {}),
      cloud.invoke("snake", { name: "good" }),
      cloud.invoke("snake", { name: "bad" }),
    ]);

    expect(module.text).toBe('"123456789012"');
    expect(snake.json).toMatchObject({ account: "123456789012", id: snake.headers.get("x-amzn-requestid") });
    expect(failed.headers.get("x-amz-function-error")).toBe("Unhandled");
    expect(failed.json).toMatchObject({ errorType: "ValueError", errorMessage: "bad name" });
  });

  it("says how a handler failed, did not load, ended its process or took too long", async () => {
    await makeFunction(
      "failing",
      `exports.handler = async ({ how }) => {
         if (how === "exit") process.exit(3);
         if (how === "hang") for (;;);
         throw new RangeError("too far");
       };`,
      { Timeout: 1 },
    );
    await makeFunction("missing", "exports.other = 1;");

    const [thrown, exited, hung, missing] = await Promise.all([
      cloud.invoke("failing", {}),
      cloud.invoke("failing", { how: "exit" }),
      cloud.invoke("failing", { how: "hang" }),
      cloud.invoke("missing", {}),
    ]);

    expect(thrown.json).toMatchObject({ errorType: "RangeError", errorMessage: "too far" });
    expect(exited.json.errorMessage).toMatch(
      /^RequestId: .* Error: Runtime exited with error: exit status 3$/,
    );
    expect(hung.json.errorMessage).toMatch(/^RequestId: .* Error: Task timed out after 1\.00 seconds$/);
    expect(missing.json).toMatchObject({ errorType: "Runtime.HandlerNotFound" });
    expect([thrown, exited, hung, missing].map(({ headers }) => headers.get("x-amz-function-error"))).toEqual(
      Array<string>(4).fill("Unhandled"),
    );
    await cloud.advance("1s");
    expect(await logOf("failing")).toContain("Task timed out after 1.00 seconds");
  });

  it("publishes versions, and an alias sends a share of invocations to another one", async () => {
    const source = (version: number): string =>
      `exports.handler = async (_, c) => [${version}, c.functionVersion];`;
    await makeFunction("weighted", source(1), { Publish: true });
    await cloud.rest("lambda", "PUT", "/2015-03-31/functions/weighted/code", {
      ZipFile: packageOf({ "index.js": source(2) }),
      Publish: true,
    });
    await cloud.rest("lambda", "POST", "/2015-03-31/functions/weighted/aliases", {
      Name: "live",
      FunctionVersion: "1",
      RoutingConfig: { AdditionalVersionWeights: { "2": 0.5 } },
    });

    const answers = new Set<string>();
    for (let index = 0; index < 40; index += 1) {
      answers.add((await cloud.invoke("weighted:live", {})).text);
    }

    expect([...answers].sort()).toEqual(['[1,"1"]', '[2,"2"]']);
    expect((await cloud.invoke("weighted", {})).text).toBe('[2,"$LATEST"]');
  });

  it("throttles over the reserved concurrency, and refuses what is too large or nowhere to be found", async () => {
    await makeFunction("reserved", "exports.handler = () => new Promise((r) => setTimeout(r, 500));");
    const path = "/2017-10-31/functions/reserved/concurrency";
    await cloud.rest("lambda", "PUT", path, { ReservedConcurrentExecutions: 1 });

    const answers = await Promise.all([cloud.invoke("reserved", {}), cloud.invoke("reserved", {})]);
    const large = await cloud.invoke("reserved", "x".repeat(1_048_577), { "x-amz-invocation-type": "Event" });
    const unknown = await cloud.invoke("unknown", {});
    const tooMuch = await cloud.send("lambda", "PUT", path, '{"ReservedConcurrentExecutions":950}');

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 429]);
    expect(answers.find(({ status }) => status === 429)?.headers.get("x-amzn-errortype")).toBe(
      "TooManyRequestsException",
    );
    expect([large.status, unknown.status, tooMuch.status]).toEqual([413, 404, 400]);
    expect(tooMuch.json.message).toBe(
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    );
  });

  it("tries an event three times, then tells the destination and the dead-letter queue", async () => {
    const failures = await cloud.queue("failures");
    const successes = await cloud.queue("successes");
    const letters = await cloud.queue("letters");
    const arn = await makeFunction(
      "eventual",
      `exports.handler = async ({ good }) => { if (!good) throw new Error("no good"); return "fine"; };`,
      { DeadLetterConfig: { TargetArn: letters.arn } },
    );
    await cloud.rest("lambda", "PUT", "/2019-09-25/functions/eventual/event-invoke-config", {
      DestinationConfig: {
        OnSuccess: { Destination: successes.arn },
        OnFailure: { Destination: failures.arn },
      },
    });
    const event = { "x-amz-invocation-type": "Event" };

    const accepted = await cloud.invoke("eventual", { good: false }, event);
    await cloud.invoke("eventual", { good: true }, event);
    await cloud.advance("2m");
    const early = await cloud.drain(failures.url);
    await cloud.advance("2m");

    expect(accepted.status).toBe(202);
    expect(early).toEqual([]);
    expect(await cloud.drain(failures.url)).toEqual([
      expect.objectContaining({
        requestContext: {
          requestId: accepted.headers.get("x-amzn-requestid"),
          functionArn: `${arn}:$LATEST`,
          condition: "RetriesExhausted",
          approximateInvokeCount: 3,
        },
        requestPayload: { good: false },
        responsePayload: expect.objectContaining({ errorMessage: "no good" }) as unknown,
      }),
    ]);
    expect(await cloud.drain(successes.url)).toEqual([expect.objectContaining({ responsePayload: "fine" })]);
    expect(await cloud.drain(letters.url)).toEqual([{ good: false }]);
  });

  it("refuses packages that are none, lead out of their folder, or need more than Lambda has", async () => {
    const create = async (Code: object, settings: object = {}): Promise<unknown> => {
      const body = { FunctionName: "bad", Runtime: "nodejs22.x", Handler: "index.handler", Role: role, Code };
      const { status, json } = await cloud.send(
        "lambda",
        "POST",
        "/2015-03-31/functions",
        JSON.stringify({ ...body, ...settings }),
      );
      return [status, json.message];
    };
    const ZipFile = packageOf({ "index.js": "" });

    expect(await create({ ZipFile: "bm8gemlw" })).toEqual([
      400,
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    ]);
    expect(await create({ ZipFile: packageOf({ "../../evil.js": "" }) })).toEqual([
      400,
      'The package holds names that lead out of its folder: "../../evil.js"',
    ]);
    expect(await create({ ZipFile }, { Timeout: 901, MemorySize: 20_000 })).toEqual([
      400,
      "2 validation errors detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900; Value '20000' at 'memorySize' failed to satisfy constraint: Member must have value less than or equal to 10240",
    ]);
  });
});

describe("the end of the gateway", () => {
  it("ends every process of a function, even one that never stops, when the gateway is killed", async () => {
    await makeFunction(
      "endless",
      `exports.handler = async ({ file }) => {
         const { renameSync, writeFileSync } = require("node:fs");
         writeFileSync(file + ".new", String(process.pid));
         renameSync(file + ".new", file);
         for (;;);
       };`,
      { Timeout: 600 },
    );
    await makeFunction("warm", "exports.handler = async () => process.pid;");
    const warm = Number((await cloud.invoke("warm", {})).text);
    const file = join(directory, "endless");
    const invoked = cloud.invoke("endless", { file }).catch(() => undefined);
    while (!existsSync(file)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const pids = [warm, Number(readFileSync(file, "utf8"))];
    const before = pids.map(isAlive);

    process.kill(gateway, "SIGKILL");
    await invoked;

    expect(before).toEqual([true, true]);
    expect(await Promise.all(pids.map((pid) => waitUntilGone(pid, 10_000)))).toEqual([true, true]);
  });
});
