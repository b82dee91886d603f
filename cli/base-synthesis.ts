import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CommandError } from "./errors";
import { readStacks, type Stack } from "./manifest";

/**
 * Synthesizes the App as it was at a commit, in a work tree of its own that is removed afterwards.
 * It runs with the packages that are installed now: no network is needed.
 *
 * @throws CommandError when the commit is unknown or does not synthesize.
 */
export function synthesizeAt(projectDirectory: string, revision: string): Stack[] {
  const commit = resolve(projectDirectory, revision);
  const scratch = mkdtempSync(join(tmpdir(), "meridian-base-"));
  const tree = join(scratch, "tree");
  const output = join(scratch, "out");
  try {
    git(projectDirectory, "worktree", "add", "--detach", "--quiet", tree, commit);
    if (!existsSync(join(tree, "main.ts"))) {
      return [];
    }
    symlinkSync(join(projectDirectory, "node_modules"), join(tree, "node_modules"));
    const { status, stderr } = spawnSync(process.execPath, ["--require", "tsx/cjs", "main.ts"], {
      cwd: tree,
      env: { ...process.env, CDKTF_OUTDIR: output },
      encoding: "utf8",
    });
    if (status !== 0) {
      throw new CommandError(
        `${revision} does not synthesize:\n${stderr.trim()}`,
        "Compare with a commit that does (--base).",
      );
    }
    return readStacks(output);
  } finally {
    git(projectDirectory, "worktree", "remove", "--force", tree);
    rmSync(scratch, { recursive: true, force: true });
  }
}

function resolve(directory: string, revision: string): string {
  try {
    return git(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
  } catch {
    throw new CommandError(
      `'${revision}' is no commit of this repository.`,
      "Name a branch, tag or commit with --base; in CI, fetch it first (actions/checkout with fetch-depth: 0).",
    );
  }
}

function git(directory: string, ...args: readonly string[]): string {
  return execFileSync("git", args, {
    cwd: directory,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}
