import type { Finding } from "./rules";

/** What a change makes of the proof. */
export interface Delta {
  /** Findings that the base does not have. */
  readonly worse: readonly Finding[];
  /** Findings that are gone. */
  readonly better: readonly Finding[];
}

/** Compares the findings of two commits. One whose words change, as when it hits more cases, is worse. */
export function deltaOf(base: readonly Finding[], head: readonly Finding[]): Delta {
  const keyOf = ({ rule, grade, service, address, says }: Finding): string =>
    [rule, grade, service, address, says].join("\n");
  const subjectOf = ({ rule, service, address }: Finding): string => [rule, service, address].join("\n");
  const [before, after] = [new Set(base.map(keyOf)), new Set(head.map(subjectOf))];
  return {
    worse: head.filter((finding) => !before.has(keyOf(finding))),
    better: base.filter((finding) => !after.has(subjectOf(finding))),
  };
}
