import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { CommandError, messageOf } from "../base/errors";
import { readStacks, type Stack } from "./manifest";
import { git, isInRepository } from "../base/repository";

/**
 * Synthesizes the App as it was at a commit, in a work tree of its own that is removed afterwards.
 * It runs with the packages that are installed now: no network is needed.
 *
 * @throws CommandError when the commit is unknown or does not synthesize.
 */
export function synthesizeAt(projectDirectory: string, revision: string): Stack[] {
  const commit = resolve(projectDirectory, revision);
  // The project may be a directory of its repository.
  const prefix = git(projectDirectory, "rev-parse", "--show-prefix").trim();
  const scratch = mkdtempSync(join(tmpdir(), "meridian-base-"));
  const tree = join(scratch, "tree");
  try {
    checkOut(projectDirectory, tree, commit, revision);
    const project = join(tree, prefix);
    return existsSync(join(project, "main.ts"))
      ? synthesize(project, packagesOf(projectDirectory), join(scratch, "out"), revision)
      : [];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    git(projectDirectory, "worktree", "prune");
  }
}

function synthesize(project: string, packages: string, output: string, revision: string): Stack[] {
  symlinkSync(packages, join(project, "node_modules"));
  const { status, stderr } = spawnSync(process.execPath, ["--require", "tsx/cjs", "main.ts"], {
    cwd: project,
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
}

function resolve(directory: string, revision: string): string {
  if (!isInRepository(directory)) {
    throw new CommandError(
      `${directory} is not in a git repository, so there is no '${revision}' to compare with.`,
      "Run the command in a clone of the repository.",
    );
  }
  try {
    return git(
      directory,
      "rev-parse",
      "--verify",
      "--quiet",
      "--end-of-options",
      `${revision}^{commit}`,
    ).trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new CommandError(
        "git is not installed, or not on the PATH, so there is nothing to compare with.",
        "Install git (Debian: apt-get install git; macOS: xcode-select --install).",
      );
    }
    throw new CommandError(
      `'${revision}' is not a commit of this repository.`,
      "Name a branch, tag or commit that is here. A shallow clone lacks most of them: `git fetch --unshallow` (in CI: fetch-depth: 0 of actions/checkout, GIT_DEPTH: 0 on GitLab).",
    );
  }
}

function checkOut(directory: string, tree: string, commit: string, revision: string): void {
  try {
    git(directory, "worktree", "add", "--detach", "--quiet", tree, commit);
  } catch (error) {
    throw new CommandError(
      `${revision} cannot be checked out: ${messageOf(error)}`,
      "Fetch the whole commit, and see that the repository and the directory for temporary files can be written.",
    );
  }
}

/** Where packages are installed: in the project, or above it where a repository has several. */
function packagesOf(directory: string): string {
  const packages = join(directory, "node_modules");
  const parent = dirname(directory);
  return existsSync(packages) || parent === directory ? packages : packagesOf(parent);
}
