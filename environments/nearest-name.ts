import { closest } from "fastest-levenshtein";

/** The name that is fewest keystrokes away from a misspelt one. */
export function nearestName(misspelt: string, names: readonly string[]): string {
  return closest(misspelt, names);
}
