import { explainClusterFile } from "./explain-file";
import { formatFinding, hasErrors, type Finding } from "./findings";
import { parseClusterFile } from "./cluster-file";
import type { ClusterContext } from "./cluster-context";

/** A cluster file and its text. */
export interface ClusterFileText {
  /** The file's name, as the findings print it. */
  readonly name: string;
  /** Its content. */
  readonly text: string;
}

/** What a command prints and how it ends. */
export interface CommandResult {
  /** For standard output, without a final line break. */
  readonly text: string;
  /** 0, or 1 when a file has errors. */
  readonly exitCode: 0 | 1;
}

/** Options of {@link validateCommand}. */
export interface ValidateOptions extends ClusterContext {
  /**
   * Print the findings as a JSON list instead of lines.
   *
   * @default false
   */
  readonly json?: boolean;
}

/** `meridian hpc validate FILE…`: every finding of every file. Exit code 1 when any is an error. */
export function validateCommand(
  files: readonly ClusterFileText[],
  options: ValidateOptions = {},
): CommandResult {
  const results = files.map(({ name, text }) => parseClusterFile(text, name, options));
  const exitCode = results.some(({ findings }) => hasErrors(findings)) ? 1 : 0;
  if (options.json === true) {
    const list = results.flatMap(({ fileName, findings }) =>
      findings.map((finding) => ({ file: fileName, ...finding })),
    );
    return { text: JSON.stringify(list, undefined, 2), exitCode };
  }
  const lines = results.flatMap(({ fileName, findings }) => [
    ...findings.map((finding) => formatFinding(fileName, finding)),
    `${fileName}: ${countOf(findings)}`,
  ]);
  return { text: lines.join("\n"), exitCode };
}

/** `meridian hpc explain FILE`: the file with every default filled in, or its errors. */
export function explainCommand(file: ClusterFileText, context: ClusterContext = {}): CommandResult {
  const parsed = parseClusterFile(file.text, file.name, context);
  const explained = explainClusterFile(parsed);
  return explained === undefined
    ? validateCommand([file], context)
    : { text: explained.trimEnd(), exitCode: 0 };
}

function countOf(findings: readonly Finding[]): string {
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  const [errors, warnings, notes] = [count("ERROR"), count("WARNING"), count("INFO")];
  return `${errors} ${plural("error", errors)}, ${warnings} ${plural("warning", warnings)}, ${notes} ${plural("note", notes)}`;
}

function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}
