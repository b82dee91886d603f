import { setMaxListeners } from "node:events";

import { InterruptedError } from "./errors";

/** What an interrupt is passed on to. */
export interface Interruptible {
  /** Sends a signal to the program. */
  kill(signal: NodeJS.Signals): unknown;
}

/** `npm run` passes on the Ctrl-C that the terminal has sent already: one key press, two signals. */
const echoMilliseconds = 500;

/** What is still to be asked and written down once Terraform has ended at once may take this long. */
const graceMilliseconds = 10_000;

const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Ctrl-C, once for everybody.
 *
 * Programs are started outside the terminal's process group, so that only this class tells
 * them of a signal. The first one asks each running program to stop, once: Terraform then
 * finishes the resources in flight, saves its state and releases the lock. The second only
 * says what a third would do. The third stops Terraform at once, which may leave the lock behind, and AWS is
 * asked no longer than ten seconds more; the fourth kills it. Where no Terraform runs, AWS itself is waited
 * for, which may hang: there the second ends it all.
 */
export class Interrupts {
  private readonly running = new Set<Interruptible>();
  private count = 0;
  private last = Number.NEGATIVE_INFINITY;
  private readonly stop = new AbortController();

  public constructor(
    private readonly report: (line: string) => void,
    private readonly clock: () => number = () => performance.now(),
  ) {
    // As many things are awaited at once as there are stacks and questions to AWS; Node warns of eleven.
    setMaxListeners(0, this.stop.signal);
  }

  /** Whether the user asked to stop; nothing new is started then. */
  public get requested(): boolean {
    return this.count > 0;
  }

  /** Whether Terraform was told to end at once, with what it had not stored. */
  public get insisted(): boolean {
    return this.count >= 3;
  }

  /** Whether everything was stopped, whatever was still awaited. */
  public get stopped(): boolean {
    return this.stop.signal.aborted;
  }

  /**
   * Waits for work, but not beyond the user's patience.
   *
   * @throws InterruptedError once the user has insisted; what the work awaited is let go of.
   */
  public async patiently<Result>(work: Promise<Result>): Promise<Result> {
    const { signal } = this.stop;
    let insist: () => void = () => undefined;
    const stopped = new Promise<never>((_resolve, reject) => {
      insist = () => {
        reject(
          new InterruptedError(
            "Stopped at once, without waiting for AWS. `meridian recover` repairs what was in progress.",
          ),
        );
      };
      signal.addEventListener("abort", insist);
    });
    try {
      return await Promise.race([work, stopped]);
    } finally {
      signal.removeEventListener("abort", insist);
    }
  }

  /** Registers a running program; call the result when it has ended. */
  public track(program: Interruptible): () => void {
    this.running.add(program);
    if (this.requested) {
      program.kill("SIGINT");
    }
    return () => {
      this.running.delete(program);
      if (this.insisted && this.running.size === 0) {
        setTimeout(() => {
          this.stop.abort();
        }, graceMilliseconds).unref();
      }
    };
  }

  /** Handles one signal. */
  public interrupt(): void {
    const isEcho = this.clock() - this.last < echoMilliseconds;
    this.last = this.clock();
    if (isEcho) {
      return;
    }
    this.count += 1;
    const isIdle = this.running.size === 0;
    if (this.count === 1) {
      this.report(
        isIdle
          ? "Interrupted: nothing more is started. Ctrl-C again stops at once."
          : `Interrupted: waiting for ${this.running.size} Terraform run(s) to finish what is in flight and release the lock.`,
      );
      this.signalAll("SIGINT");
    } else if (this.count === 2 && !isIdle) {
      this.report("Still waiting. A third Ctrl-C stops at once, and may lose state and leave it locked.");
    } else if (this.count === 3 && !isIdle) {
      this.report("Stopping Terraform at once. A fourth Ctrl-C kills it.");
      this.signalAll("SIGINT");
    } else {
      this.signalAll("SIGKILL");
      this.stop.abort();
    }
  }

  /** Starts to listen for signals to this process; call the result to stop. */
  public listen(): () => void {
    const handler = (): void => {
      this.interrupt();
    };
    signals.forEach((signal) => process.on(signal, handler));
    return () => {
      signals.forEach((signal) => process.off(signal, handler));
    };
  }

  private signalAll(signal: NodeJS.Signals): void {
    for (const program of this.running) {
      program.kill(signal);
    }
  }
}
