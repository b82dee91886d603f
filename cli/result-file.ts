import { writeFileSync } from "node:fs";

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
