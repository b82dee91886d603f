/** How much a finding weighs: an error stops the cluster, a warning and a note do not. */
export type FindingLevel = "ERROR" | "WARNING" | "INFO";

/** One thing that a cluster file gets wrong, or that its author should know. */
export interface Finding {
  /** How much it weighs. */
  readonly level: FindingLevel;
  /** The check that found it, such as `DuplicateMountDir`. */
  readonly code: string;
  /** Where in the file: `Scheduling.SlurmQueues[0].Name`. */
  readonly path: string;
  /** The line of that place, from 1. */
  readonly line: number;
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  /** What to do about it, in the imperative. */
  readonly remedy: string;
}

/** One line: `cluster.yaml:12: ERROR DuplicateMountDir: SharedStorage[1].MountDir: <message>; <remedy>`. */
export function formatFinding(fileName: string, finding: Finding): string {
  const { level, code, path, line, message, remedy } = finding;
  return `${fileName}:${line}: ${level} ${code}: ${path === "" ? "the file" : path}: ${message}; ${remedy}`;
}

/** Whether any finding stops the cluster. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level === "ERROR");
}

/** Findings in the order of the file, errors first on a line. */
export function sortedFindings(findings: readonly Finding[]): Finding[] {
  const weight: Record<FindingLevel, number> = { ERROR: 0, WARNING: 1, INFO: 2 };
  return [...findings].sort(
    (a, b) =>
      a.line - b.line ||
      weight[a.level] - weight[b.level] ||
      a.path.localeCompare(b.path) ||
      a.code.localeCompare(b.code),
  );
}
