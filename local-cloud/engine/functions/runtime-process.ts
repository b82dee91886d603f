import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readAll } from "../../http";
import { websiteRefusal } from "../../websites";
import type { Command } from "./runtimes";
import type { Watchdog } from "./watchdog";

/** Both of our own runtimes write this where the output of an invocation ends. */
const endOfInvocation = "\0meridian-end";

/** How long an invocation waits for that; a runtime of the function's own never writes it. */
const endPatienceMilliseconds = 50;

/** How long a start may take before the first invocation is asked for; Lambda's own figure, and what a busy machine adds. */
const startMilliseconds = 20_000;

/** The most that a function may answer; see gettingstarted-limits.html. */
const responseLimit = 6_291_556;

/** What a process is asked to do. */
export interface Work {
  readonly requestId: string;
  readonly payload: Buffer;
  readonly invokedArn: string;
  readonly timeoutSeconds: number;
  /** Header values of a client's context, as they came. */
  readonly clientContext?: string;
}

/** How an invocation went. */
export interface Outcome {
  readonly payload: Buffer;
  /** Whether the function or its runtime failed. */
  readonly failed: boolean;
  /** What it wrote, and what the runtime has to say. */
  readonly lines: readonly string[];
  readonly milliseconds: number;
  /** Of the start, where this was the first invocation. */
  readonly startMilliseconds?: number;
  /** Most memory that the process ever had, in MB, where the machine tells. */
  readonly memory?: number;
}

interface Current extends Work {
  readonly settle: (outcome: Outcome) => void;
  startedAt?: number;
  timer?: NodeJS.Timeout;
}

/**
 * One process of a function and the runtime API that it asks for work, on a port of its own.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeProcess {
  private child?: ChildProcess;
  private readonly server: Server;
  private readonly bornAt = Date.now();
  private current?: Current;
  private waiting?: ServerResponse;
  private lines: string[] = [];
  private ends = 0;
  private readyAt?: number;
  private startTold = false;
  private gone = false;

  private constructor(private readonly watchdog: Watchdog) {
    this.server = createServer((request, response) => {
      this.serve(request, response).catch(() => response.destroy());
    });
    this.server.keepAliveTimeout = 0;
    this.server.requestTimeout = 0;
  }

  /** Starts a process; `environment` gets where its runtime API is. */
  static async start(
    command: Command,
    folder: string,
    environment: (runtimeApi: string) => Record<string, string>,
    watchdog: Watchdog,
  ): Promise<RuntimeProcess> {
    const started = new RuntimeProcess(watchdog);
    const port = await new Promise<number>((resolve, reject) => {
      started.server.once("error", reject);
      started.server.listen(0, "127.0.0.1", () => {
        resolve((started.server.address() as AddressInfo).port);
      });
    });
    started.server.unref();
    started.spawn(command, folder, environment(`127.0.0.1:${port}`));
    return started;
  }

  /** Whether it can take work. */
  get isAlive(): boolean {
    return !this.gone;
  }

  /** Runs one invocation; there must be none under way. */
  invoke(work: Work): Promise<Outcome> {
    return new Promise((settle) => {
      this.current = { ...work, settle };
      if (this.gone) {
        this.fail("Runtime.ExitError", "Error: Runtime exited before it was asked");
        return;
      }
      if (this.readyAt === undefined) {
        const wait = this.bornAt + startMilliseconds + work.timeoutSeconds * 1_000 - Date.now();
        this.current.timer = setTimeout(() => {
          this.fail(
            "Sandbox.Timedout",
            `Error: The start took more than ${startMilliseconds / 1000} seconds`,
          );
        }, wait);
      }
      this.give();
    });
  }

  /** Ends the process and all that it started. */
  end(): void {
    this.gone = true;
    const pid = this.child?.pid;
    try {
      if (pid !== undefined) {
        process.kill(-pid, "SIGKILL");
      }
    } catch {
      // It has ended by itself.
    }
    this.server.closeAllConnections();
    this.server.close();
  }

  private spawn([program, ...parameters]: Command, cwd: string, env: Record<string, string>): void {
    // A group of its own: what the handler starts ends with it.
    const child = spawn(program, parameters, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    this.child = child;
    const { pid } = child;
    if (pid !== undefined) {
      this.watchdog.started(pid);
    }
    [child.stdout, child.stderr].forEach((stream) => {
      this.readLines(stream);
    });
    child.once("error", ({ message }) => {
      this.gone = true;
      this.fail("Runtime.InvalidEntrypoint", `Error: ${message}`);
    });
    child.once("exit", (code, signal) => {
      this.gone = true;
      if (pid !== undefined) {
        this.watchdog.ended(pid);
      }
      this.server.close();
      const how = signal === null ? `exit status ${code ?? 0}` : `signal: ${signal}`;
      this.fail("Runtime.ExitError", `Error: Runtime exited with error: ${how}`);
    });
    child.unref();
  }

  private readLines(stream: NodeJS.ReadableStream): void {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.endsWith(endOfInvocation)) {
          this.ends += 1;
          this.lines.push(...[line.slice(0, -endOfInvocation.length)].filter((text) => text !== ""));
        } else {
          this.lines.push(line);
        }
      }
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (websiteRefusal(request.headers) !== undefined) {
      response.writeHead(403).end();
      return;
    }
    const [, , , ...path] = (request.url ?? "").split("/");
    if (request.method === "GET" && path.join("/") === "invocation/next") {
      this.readyAt ??= Date.now();
      this.waiting = response;
      this.give();
      return;
    }
    const body = await readAll(request);
    const [kind, requestId, result] = path;
    if (kind === "init" && requestId === "error") {
      response.writeHead(202).end();
      this.settle(body, true);
      this.end();
    } else if (kind === "invocation" && requestId === this.current?.requestId) {
      response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
      this.answered(body, result === "error");
    } else {
      response.writeHead(400, { "content-type": "application/json" });
      response.end('{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}');
    }
  }

  private answered(body: Buffer, failed: boolean): void {
    if (body.length > responseLimit) {
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${responseLimit} bytes).`;
      const description = { errorType: "Function.ResponseSizeTooLarge", errorMessage };
      this.settle(Buffer.from(JSON.stringify(description)), true);
    } else {
      this.settle(body, failed);
    }
  }

  /** Hands the work to the process as soon as both are there. */
  private give(): void {
    const { current, waiting } = this;
    if (current === undefined || waiting === undefined || current.startedAt !== undefined) {
      return;
    }
    this.waiting = undefined;
    clearTimeout(current.timer);
    current.startedAt = Date.now();
    const milliseconds = current.timeoutSeconds * 1_000;
    current.timer = setTimeout(() => {
      this.timeOut(current);
    }, milliseconds);
    waiting.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": current.requestId,
      "lambda-runtime-deadline-ms": String(current.startedAt + milliseconds),
      "lambda-runtime-invoked-function-arn": current.invokedArn,
      "lambda-runtime-trace-id": `Root=1-${current.requestId.slice(0, 8)}-${current.requestId.replaceAll("-", "").slice(8)};Sampled=0`,
      ...(current.clientContext === undefined
        ? {}
        : { "lambda-runtime-client-context": current.clientContext }),
    });
    waiting.end(current.payload);
  }

  private timeOut({ requestId, timeoutSeconds }: Current): void {
    const told = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
    this.lines.push(`${new Date().toISOString()} ${requestId} ${told}`);
    this.fail("Sandbox.Timedout", `Error: ${told}`);
    this.end();
  }

  private fail(errorType: string, reason: string): void {
    const errorMessage = `RequestId: ${this.current?.requestId ?? ""} ${reason}`;
    if (errorType === "Runtime.ExitError") {
      this.lines.push(errorMessage, errorType);
    }
    this.settle(Buffer.from(JSON.stringify({ errorType, errorMessage })), true);
    if (!this.gone) {
      this.end();
    }
  }

  private settle(payload: Buffer, failed: boolean): void {
    const { current } = this;
    if (current === undefined) {
      return;
    }
    this.current = undefined;
    clearTimeout(current.timer);
    const milliseconds = Date.now() - (current.startedAt ?? this.bornAt);
    const start = this.startTold || this.readyAt === undefined ? undefined : this.readyAt - this.bornAt;
    this.startTold = true;
    const memory = this.memory();
    void this.outputRead().then(() => {
      const lines = this.lines.splice(0);
      current.settle({ payload, failed, lines, milliseconds, startMilliseconds: start, memory });
    });
  }

  /** What a process wrote before it answered may still be on its way. */
  private async outputRead(): Promise<void> {
    const deadline = Date.now() + endPatienceMilliseconds;
    while (this.ends < 2 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    this.ends = 0;
  }

  private memory(): number | undefined {
    try {
      const status = readFileSync(`/proc/${this.child?.pid ?? 0}/status`, "utf8");
      const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1];
      return kilobytes === undefined ? undefined : Math.ceil(Number(kilobytes) / 1024);
    } catch {
      return undefined;
    }
  }
}
