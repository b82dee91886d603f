import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Command } from "commander";

import type { ClusterFileText, CommandResult } from "../../modules/hpc-cluster";
import type { Context } from "../context";
import { CommandError, messageOf } from "../errors";

/** The module is large and needed by these commands alone. */
const load = createRequire(__filename);

function hpc(): typeof import("../../modules/hpc-cluster") {
  return load("../../modules/hpc-cluster") as typeof import("../../modules/hpc-cluster");
}

/** `meridian hpc validate|explain`. */
export function hpcCommand(context: Context, done: (exitCode: number) => void): Command {
  const finish = ({ text, exitCode }: CommandResult): void => {
    context.terminal.out(`${text}\n`);
    done(exitCode);
  };
  return new Command("hpc")
    .description("ParallelCluster files: check them, and show every default")
    .addCommand(
      new Command("validate")
        .description("list the findings of ParallelCluster files; exit with 1 when one is an error")
        .argument("<file...>")
        .option("--json", "as a JSON list")
        .action((files: string[], options: { json?: boolean }) => {
          finish(hpc().validateCommand(files.map(readText), { json: options.json }));
        }),
    )
    .addCommand(
      new Command("explain")
        .description("print a ParallelCluster file with every default filled in")
        .argument("<file>")
        .action((file: string) => {
          finish(hpc().explainCommand(readText(file)));
        }),
    );
}

function readText(file: string): ClusterFileText {
  try {
    return { name: file, text: readFileSync(file, "utf8") };
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${messageOf(error)}`, "Name a ParallelCluster file.");
  }
}
