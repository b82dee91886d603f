import type { TerraformPlanJson } from "../analysis/plan";
import { buildReport, renderMarkdown } from "../analysis/report";
import { largePlan } from "../test/analysis/support/large-plan";

/** Seconds from a plan of so many megabytes of JSON to the Markdown of its comment; the middle of some runs. */
export function measureRendering(megabytes: number, runs: number): number {
  const plan = largePlan(megabytes);
  const times = Array.from({ length: runs }, () => secondsOf(plan));
  return times.sort((left, right) => left - right)[Math.floor(runs / 2)] ?? 0;
}

/** Seconds for the report on so many sensitive ARNs that begin alike and are repeated where nothing marks them. */
export function measureArns(count: number): number {
  const marks = { arn: true };
  return secondsOf({
    resource_changes: Array.from({ length: count }, (_none, index) => {
      const arn = `arn:aws:secretsmanager:eu-west-1:123456789012:secret:service-${index}-AbCdEf`;
      const [before, after] = [`see ${arn}`, `see ${arn} first`].map((text) => ({ arn, text }));
      const change = { actions: ["update"], before, after, before_sensitive: marks, after_sensitive: marks };
      return { address: `aws_x.r${index}`, type: "aws_x", change };
    }),
  });
}

/** Seconds for the report on a security group all of whose rules change. */
export function measureRules(count: number): number {
  const group = (last: number) => ({
    ingress: Array.from({ length: count }, (_none, index) => ({
      cidr_blocks: [`10.${index >> 8}.${index & 255}.${last}/32`],
      protocol: "tcp",
      from_port: 443,
      to_port: 443,
    })),
  });
  const change = { actions: ["update"], before: group(1), after: group(2) };
  return secondsOf({
    resource_changes: [{ address: "aws_security_group.G", type: "aws_security_group", change }],
  });
}

function secondsOf(plan: TerraformPlanJson): number {
  const started = process.hrtime.bigint();
  renderMarkdown([buildReport({ environment: "bench", stacks: [{ name: "bench-eu-west-1", plan }] })]);
  return Number(process.hrtime.bigint() - started) / 1e9;
}
