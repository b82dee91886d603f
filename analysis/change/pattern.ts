/**
 * Whether everything that `name` matches, `pattern` matches too. Both may hold `*` and `?`.
 *
 * Linear in the texts, not a regular expression: the patterns come from whoever wrote the plan.
 */
export function coversPattern(pattern: string, name: string): boolean {
  if (pattern === "*" || pattern === name) {
    return true;
  }
  let [position, resume, star, index] = [0, 0, -1, 0];
  while (index < name.length) {
    // A `*` of the narrow side can stand for anything, so only a `*` of the wide side may take it.
    const sign = pattern[position];
    if (sign === "*") {
      [star, resume] = [position, index];
      position += 1;
    } else if (sign === name[index] || (sign === "?" && name[index] !== "*")) {
      position += 1;
      index += 1;
    } else if (star >= 0) {
      resume += 1;
      [position, index] = [star + 1, resume];
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(position));
}
