import { existsSync, readFileSync } from "node:fs";

import { CommandError } from "../base/errors";

/** An output as a state records it. */
export interface StateOutput {
  readonly value: unknown;
  /**
   * Whether it may be shown.
   *
   * @default false
   */
  readonly sensitive?: boolean;
}

/** The parts of a Terraform state that the runner reads. */
export interface State {
  /** Identity of the state; two states of different lineage describe different things. */
  readonly lineage: string;
  /** Grows with every write. */
  readonly serial: number;
  readonly outputs: Readonly<Record<string, StateOutput>>;
  readonly resources: readonly {
    readonly module?: string;
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly unknown[];
  }[];
}

const stateVersion = 4;

/**
 * Reads a state.
 *
 * @throws CommandError when it is not a state that this version can read.
 */
export function parseState(text: string, place: string): State {
  try {
    const state = JSON.parse(text) as State & { readonly version: number };
    if (state.version !== stateVersion) {
      throw new Error(`its format version is ${state.version}, not ${stateVersion}`);
    }
    if (typeof state.lineage !== "string" || !Number.isInteger(state.serial)) {
      throw new Error("it has no lineage and serial");
    }
    return state;
  } catch (error) {
    throw new CommandError(
      `The state ${place} is unreadable: ${(error as Error).message}.`,
      `Nothing was changed. ${remedyFor(place)}`,
    );
  }
}

/** Only a bucket has versions to go back to; who runs the command knows the environment. */
function remedyFor(place: string): string {
  const [, stack] = /^s3:.*\/([^/]+)\.tfstate$/.exec(place) ?? [];
  return stack === undefined
    ? "Restore it from a good copy, then try again."
    : `\`meridian state list <env> ${stack}\` shows its versions; go back to the latest good one with \`meridian state restore <env> ${stack} <version>\`.`;
}

/**
 * Reads a state from a file; nothing when there is no such file, or an empty one. Terraform makes the file
 * before it has anything to write, and takes an empty one for none itself.
 */
export function readLocalState(file: string): State | undefined {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return text.trim() === "" ? undefined : parseState(text, file);
}

/** How many resources a state holds. */
export function managedCountOf(state: State | undefined): number {
  return (state?.resources ?? [])
    .filter((resource) => resource.mode === "managed")
    .reduce((sum, resource) => sum + resource.instances.length, 0);
}

/** Whether two states describe the same resources. */
export function isSameState(left: State, right: State): boolean {
  return JSON.stringify(left.resources) === JSON.stringify(right.resources);
}
