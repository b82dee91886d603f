import pc from "picocolors";

import { regionOf, type Stack } from "../stacks/manifest";
import { table } from "../terminal/report";
import type { Answer } from "../base/answer";
import { wrapped } from "../terminal/cells";
import { forEachStack, type Session } from "../session/session";
import { managedCountOf, type State, type StateOutput } from "../stacks/state-file";
import type { StateHome } from "./state-home";

/** A stack as it stands in AWS. */
export interface StandingStack {
  readonly stack: Stack;
  readonly region: string;
  readonly resources: number;
  readonly outputs: Readonly<Record<string, StateOutput>>;
}

const endpointName = /(?:^|_)(?:url|endpoint|hostname|dns_name|name_server|ds_record)s?$/i;
const isAddress = /^https?:\/\//;

/** The selected stacks as their states tell. */
export async function standingStacks(session: Session, home: StateHome): Promise<StandingStack[]> {
  const states = await forEachStack(session, session.selected, (stack) => home.stateOf(stack));
  return session.selected.map((stack, index) => standing(stack, states[index]));
}

function standing(stack: Stack, state: State | undefined): StandingStack {
  return {
    stack,
    region: regionOf(stack.configuration) ?? "",
    resources: managedCountOf(state),
    outputs: state?.outputs ?? {},
  };
}

/** What stands: stacks with their regions and resources, then endpoints by region. */
export function standingReport(stacks: readonly StandingStack[], width?: number): string {
  const total = stacks.reduce((sum, { resources }) => sum + resources, 0);
  const rows = stacks.map(({ stack, region, resources }) => [stack.name, region, resources]);
  const endpoints = stacks.flatMap(({ stack, region, outputs }) =>
    shown(outputs)
      .filter(([name, value]) => endpointName.test(name) && !isAddress.test(value))
      .map(([name, value]) => [region, stack.name, name, value]),
  );
  return [
    table(["Stack", "Region", "Resources"], [...rows, [pc.bold("Total"), "", total]], width),
    ...(endpoints.length === 0
      ? []
      : [table(["Region", "Stack", "Endpoint", "Value"], endpoints.sort(byRegion), width)]),
  ].join("\n");
}

/** The addresses that were asked after a deploy, with what each answered, and what there is to do next. */
export function answersReport(environment: string, answers: readonly Answer[], width?: number): string {
  const rows = answers.map(({ url, stack, output, status, why = "" }) => [
    status === undefined ? pc.yellow("-") : status < 500 ? pc.green(status) : pc.red(status),
    url,
    status === undefined ? `${why} (${stack} ${output})` : `${stack} ${output}`,
  ]);
  const silent = answers.filter(({ status }) => status === undefined || status >= 500).length;
  const next = [
    `Next: \`meridian output ${environment}\` shows all outputs, \`meridian plan ${environment}\` what somebody else changed since.`,
    ...(silent === 0
      ? []
      : [
          `${silent} of ${answers.length} did not answer successfully. A new name takes minutes to resolve: try again (\`curl -i <address>\`) before you look for a cause.`,
        ]),
  ].join("\n");
  return [
    ...(rows.length === 0 ? [] : [table(["Answer", "Address", "From"], rows, width)]),
    `${width === undefined ? next : wrapped(next, width)}\n`,
  ].join("\n");
}

/** All outputs; values that are sensitive are not shown. */
export function outputReport(stacks: readonly StandingStack[]): string {
  const rows = stacks.flatMap(({ stack, outputs }) =>
    Object.entries(outputs).map(([name, { value, sensitive }]) => [
      stack.name,
      name,
      sensitive === true ? pc.dim("(sensitive)") : text(value),
    ]),
  );
  return table(["Stack", "Output", "Value"], rows);
}

/** Outputs by stack for machines; sensitive ones are left out. */
export function outputValues(stacks: readonly StandingStack[]): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    stacks.map(({ stack, outputs }) => [
      stack.name,
      Object.fromEntries(
        Object.entries(outputs).flatMap(([name, { value, sensitive }]) =>
          sensitive === true ? [] : [[name, value]],
        ),
      ),
    ]),
  );
}

function shown(outputs: Readonly<Record<string, StateOutput>>): [string, string][] {
  return Object.entries(outputs).flatMap(([name, { value, sensitive }]) =>
    sensitive === true ? [] : [[name, text(value)]],
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function byRegion(a: readonly string[], b: readonly string[]): number {
  return `${a[0] ?? ""} ${a[1] ?? ""}`.localeCompare(`${b[0] ?? ""} ${b[1] ?? ""}`);
}
