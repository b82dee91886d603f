import type { Forge } from "./forge-contract";
import { isSameText, markOf } from "./mark";

/** What became of a comment or an issue. */
export type PostOutcome = "created" | "updated" | "unchanged" | "nothing to say" | "closed";

/** An issue that stands for a state of things. */
export interface KeptIssue {
  /** What it is found by again: never anything that changes between runs. */
  readonly key: string;
  readonly label: string;
  readonly title: string;
  /** Its text, in Markdown. */
  readonly text: string;
  /** Whether the state of things lasts. */
  readonly isOpen: boolean;
}

/**
 * Keeps one issue for a state of things: opened when it begins, updated while it lasts, closed when it is
 * over, and opened again rather than made anew.
 */
export async function keepIssue(forge: Forge, issue: KeptIssue): Promise<PostOutcome> {
  const { key, label, title, text, isOpen } = issue;
  const mark = markOf(key);
  const body = `${mark}\n${text}`;
  const existing = (await forge.issues(label)).find((kept) => kept.isOurs && kept.body.startsWith(mark));
  if (existing === undefined) {
    if (!isOpen) {
      return "nothing to say";
    }
    await forge.createIssue(title, body, label);
    return "created";
  }
  if (existing.isOpen === isOpen && (!isOpen || isSameText(existing.body, body))) {
    return "unchanged";
  }
  await forge.updateIssue(existing.number, { body, isOpen });
  return isOpen ? "updated" : "closed";
}
