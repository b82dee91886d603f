import { existsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { CommandError, messageOf } from "./errors";

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
 * Refuses files that cannot be written, before the work that is to be told in them.
 *
 * @throws CommandError with the first of them.
 */
export function refuseUnwritable(files: readonly (string | undefined)[]): void {
  for (const file of files) {
    const reason =
      file === undefined
        ? undefined
        : !existsSync(dirname(file))
          ? "its directory does not exist"
          : existsSync(file) && statSync(file).isDirectory()
            ? "it is a directory"
            : undefined;
    if (reason !== undefined) {
      throw new CommandError(
        `${file ?? ""} cannot be written: ${reason}.`,
        "Name a file in a directory that exists.",
      );
    }
  }
}
