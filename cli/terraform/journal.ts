import { existsSync, readFileSync } from "node:fs";

import type { State } from "../stacks/state-file";
import { parseEvent, type TerraformEvent } from "./events";

/** A resource that an apply made. */
export interface Made {
  readonly address: string;
  /** The attribute that identifies it, such as `id`, and its value. */
  readonly key: string;
  readonly id: string;
}

/** What an apply had done by its last word. */
export interface Journal {
  readonly made: readonly Made[];
  /** Addresses of what was being made: whether it stands, nobody knows. */
  readonly open: readonly string[];
  /** Addresses of what was destroyed. */
  readonly removed: readonly string[];
  /** Whether all that was planned was done. */
  readonly isComplete: boolean;
  /** When it first said something that Terraform says only with the state's lock in its hands. */
  readonly spokeAt?: string;
}

/** What Terraform says before it has the lock. */
const beforeTheLock: ReadonlySet<string> = new Set(["version", "diagnostic", "log"]);

/** What Terraform says when it is asked to stop, once or twice. */
const interruption = /interrupts? received/i;

/** Collects what an apply says into its journal. */
export class JournalKeeper {
  private readonly made = new Map<string, Made>();
  private readonly open = new Set<string>();
  private readonly removed = new Set<string>();
  private isComplete = false;
  private isInterrupted = false;
  private spokeAt: string | undefined;

  /** What was collected so far. */
  public get journal(): Journal {
    return {
      made: [...this.made.values()],
      open: [...this.open],
      removed: [...this.removed],
      isComplete: this.isComplete,
      ...(this.spokeAt === undefined ? {} : { spokeAt: this.spokeAt }),
    };
  }

  /** Takes one event; says whether it changed the journal. */
  public note({ type, hook, "@timestamp": at, "@message": message }: TerraformEvent): boolean {
    this.spokeAt ??= beforeTheLock.has(type) ? undefined : at;
    this.isInterrupted ||= type === "log" && interruption.test(message);
    if (type === "change_summary") {
      this.isComplete = true;
      return true;
    }
    if (hook === undefined || !/^apply_(start|complete|errored)$/.test(type)) {
      return false;
    }
    const address = hook.resource.addr;
    if (hook.action === "create") {
      this.noteCreation(type, address, hook.id_key, hook.id_value);
    } else if (hook.action === "delete" && type === "apply_complete") {
      this.removed.add(address);
    }
    return true;
  }

  private noteCreation(type: string, address: string, key = "", id = ""): void {
    if (type === "apply_start") {
      this.open.add(address);
      return;
    }
    // An interrupt cuts off calls that AWS may have carried out: nobody has read the answers.
    if (type === "apply_errored" && this.isInterrupted) {
      return;
    }
    this.open.delete(address);
    if (type === "apply_complete") {
      this.made.set(address, { address, key, id });
    }
  }
}

/** The journal of an apply whose events are in a file; nothing when there is no such file. */
export function journalIn(file: string, offset = 0): Journal | undefined {
  if (!existsSync(file)) {
    return undefined;
  }
  const keeper = new JournalKeeper();
  for (const line of readFileSync(file).subarray(offset).toString("utf8").split("\n")) {
    const event = parseEvent(line);
    if (event !== undefined) {
      keeper.note(event);
    }
  }
  return keeper.journal;
}

/** What a journal tells of and a state does not. */
export interface Missing {
  readonly made: readonly Made[];
  readonly open: readonly string[];
}

/** Compares what was made with what a state knows. */
export function missingIn(state: State | undefined, { made, open }: Journal): Missing {
  const known = instancesIn(state);
  return {
    made: made.filter(({ address, key, id }) => {
      const instances = known.get(address) ?? [];
      return !instances.some((attributes) => key === "" || attributes[key] === id);
    }),
    open: open.filter((address) => !known.has(address)),
  };
}

/** The attributes of a state's instances by address, deposed ones among them. */
export function instancesIn(state: State | undefined): Map<string, Readonly<Record<string, unknown>>[]> {
  const found = new Map<string, Readonly<Record<string, unknown>>[]>();
  for (const { module, mode, type, name, instances } of state?.resources ?? []) {
    for (const { index_key: key, attributes = {} } of mode === "managed" ? (instances as Instance[]) : []) {
      const index = key === undefined ? "" : `[${JSON.stringify(key)}]`;
      const address = `${module === undefined ? "" : `${module}.`}${type}.${name}${index}`;
      found.set(address, [...(found.get(address) ?? []), attributes]);
    }
  }
  return found;
}

interface Instance {
  readonly index_key?: string | number;
  readonly attributes?: Readonly<Record<string, unknown>>;
}
