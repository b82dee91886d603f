import { createHash } from "node:crypto";
import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";

import { z } from "zod";

import { CommandError } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import { commitOf, isInRepository } from "../base/repository";
import type { ChangeCounts } from "../terraform/events";
import { type Workspace, writePrivateFile } from "../base/workspace";

/** What is known of a plan that lies in a file. */
export interface PlanMetadata {
  readonly environment: string;
  readonly stack: string;
  readonly mode: "apply" | "destroy";
  /** SHA-256 of the synthesized stack that was planned. */
  readonly stackDigest: string;
  /** SHA-256 of the plan file. */
  readonly planDigest: string;
  readonly createdAt: string;
  readonly terraform: string;
  /**
   * The commit that was checked out.
   *
   * @default - there is no git repository
   */
  readonly commit?: string;
  readonly counts: ChangeCounts;
}

/** A plan older than this is refused: what it was made from may have moved on. */
export const planLifetimeMinutes = 30;

/** Clocks may differ by as much; a plan that is dated later than that was not made yet. */
export const clockSkewMinutes = 5;

/** Where the metadata of a plan file lies. */
export function metadataFile(planFile: string): string {
  return `${planFile}.json`;
}

/** Writes the metadata of a plan that Terraform has just made, and closes the plan to others. */
export function savePlanMetadata(planFile: string, metadata: Omit<PlanMetadata, "planDigest">): PlanMetadata {
  chmodSync(planFile, 0o600);
  const complete = { ...metadata, planDigest: fileDigest(planFile) };
  writePrivateFile(metadataFile(planFile), `${JSON.stringify(complete, null, 2)}\n`);
  return complete;
}

/** Deletes a plan that has served: it is good for one apply, and holds secrets. */
export function discardPlan(planFile: string): void {
  rmSync(planFile, { force: true });
  rmSync(metadataFile(planFile), { force: true });
}

/**
 * Deletes every plan that an environment still has on this disk: a run that ended before it applied them,
 * or was killed, has left them with their secrets.
 */
export function discardPlans(workspace: Workspace, environment: string): void {
  rmSync(dirname(workspace.plan(environment, "any")), { recursive: true, force: true });
}

/** Reads the metadata of a plan file; nothing when there is no such plan. */
export function readPlanMetadata(planFile: string): PlanMetadata | undefined {
  const file = metadataFile(planFile);
  if (!existsSync(planFile) || !existsSync(file)) {
    return undefined;
  }
  try {
    return metadataSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // What cannot be read describes no plan.
    return undefined;
  }
}

const metadataSchema = z.object({
  environment: z.string(),
  stack: z.string(),
  mode: z.enum(["apply", "destroy"]),
  stackDigest: z.string(),
  planDigest: z.string(),
  createdAt: z.iso.datetime(),
  terraform: z.string(),
  commit: z.string().optional(),
  counts: z.object({ add: z.number(), change: z.number(), remove: z.number(), import: z.number() }).loose(),
});

/**
 * Refuses a plan that is not to be applied: missing, too old, made from other bytes than the
 * stack has now, or changed since it was made.
 */
export function verifyPlan(
  planFile: string,
  stack: Stack,
  mode: PlanMetadata["mode"],
  now: Date,
): PlanMetadata {
  const metadata = readPlanMetadata(planFile);
  if (metadata === undefined) {
    throw refused(stack, "there is none that can be read", "Run the command again for one.");
  }
  const ageMinutes = (now.getTime() - new Date(metadata.createdAt).getTime()) / 60_000;
  if (metadata.stack !== stack.name || metadata.mode !== mode) {
    throw refused(stack, `it is for ${metadata.mode} of ${metadata.stack}`, "Make one for this command.");
  }
  if (ageMinutes < -clockSkewMinutes) {
    throw refused(
      stack,
      `it was made at ${metadata.createdAt}, and it is ${now.toISOString()}`,
      "Set the clock of this machine, and run the command again.",
    );
  }
  if (!(ageMinutes <= planLifetimeMinutes)) {
    throw refused(
      stack,
      `it is ${Math.floor(ageMinutes)} minutes old, and the limit is ${planLifetimeMinutes}`,
      "Run the command again for a fresh one.",
    );
  }
  if (metadata.stackDigest !== stack.digest) {
    throw refused(
      stack,
      `it was made from other bytes (${short(metadata.stackDigest)}) than the stack has now (${short(stack.digest)})`,
      "Run the command again for one of the stack as it is.",
    );
  }
  if (metadata.planDigest !== fileDigest(planFile)) {
    throw refused(
      stack,
      "the file was changed after it was made",
      "Find out who changed it, then make a new one.",
    );
  }
  return metadata;
}

/**
 * The commit that saved plans are bound to; empty outside of a repository.
 *
 * @throws CommandError where there is a repository and git does not say: the plans would be bound to nothing.
 */
export function boundCommitOf(directory: string): string {
  const commit = commitOf(directory);
  if (commit === undefined && isInRepository(directory)) {
    throw new CommandError(
      "git cannot show which commit is checked out, and saved plans are bound to it.",
      "See what `git rev-parse HEAD` says: git may be missing, the repository may belong to another user (safe.directory), or it has no commit yet.",
    );
  }
  return commit ?? "";
}

function refused(stack: Stack, reason: string, remedy: string): CommandError {
  return new CommandError(`The plan of ${stack.name} is refused: ${reason}. Nothing was changed.`, remedy);
}

function fileDigest(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function short(digest: string): string {
  return digest.slice(0, 12);
}
