import { join } from "node:path";

import type { Stack } from "../stacks/manifest";
import { commitOf } from "../base/repository";
import type { Session } from "../session/session";
import { placeBeside, readBeside, storeBeside } from "./beside";
import type { StateHome } from "./state-home";
import type { TerraformEvent } from "../terraform/events";
import { type Journal, JournalKeeper, journalIn, type Missing, missingIn } from "../terraform/journal";
import { declaredIn } from "../terraform/lost-resources";
import { identityOf, type ProcessIdentity } from "../base/process-identity";

/**
 * An apply that was begun, kept beside the state until its end was seen: one that is found there has lost its
 * runner. It holds addresses and ids, and no secret.
 */
export interface Begun extends Journal {
  /** Version of this format. */
  readonly version: 1;
  readonly stack: string;
  readonly mode: "apply" | "destroy";
  readonly startedAt: string;
  /** The run that began it. */
  readonly runner: ProcessIdentity;
  /** The file of Terraform's events, on the runner's machine. */
  readonly events: string;
  /**
   * The commit that was checked out.
   *
   * @default - there was no git repository
   */
  readonly commit?: string;
  /**
   * Digest of the saved plans that it belonged to.
   *
   * @default - the deploy planned by itself
   */
  readonly plans?: string;
}

/** An apply writes down what it made this often; what is newer is in the log of its machine only. */
const storeEveryMilliseconds = 3000;

/** Keeps the record of an apply that was begun, from before its first change until its end was seen. */
export class BegunApply {
  private readonly keeper = new JournalKeeper();
  private timer: NodeJS.Timeout | undefined;
  private storing: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly session: Session,
    private readonly home: StateHome,
    private readonly stack: Stack,
    private readonly place: ReturnType<typeof placeOf>,
    private readonly about: Omit<Begun, keyof Journal>,
  ) {}

  /** Writes down that a stack is about to be changed. */
  public static async begin(
    session: Session,
    home: StateHome,
    stack: Stack,
    mode: Begun["mode"],
    plans?: string,
  ): Promise<BegunApply> {
    const { context, runDirectory } = session;
    const commit = commitOf(context.workspace.projectDirectory);
    const begun = new BegunApply(session, home, stack, placeOf(home, stack), {
      version: 1,
      stack: stack.name,
      mode,
      startedAt: context.now().toISOString(),
      runner: identityOf(process.pid) ?? { pid: process.pid, host: "" },
      events: join(runDirectory, stack.name, "apply.log.out"),
      ...(commit === undefined ? {} : { commit }),
      ...(plans === undefined ? {} : { plans }),
    });
    await begun.store();
    return begun;
  }

  /** Takes one event of the apply. */
  public note(event: TerraformEvent): void {
    if (this.keeper.note(event)) {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.storing = this.storing.then(() => this.store()).catch(() => undefined);
      }, storeEveryMilliseconds).unref();
    }
  }

  /** Sees the end of the apply: the record goes, unless the state lacks what was made. */
  public async end(): Promise<void> {
    clearTimeout(this.timer);
    await this.storing;
    const { journal } = this.keeper;
    const missing = missingIn(await this.home.stateOf(this.stack), journal);
    await this.write(isNothing(missing) ? undefined : this.content);
  }

  private get content(): string {
    const content: Begun = { ...this.about, ...this.keeper.journal };
    return `${JSON.stringify(content)}\n`;
  }

  private store(): Promise<void> {
    return this.write(this.content);
  }

  private async write(text: string | undefined): Promise<void> {
    if (this.place !== undefined) {
      await storeBeside(this.session, this.place, text);
    }
  }
}

/**
 * Writes down an apply of which only its runner is known, because the clone that it ran in is lost: all that it
 * was to make may stand.
 */
export async function noteLost(
  session: Session,
  home: StateHome,
  stack: Stack,
  { runner, startedAt }: Pick<Begun, "runner" | "startedAt">,
): Promise<void> {
  const place = placeOf(home, stack);
  const begun: Begun = {
    version: 1,
    stack: stack.name,
    mode: "apply",
    startedAt,
    runner,
    events: "",
    made: [],
    open: declaredIn(stack.configuration),
    removed: [],
    isComplete: false,
  };
  if (place !== undefined) {
    await storeBeside(session, place, `${JSON.stringify(begun)}\n`);
  }
}

/** Whether a state lacks nothing. */
export function isNothing({ made, open }: Missing): boolean {
  return made.length === 0 && open.length === 0;
}

/** An apply of a stack whose end nobody saw; nothing when all have ended. */
export async function readBegun(session: Session, home: StateHome, stack: Stack): Promise<Begun | undefined> {
  const place = placeOf(home, stack);
  const text = place === undefined ? undefined : await readBeside(session, place);
  if (text === undefined || text.trim() === "") {
    return undefined;
  }
  const begun = JSON.parse(text) as Begun;
  // On the machine that it ran on, the log knows more.
  return { ...begun, ...(journalIn(begun.events) ?? {}) };
}

/** Forgets an apply whose end is known. */
export async function forgetBegun(session: Session, home: StateHome, stack: Stack): Promise<void> {
  const place = placeOf(home, stack);
  if (place !== undefined) {
    await storeBeside(session, place, undefined);
  }
}

function placeOf(home: StateHome, stack: Stack): ReturnType<typeof placeBeside> {
  const backend = home.backendOf(stack);
  return backend === undefined ? undefined : placeBeside(backend, "begun.json");
}
