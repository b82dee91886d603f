import { buildReport, renderMarkdown } from "../analysis/report";
import { largePlan } from "../test/analysis/support/large-plan";

/** Seconds from a plan of so many megabytes of JSON to the Markdown of its comment; the middle of some runs. */
export function measureRendering(megabytes: number, runs: number): number {
  const plan = largePlan(megabytes);
  const times = Array.from({ length: runs }, () => {
    const started = process.hrtime.bigint();
    renderMarkdown([buildReport({ environment: "bench", stacks: [{ name: "bench-eu-west-1", plan }] })]);
    return Number(process.hrtime.bigint() - started) / 1e9;
  });
  return times.sort((left, right) => left - right)[Math.floor(runs / 2)] ?? 0;
}
