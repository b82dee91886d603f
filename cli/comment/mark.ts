import { CommandError } from "../base/errors";

/** The hidden first line by which a comment or an issue is found again. */
export function markOf(key: string): string {
  if (!/^[\w][\w ./-]*$/.test(key) || key.includes("--")) {
    throw new CommandError(
      `The comment's key '${key}' cannot be hidden in a comment.`,
      "Use letters, digits, blanks, dots, slashes and single hyphens.",
    );
  }
  return `<!-- meridian: ${key} -->`;
}

/** The forges trim what they keep and may change line ends. */
export function isSameText(kept: string, wanted: string): boolean {
  return kept.replaceAll("\r\n", "\n").trim() === wanted.trim();
}
