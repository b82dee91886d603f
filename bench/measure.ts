import { spawnSync } from "node:child_process";
import path from "node:path";

/** What one run of a program cost. */
export interface Cost {
  /** Wall time, in seconds. */
  readonly seconds: number;
  /** Peak resident memory of the process itself, in MiB. */
  readonly peakMiB: number;
}

export const root = path.resolve(__dirname, "..");

/** Runs a TypeScript program in a process of its own; it is told where to write by `OUT`. */
export function measureProgram(file: string, args: readonly string[], outdir: string): Cost {
  const started = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      "--require",
      "tsx/cjs",
      "--require",
      path.join(__dirname, "report-peak.ts"),
      path.join(__dirname, file),
      ...args,
    ],
    { cwd: root, encoding: "utf8", env: { ...process.env, OUT: outdir } },
  );
  if (status !== 0) {
    throw new Error(`${file} ended with ${String(status)}:\n${stdout}${stderr}`);
  }
  const peakKiB = Number(/PEAK_KIB=(\d+)/.exec(stderr)?.[1] ?? 0);
  return { seconds: Number(process.hrtime.bigint() - started) / 1e9, peakMiB: peakKiB / 1024 };
}

/** The middle of an odd number of runs, by wall time. */
export function median(runs: readonly Cost[]): Cost {
  const sorted = [...runs].sort((a, b) => a.seconds - b.seconds);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) {
    throw new Error("nothing was measured");
  }
  return middle;
}
