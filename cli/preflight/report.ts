import pc from "picocolors";

import { CommandError } from "../base/errors";
import { type Finding, type Verdict, verdicts } from "./finding";

const colors: Readonly<Record<Verdict, (text: string) => string>> = {
  block: pc.red,
  warn: pc.yellow,
  unknown: pc.magenta,
  ok: pc.green,
};

/** Findings for a person: each with what to do. */
export function preflightReport(findings: readonly Finding[]): string {
  return findings.map((finding) => `${line(finding)}\n`).join("") + `${counts(findings)}\n`;
}

function line({ result, where, what, got, remedy }: Finding): string {
  const first = `${colors[result](result.padEnd("unknown".length))} ${where}: ${what}: ${got}`;
  return remedy === undefined ? first : `${first}\n        To do: ${remedy.replaceAll("\n", "\n          ")}`;
}

function counts(findings: readonly Finding[]): string {
  return verdicts
    .map((verdict) => `${findings.filter(({ result }) => result === verdict).length} ${verdict}`)
    .join(", ");
}

/** What a deploy may be told about its preflight. */
export interface PreflightSettings {
  /**
   * Whether it goes on although something is in the way.
   *
   * @default false
   */
  readonly ignorePreflight?: boolean;
}

/**
 * What a deploy says of its preflight before its first question: nothing where nothing is in the way.
 *
 * @throws CommandError when something is.
 */
export function beforeDeploy(
  findings: readonly Finding[],
  environment: string,
  settings: PreflightSettings,
  note: (text: string) => void,
): void {
  const stops = ({ result, isAwaited }: Finding): boolean => result === "block" && isAwaited !== true;
  const shown = findings.filter(
    (finding) =>
      finding.result === "warn" ||
      (finding.result === "block" && (settings.ignorePreflight === true || !stops(finding))),
  );
  shown.forEach((finding) => {
    note(line(finding));
  });
  const unknown = findings.filter(({ result }) => result === "unknown").length;
  if (unknown > 0) {
    note(
      pc.dim(
        `Preflight could not ask ${unknown} of its questions: \`meridian preflight ${environment}\` lists them.`,
      ),
    );
  }
  const blocks = findings.filter(stops);
  if (blocks.length > 0 && settings.ignorePreflight !== true) {
    throw new CommandError(
      [
        `${blocks.length === 1 ? "One finding blocks" : `${blocks.length} findings block`} this deploy. Nothing was changed.`,
        ...blocks.map(line),
      ].join("\n"),
      "Do what each says, then run the command again; --ignore-preflight continues anyway.",
    );
  }
}
