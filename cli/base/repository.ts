import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Asks git in a directory. Throws where it has no answer. */
export function git(directory: string, ...args: readonly string[]): string {
  return execFileSync("git", args, {
    cwd: directory,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Whether a directory lies in a git repository, which git itself may be unable to read. */
export function isInRepository(directory: string): boolean {
  const parent = dirname(directory);
  return existsSync(join(directory, ".git")) || (parent !== directory && isInRepository(parent));
}

/** A file as the commit has it that is checked out; nothing where it has no such file. */
export function committedText(directory: string, file: string): string | undefined {
  try {
    return git(directory, "show", `HEAD:./${file}`);
  } catch {
    return undefined;
  }
}

/** The commit that is checked out, if the project is a git repository. */
export function commitOf(directory: string): string | undefined {
  if (!isInRepository(directory)) {
    return undefined;
  }
  try {
    return git(directory, "rev-parse", "HEAD").trim();
  } catch {
    return undefined;
  }
}
