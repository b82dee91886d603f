import { randomUUID } from "node:crypto";
import { ServiceError } from "../../answer";
import type { Clock } from "../clock";
import type { Invocable, LambdaFunction } from "./function";
import type { Logs } from "./logs";
import type { Pool } from "./pool";
import type { Outcome } from "./runtime-process";

/** The concurrency of an account in a region; see gettingstarted-limits.html. */
export const accountConcurrency = 1_000;

/** An invocation that was answered, by the function or in its place. */
export interface Invoked {
  readonly requestId: string;
  readonly payload: Buffer;
  readonly failed: boolean;
  /** Number of the version that ran. */
  readonly executedVersion: string;
  /** The lines of its log. */
  readonly lines: readonly string[];
}

/** A throttled invocation. */
export class Throttled extends ServiceError {
  constructor() {
    super("TooManyRequestsException", "Rate Exceeded.", 429);
  }
}

/** Runs invocations one by one, as far as the concurrency of functions allows. */
export class Invoker {
  private readonly running = new Map<LambdaFunction, number>();

  constructor(
    private readonly pool: Pool,
    private readonly logs: Logs,
    private readonly clock: Clock,
    private readonly functionsOf: (region: string) => Iterable<LambdaFunction>,
  ) {}

  /**
   * Runs a function once.
   *
   * @throws Throttled when no concurrency is left; ServiceError when nothing here can run it.
   */
  invoke(
    invocable: Invocable,
    payload: Buffer,
    options: { readonly requestId?: string; readonly clientContext?: string } = {},
  ): Promise<Invoked> {
    this.checkConcurrency(invocable.owner);
    return this.clock.during(this.run(invocable, payload, options));
  }

  /**
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
   */
  private checkConcurrency(owner: LambdaFunction): void {
    const busy = this.running.get(owner) ?? 0;
    if (owner.reserved !== undefined) {
      if (busy >= owner.reserved) {
        throw new Throttled();
      }
      return;
    }
    let left = accountConcurrency;
    for (const each of this.functionsOf(owner.region)) {
      left -= each.reserved ?? this.running.get(each) ?? 0;
    }
    if (left <= 0) {
      throw new Throttled();
    }
  }

  private async run(
    { owner, version, invokedArn }: Invocable,
    payload: Buffer,
    {
      requestId = randomUUID(),
      clientContext,
    }: { readonly requestId?: string; readonly clientContext?: string },
  ): Promise<Invoked> {
    this.running.set(owner, (this.running.get(owner) ?? 0) + 1);
    try {
      const sandbox = await this.pool.take(owner, version, new Date(this.clock.now()));
      const timeoutSeconds = version.configuration.Timeout;
      const outcome = await sandbox.process.invoke({
        requestId,
        payload,
        invokedArn,
        timeoutSeconds,
        clientContext,
      });
      this.pool.giveBack(sandbox, owner);
      const { MemorySize, Version: executedVersion, LoggingConfig } = version.configuration;
      const lines = logLines(requestId, executedVersion, MemorySize, outcome);
      void this.clock.during(this.logs.write(owner.region, LoggingConfig.LogGroup, sandbox.logStream, lines));
      return { requestId, payload: outcome.payload, failed: outcome.failed, executedVersion, lines };
    } finally {
      this.running.set(owner, (this.running.get(owner) ?? 1) - 1);
    }
  }
}

/**
 * What Lambda itself writes around the lines of a function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function logLines(
  requestId: string,
  version: string,
  memorySize: number,
  { lines, milliseconds, startMilliseconds, memory }: Outcome,
): string[] {
  const billed = Math.ceil(milliseconds + (startMilliseconds ?? 0));
  const report = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${milliseconds.toFixed(2)} ms`,
    `Billed Duration: ${billed} ms`,
    `Memory Size: ${memorySize} MB`,
    ...(memory === undefined ? [] : [`Max Memory Used: ${memory} MB`]),
    ...(startMilliseconds === undefined ? [] : [`Init Duration: ${startMilliseconds.toFixed(2)} ms`]),
  ];
  return [
    `START RequestId: ${requestId} Version: ${version}`,
    ...lines,
    `END RequestId: ${requestId}`,
    `${report.join("\t")}\t`,
  ];
}
