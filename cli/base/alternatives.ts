import { closest, distance } from "fastest-levenshtein";

/**
 * What there is instead of names that do not exist, as sentences: the nearest of each where it was likely
 * meant, then all.
 */
export function alternatives(given: string | readonly string[], known: readonly string[]): string {
  const meant = [given].flat().flatMap((name) => {
    const nearest = closest(name, known);
    const steps = distance(name.toLowerCase(), nearest.toLowerCase());
    // Two letters that changed places are two steps.
    const isLikely = steps <= 2 || steps * 2 < Math.max(name.length, nearest.length);
    return isLikely ? [`'${nearest}'`] : [];
  });
  const question = meant.length === 0 ? "" : `Did you mean ${meant.join(", ")}? `;
  return `${question}There are: ${known.join(", ")}.`;
}
