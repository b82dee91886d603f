import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { InternalError, ValidationError } from "../../core";
import { namesOf, nounProblems } from "./names";
import { filesOf, sharedLinesOf } from "./rooms";

/** What was written, by path from the root. */
export interface AddedNoun {
  /** Files that are new. */
  readonly files: readonly string[];
  /** Files that got one line. */
  readonly shared: readonly string[];
}

/**
 * Adds a noun to the repository at `root`: a module, its settings in environments, tests and an example.
 *
 * @throws ValidationError where the noun cannot be added; nothing is written then.
 */
export function addNoun(root: string, noun: string): AddedNoun {
  const problems = nounProblems(root, noun);
  if (problems.length > 0) {
    throw new ValidationError(problems);
  }
  const names = namesOf(noun);
  const files = Object.entries(filesOf(names));
  const shared = sharedLinesOf(names);
  const before = new Map(
    Object.keys(shared).map((file) => [file, readFileSync(path.join(root, file), "utf8")] as const),
  );
  try {
    for (const [file, text] of files) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text, { flag: "wx" });
    }
    for (const [file, text] of before) {
      writeFileSync(path.join(root, file), text + (shared[file] ?? ""));
    }
    format(
      root,
      files.map(([file]) => file),
    );
  } catch (error) {
    // A disk that is full half-way leaves the tree as it was.
    files.forEach(([file]) => {
      rmSync(path.join(root, file), { force: true });
    });
    before.forEach((text, file) => {
      writeFileSync(path.join(root, file), text);
    });
    throw error;
  }
  return { files: files.map(([file]) => file), shared: Object.keys(shared) };
}

/** Line lengths depend on the noun's. */
function format(root: string, files: readonly string[]): void {
  const prettier = path.join(__dirname, "../../node_modules/prettier/bin/prettier.cjs");
  const { status, stderr } = spawnSync(process.execPath, [prettier, "--write", ...files], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) {
    throw new InternalError(`prettier cannot read what was written: ${stderr}`);
  }
}
