import { z } from "zod";

import { commentLimit, plural, prose } from "../../analysis/report";
import { type Finding, verdicts } from "../preflight/finding";
import type { Forge } from "./forge-contract";
import { keepIssue, type PostOutcome } from "./kept-issue";

/** What `meridian preflight --json` writes, as far as an issue needs it. */
export interface PreflightResult {
  readonly environment: string;
  readonly findings: readonly Finding[];
}

const text = z.string();
const schema = z.object({
  command: z.literal("preflight"),
  environment: text,
  findings: z.array(
    z.object({ result: z.enum(verdicts), where: text, what: text, got: text, remedy: text.optional() }),
  ),
});

/** Reads the result of a preflight; nothing where it is none. */
export function parsePreflight(content: unknown): PreflightResult | undefined {
  return schema.safeParse(content).data;
}

/** The label of the issues that report what a preflight found. */
export const preflightLabel = "preflight";

/**
 * Keeps one issue for what a preflight of an environment found: certificates that do not renew, quotas that
 * are nearly used up, and questions that could not be asked, since nobody sees what those hide.
 */
export async function postPreflight(forge: Forge, result: PreflightResult): Promise<PostOutcome> {
  const { environment } = result;
  const found = result.findings.filter((finding) => finding.result !== "ok");
  return keepIssue(forge, {
    key: `preflight ${environment}`,
    label: preflightLabel,
    title: `Preflight of ${environment}`,
    text: textOf(environment, found),
    isOpen: found.length > 0,
  });
}

function textOf(environment: string, findings: readonly Finding[]): string {
  if (findings.length === 0) {
    return `The preflight of ${prose(environment)} no longer finds anything.\n`;
  }
  const head = `The preflight of ${prose(environment)} found what a deploy or users may run into:\n`;
  const end = `\n\`meridian preflight ${environment}\` asks again.\n`;
  const lines: string[] = [];
  let room = commentLimit - 1024 - Buffer.byteLength(head + end);
  for (const [position, finding] of findings.entries()) {
    const line = lineOf(finding);
    room -= Buffer.byteLength(line) + 1;
    if (room < 0) {
      lines.push(`- ${plural(findings.length - position, "more finding")}`);
      break;
    }
    lines.push(line);
  }
  return `${head}\n${lines.join("\n")}\n${end}`;
}

function lineOf({ result, where, what, got, remedy }: Finding): string {
  const first = `- **${result}** ${prose(`${where}: ${what}: ${got}`)}`;
  return remedy === undefined
    ? first
    : [first, ...remedy.split("\n").map((line) => `  ${prose(line)}`)].join("  \n");
}
