import { Command } from "commander";

import { type Context, environmentsNamed } from "../session/context";
import { exitCodes } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import { type StackResult, summary } from "../terminal/report";
import { writeResult } from "../base/result-file";
import { withSession } from "../runs/open-session";
import { addRunOptions, type RunOptions } from "../runs/run-options";
import { forEachStack, type Session } from "../session/session";
import { attempt } from "../session/attempt";
import { formatDiagnostic } from "../terraform/events";

/** `meridian validate [env…]`. */
export function validateCommand(context: Context, done: (exitCode: number) => void): Command {
  const command = new Command("validate")
    .description("check every stack with the real provider, without credentials")
    .argument("[env...]")
    .action(async (names: string[], options: RunOptions) => {
      const results: StackResult[] = [];
      for (const { name } of await environmentsNamed(context, names)) {
        results.push(
          ...(await withSession(context, name, options, { command: "validate", cloud: "offline" }, validate)),
        );
      }
      const isValid = results.every(({ outcome }) => outcome === "valid");
      const exitCode = isValid ? exitCodes.success : exitCodes.failure;
      context.terminal.out(summary(results, context.terminal.outColumns));
      writeResult(options.json, { command: "validate", environments: names, exitCode, stacks: results });
      done(context.interrupts.requested ? exitCodes.interrupted : exitCode);
    });
  return addRunOptions(command);
}

/** Validates the session's stacks, all at once within the limit. */
export function validate(session: Session): Promise<StackResult[]> {
  return forEachStack(session, session.selected, (stack) =>
    attempt(session, stack, "validating", async () => {
      await session.terraform.init(stack, { backend: "none" });
      return verdict(stack, await session.terraform.validate(stack));
    }),
  );
}

function verdict(
  stack: Stack,
  diagnostics: Parameters<typeof formatDiagnostic>[0][],
): Pick<StackResult, "outcome" | "message"> {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return errors.length === 0
    ? { outcome: "valid" }
    : {
        outcome: "failed",
        message: errors.map((diagnostic) => formatDiagnostic(diagnostic, stack.configuration)).join("\n"),
      };
}
