import { z } from "zod";

import { isDeeperThan, risks } from "../change";
import type { PlanReport } from "./report";

const text = z.string({ error: "must be text" });
const count = z.int({ error: "must be a whole number" }).min(0, { error: "must not be below zero" });
const flag = z.boolean({ error: "must be true or false" });
const action = z.enum(["create", "update", "replace", "destroy", "forget", "import", "move", "no-op"], {
  error: "must be an action",
});
const risk = z.enum(risks, { error: "must be a risk" });

function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item, { error: "must be a list" });
}

const counts = z.object({
  create: count,
  update: count,
  replace: count,
  destroy: count,
  import: count,
  move: count,
  forget: count,
  drift: count,
});

const change = z.object({
  address: text,
  type: text,
  action,
  risk,
  findings: listOf(z.object({ risk, summary: text })),
  attributes: listOf(
    z.object({
      path: text,
      before: z.unknown().optional(),
      after: z.unknown().optional(),
      unknown: flag.optional(),
      forcesReplacement: flag.optional(),
    }),
  ),
  movedFrom: text.optional(),
  renamedFrom: text.optional(),
  imported: text.optional(),
  billed: listOf(
    z.object({ kind: text, effect: z.enum(["added", "removed", "resized"], { error: "must be an effect" }) }),
  ).optional(),
  because: text.optional(),
  constructPath: text.optional(),
});

const stack = z.object(
  {
    name: text,
    region: text.optional(),
    layer: text,
    state: z.enum(["changes", "no changes", "not planned", "blocked", "failed"], {
      error: "must be a state of a stack",
    }),
    counts,
    changes: listOf(change),
    fromCode: flag,
    drift: listOf(change),
    outputs: listOf(z.object({ name: text, action: z.enum(["create", "update", "destroy"]) })),
    warnings: listOf(z.object({ address: text, status: text, messages: listOf(text) })),
    unreviewed: listOf(z.object({ address: text, what: text })).default([]),
    blockedOn: listOf(text),
    isOrphan: z.literal(true).optional(),
    error: text.optional(),
  },
  { error: "must describe a stack" },
);

const report = z.object(
  {
    version: z.literal(1),
    source: z.enum(["plan", "code"], { error: "must be 'plan' or 'code'" }),
    environment: text,
    commit: text.optional(),
    digest: text.optional(),
    empty: flag,
    counts,
    stacks: listOf(stack),
    parity: listOf(
      z.object({
        layer: text,
        regions: listOf(text),
        same: count,
        differences: listOf(
          z.object({
            address: text,
            kind: z.enum(["missing", "shape", "values"]),
            regions: z.record(z.string(), action),
          }),
        ),
      }),
    ),
    approvals: listOf(z.object({ summary: text, approvedBy: listOf(text) })).optional(),
  },
  { error: "must be a report" },
);

/** Deeper nesting than this no report of ours has. */
const deepest = 200;

const mostProblems = 10;

/**
 * Reads a report that was kept as JSON. Nothing else is taken for one: what is rendered from it stands where
 * reviewers look.
 *
 * @returns the report, or what is wrong, one sentence a problem.
 */
export function parseReport(content: unknown): PlanReport | readonly string[] {
  if (isDeeperThan(content, deepest)) {
    return [`it is nested more than ${deepest} levels deep`];
  }
  const result = report.safeParse(content);
  return result.success
    ? result.data
    : result.error.issues.slice(0, mostProblems).map(({ path, message }) => `'${path.join(".")}' ${message}`);
}
