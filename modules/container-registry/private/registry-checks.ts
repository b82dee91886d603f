/** Entries that stand in a list more than once. */
export function duplicates(list: readonly string[]): readonly string[] {
  return [...new Set(list.filter((entry, position) => list.indexOf(entry) < position))];
}
