import { execFile, spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Call } from "../call";
import type { JsonObject } from "../toolkit";

const run = promisify(execFile);

/** What a call asks for by the API models. */
export interface Operation {
  /** The service as botocore names it, such as `elbv2`. */
  readonly service: string;
  /** Such as `CreateListener`. */
  readonly operation: string;
  /** The input by the model's members. */
  readonly input: JsonObject;
}

/**
 * Tells operations and inputs of calls by the API models that came with moto's botocore. A Python process
 * reads them, which ends when this one does: its input ends then.
 */
export class Models {
  private process?: Promise<ChildProcessWithoutNullStreams>;
  private readonly waiting: ((line: string) => void)[] = [];

  /** With the Python that runs moto, which is looked for when it is needed. */
  constructor(private readonly python: () => Promise<string>) {}

  /** The operation of a call; throws when no model knows it. */
  async operationOf(call: Call): Promise<Operation> {
    const { service, method, url, headers, body } = call;
    const line = await this.ask(
      JSON.stringify({
        service: service === "" ? "sts" : service,
        method,
        target: url.pathname + url.search,
        headers,
        body: body.toString("base64"),
      }),
    );
    const answer = JSON.parse(line) as Operation & { readonly error?: string };
    if (answer.error !== undefined) {
      throw new Error(answer.error);
    }
    return answer;
  }

  private async ask(line: string): Promise<string> {
    this.process ??= this.start();
    const { stdin } = await this.process;
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      stdin.write(`${line}\n`);
    });
  }

  private async start(): Promise<ChildProcessWithoutNullStreams> {
    const child = spawn(await this.python(), [join(__dirname, "..", "models", "serve.py")], {
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    createInterface({ input: child.stdout }).on("line", (line) => this.waiting.shift()?.(line));
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString("utf8")));
    const fail = (reason: string): void => {
      this.process = undefined;
      for (const resolve of this.waiting.splice(0)) {
        resolve(JSON.stringify({ error: `the reader of API models ended: ${reason}` }));
      }
    };
    child.once("error", ({ message }) => {
      fail(message);
    });
    child.once("close", () => {
      fail(complaint.trim().split("\n").at(-1) ?? "");
    });
    // It holds nothing, so this process need not wait for it.
    child.unref();
    return child;
  }
}

/** The Python that runs a `moto_server`, and so has botocore with the same models. */
export async function pythonOf(executable: string): Promise<string> {
  const [first = ""] = (await readFile(executable, "utf8")).split("\n", 1);
  const interpreter = /^#!\s*(\S*python[\d.]*)\s*$/.exec(first)?.[1];
  const candidates = [interpreter, join(dirname(executable), "python3"), "python3"];
  for (const candidate of candidates.filter((each) => each !== undefined)) {
    try {
      await run(candidate, ["-c", "import botocore"]);
      return candidate;
    } catch {
      // The next one may have it.
    }
  }
  throw new Error(`no Python with botocore was found beside ${executable}; install moto with pip, not alone`);
}
