import { closest, distance } from "fastest-levenshtein";

/** The name that is fewest keystrokes away from a misspelt one. */
export function nearestName(misspelt: string, names: readonly string[]): string {
  return closest(misspelt, names);
}

/** Whether one name is likely a misspelling of the other: less than half of the longer one differs. */
export function isLikelyMisspelling(left: string, right: string): boolean {
  return distance(left.toLowerCase(), right.toLowerCase()) < Math.max(left.length, right.length) / 2;
}
