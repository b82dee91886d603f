import { Command } from "commander";
import pc from "picocolors";
import { writeFileSync } from "node:fs";

import {
  casesOf,
  deltaOf,
  type Finding,
  findingsOf,
  type Grade,
  grades,
  proofMarkdown,
  type ProofReport,
  prove,
  type ServiceCases,
  summaryOf,
} from "../../analysis/resilience";
import { exitCodes } from "../base/errors";
import { takeLock, thisProcess } from "../base/lock";
import { refuseUnwritable, writeResult } from "../base/result-file";
import type { TargetEnvironment } from "../base/target-environment";
import { outputOf } from "../plan/affected-stacks";
import { claimsOf } from "../runs/claims";
import { addSynthesisOptions, type RunOptions } from "../runs/run-options";
import { type Context, environmentsNamed } from "../session/context";
import { synthesize } from "../session/synthesis";
import { synthesizeAt } from "../stacks/base-synthesis";
import type { Stack } from "../stacks/manifest";
import { wrapped } from "../terminal/cells";
import { table } from "../terminal/report";

interface ProveOptions extends Pick<RunOptions, "blockListDay" | "json"> {
  readonly base?: string;
  readonly markdown?: string;
}

/** `meridian prove [env…]`. */
export function proveCommand(context: Context, done: (exitCode: number) => void): Command {
  const command = new Command("prove")
    .description("whether environments survive failures as they promise, from their stacks alone")
    .argument("[env...]")
    .option("--base <revision>", "show only what is better or worse than at a commit")
    .option("--json <file>", "write a machine-readable result")
    .option("--markdown <file>", "write the report as Markdown")
    .action(async (names: string[], options: ProveOptions) => {
      refuseUnwritable(context.workspace, [options.json, options.markdown]);
      const proofs: EnvironmentProof[] = [];
      for (const environment of await environmentsNamed(context, names)) {
        const stacks = await synthesized(context, environment.name, options.blockListDay);
        const proof = proofOf(context, environment, stacks, options.base);
        context.terminal.out(textOf(proof.report, context.terminal.outColumns));
        proofs.push(proof);
      }
      const exitCode = proofs.some(isBroken) ? exitCodes.failure : exitCodes.success;
      if (options.markdown !== undefined) {
        writeFileSync(options.markdown, proofs.map(({ report }) => proofMarkdown(report)).join("\n"));
      }
      writeResult(options.json, { command: "prove", exitCode, environments: proofs.map(resultOf) });
      done(exitCode);
    });
  return addSynthesisOptions(command);
}

/** The proof of one environment. */
interface EnvironmentProof {
  readonly report: ProofReport;
  readonly cases: readonly ServiceCases[];
}

/** With a base, what was broken before breaks nothing. */
function isBroken({ report: { findings, delta } }: EnvironmentProof): boolean {
  return (delta?.worse ?? findings).some(({ grade }) => grade === "broken");
}

function resultOf({ report, cases: services }: EnvironmentProof): object {
  const { environment, rtoSeconds, survives, scenarios, findings, delta } = report;
  return { environment, rtoSeconds, survives, scenarios, services, findings, delta };
}

async function synthesized(
  context: Context,
  name: string,
  blockListDay: string | undefined,
): Promise<readonly Stack[]> {
  const release = takeLock(context.workspace.lock(name), name, thisProcess(`prove ${name}`, context.now()));
  try {
    return (await synthesize(context, name, blockListDay)).stacks;
  } finally {
    release();
  }
}

function proofOf(
  { workspace }: Context,
  environment: TargetEnvironment,
  stacks: readonly Stack[],
  revision: string | undefined,
): EnvironmentProof {
  const claims = claimsOf(environment);
  const proof = prove(outputOf(stacks), claims);
  const cases = casesOf(proof);
  const findings = findingsOf(proof);
  const base =
    revision === undefined
      ? undefined
      : synthesizeAt(workspace.projectDirectory, revision).filter((stack) =>
          stack.name.startsWith(`${environment.name}-`),
        );
  return {
    cases,
    report: {
      environment: environment.name,
      rtoSeconds: claims.rtoSeconds,
      survives: claims.survives,
      scenarios: proof.scenarios.list.length,
      summary: summaryOf(cases),
      findings,
      ...(base === undefined ? {} : { delta: deltaOf(findingsOf(prove(outputOf(base), claims)), findings) }),
    },
  };
}

const colours: Readonly<Record<Grade, (text: string) => string>> = {
  broken: pc.red,
  unproved: pc.magenta,
  weak: pc.yellow,
};

function textOf(report: ProofReport, columns: number | undefined): string {
  const { environment, survives, rtoSeconds, scenarios, summary, findings, delta } = report;
  const rows = summary.rows.map((row) => [...row]);
  const said =
    delta === undefined
      ? findings.map((finding) => lineOf(finding, columns))
      : [
          ...delta.worse.map((finding) => `worse than before:\n${lineOf(finding, columns)}`),
          ...delta.better.map((finding) => `better than before:\n${lineOf(finding, columns)}`),
        ];
  const counts = grades
    .map((grade) => `${findings.filter((finding) => finding.grade === grade).length} ${grade}`)
    .join(", ");
  return [
    `${environment} promises to survive the loss of ${survives} ${survives === 1 ? "region" : "regions"}, with users elsewhere within ${rtoSeconds} s.\n`,
    table([...summary.head], rows),
    ...said,
    `${scenarios} cases: ${counts}\n`,
  ].join("\n");
}

function lineOf({ rule, grade, address, says, remedy }: Finding, columns: number | undefined): string {
  const lines = [
    `${colours[grade](grade.padEnd("unproved".length))} ${pc.bold(rule)} ${says}`,
    ...(address === undefined ? [] : [`         ${address}`]),
    `         To do: ${remedy}`,
  ];
  return `${lines.map((line) => (columns === undefined ? line : wrapped(line, columns))).join("\n")}\n`;
}
