import { existsSync, readFileSync } from "node:fs";

import { z } from "zod";

import { type Workspace, writePrivateFile } from "../base/workspace";

const record = z.object({ changes: z.number(), milliseconds: z.number() });
const format = z.record(z.string(), z.array(record));
type Records = z.infer<typeof format>;

/** So many of the last times are kept: what a stack was like long ago says little. */
const kept = 5;

/** How long things took in earlier runs on this machine, by stack and by what was done to it. */
export class Durations {
  private readonly records: Records;

  public constructor(private readonly workspace: Workspace) {
    this.records = this.read();
  }

  /** Writes down how long something took that ended well. */
  public note(stack: string, what: string, changes: number, milliseconds: number): void {
    const key = `${stack} ${what}`;
    const earlier = Object.hasOwn(this.records, key) ? (this.records[key] ?? []) : [];
    this.records[key] = [...earlier, { changes, milliseconds: Math.round(milliseconds) }].slice(-kept);
    try {
      // What another run has written meanwhile is as good as this.
      writePrivateFile(this.workspace.durations, `${JSON.stringify(this.records)}\n`);
    } catch {
      // An estimate is not worth a run.
    }
  }

  /**
   * How long it took in the middle of the earlier times; nothing where it never happened. Where a number of
   * changes is given, times with less than half or more than twice as many do not count.
   */
  public of(stack: string, what: string, changes?: number): number | undefined {
    const key = `${stack} ${what}`;
    const times = (Object.hasOwn(this.records, key) ? (this.records[key] ?? []) : [])
      .filter((each) => changes === undefined || isLike(each.changes, changes))
      .map(({ milliseconds }) => milliseconds)
      .sort((left, right) => left - right);
    return times[Math.floor(times.length / 2)];
  }

  private read(): Records {
    const file = this.workspace.durations;
    try {
      return existsSync(file) ? format.parse(JSON.parse(readFileSync(file, "utf8"))) : {};
    } catch {
      // Cut off while it was written: it fills again.
      return {};
    }
  }
}

function isLike(one: number, other: number): boolean {
  return one <= other * 2 && other <= one * 2;
}
