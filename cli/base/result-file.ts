import { existsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { CommandError, messageOf } from "./errors";
import { ensurePrivateDirectory, type Workspace } from "./workspace";

/** Writes a command's result for machines, if a file was named. */
export function writeResult(file: string | undefined, result: object): void {
  if (file === undefined) {
    return;
  }
  try {
    writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  } catch (error) {
    throw new CommandError(
      `The result cannot be written to ${file}: ${messageOf(error)}`,
      "Name a file in a directory that exists.",
    );
  }
}

/**
 * Refuses files that cannot be written, before the work that is to be told in them. Makes Meridian's own
 * directory first, where results may lie and which a fresh clone does not have.
 *
 * @throws CommandError with the first of them.
 */
export function refuseUnwritable(workspace: Workspace, files: readonly (string | undefined)[]): void {
  ensurePrivateDirectory(workspace.root);
  for (const file of files.filter((each) => each !== undefined)) {
    const obstacle = obstacleTo(file);
    if (obstacle !== undefined) {
      throw new CommandError(
        `${file} cannot be written: ${obstacle}.`,
        "Name a file in a directory that exists.",
      );
    }
  }
}

function obstacleTo(file: string): string | undefined {
  if (!existsSync(dirname(file))) {
    return "its directory does not exist";
  }
  return existsSync(file) && statSync(file).isDirectory() ? "it is a directory" : undefined;
}
