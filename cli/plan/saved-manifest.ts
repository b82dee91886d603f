import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

import { z } from "zod";

import type { PlanManifest } from "./plan-manifest";

const text = z.string({ error: "must be text" });
const count = z.int({ error: "must be a whole number" }).min(0, { error: "must not be below zero" });

function matching(pattern: RegExp, what: string) {
  return text.regex(pattern, { error: `must be ${what}` });
}

const sha256 = matching(/^[\da-f]{64}$/, "a SHA-256 of 64 hexadecimal digits");
const digest = matching(/^sha256:[\da-f]{64}$/, "sha256: and 64 hexadecimal digits");
const keyed = matching(/^hmac-sha256:[\da-f]{64}$/, "hmac-sha256: and 64 hexadecimal digits");

const seal = z.object(
  {
    digest,
    stack: text,
    synthesized: text,
    providerLock: digest,
    commit: text,
    stateLineage: text,
    stateSerial: count,
    resources: z.record(z.string(), keyed, { error: "must be digests by address" }),
    outputs: keyed,
  },
  { error: "must be a seal" },
);

const stack = z.object(
  {
    // It becomes the name of a file.
    name: matching(/^\w[\w.-]*$/, "the name of a stack"),
    outcome: z.enum(["changes", "no changes", "blocked"], {
      error: "must be 'changes', 'no changes' or 'blocked'",
    }),
    mode: z.enum(["apply", "destroy"], { error: "must be 'apply' or 'destroy'" }),
    seal,
    counts: z.object({ add: count, change: count, remove: count, import: count }).loose().optional(),
    fileDigest: sha256.optional(),
    needs: z.array(text, { error: "must be a list" }).optional(),
    expected: z
      .array(
        z.object({
          address: text,
          action: z.enum(["create", "update", "replace", "destroy", "forget", "import", "move", "no-op"], {
            error: "must be an action",
          }),
        }),
        { error: "must be a list" },
      )
      .optional(),
  },
  { error: "must describe a stack" },
);

const manifest = z.object({
  version: z.literal(1),
  environment: text,
  createdAt: z.iso.datetime({ error: "must be a time such as 2026-11-21T12:00:00.000Z" }),
  terraform: text,
  commit: text,
  lockDigest: sha256,
  reportDigest: sha256.optional(),
  dataKey: matching(/^[\w+/=]+$/, "base64"),
  // It becomes a part of the name of a host.
  keyRegion: matching(/^[a-z]{2}(-[a-z]+)+-\d+$|^local$/, "a region"),
  stacks: z.array(stack, { error: "must be a list" }),
  digest,
  mac: keyed,
});

const mostProblems = 10;

/** What is wrong with the shape of a manifest, one sentence a problem; empty for one that can be read. */
export function shapeProblems(content: unknown): string[] {
  const { error } = manifest.safeParse(content);
  const problems = (error?.issues ?? []).map(({ path, message }) => {
    const got = path.reduce<unknown>(
      (value, step) =>
        typeof value === "object" && value !== null
          ? (value as Record<PropertyKey, unknown>)[step]
          : undefined,
      content,
    );
    const shown = got === undefined ? "nothing" : JSON.stringify(got).slice(0, 80);
    return `manifest.json: '${path.join(".")}' ${message}, got ${shown}`;
  });
  const more = problems.length - mostProblems;
  return more > 0 ? [...problems.slice(0, mostProblems), `and ${more} more like it`] : problems;
}

/** Authenticates a manifest by its digest: only who may use the key of the plans can make or check this. */
export function macOf(key: Uint8Array, manifestDigest: string): string {
  // A key of its own: the data key itself encrypts.
  const macKey = Buffer.from(hkdfSync("sha256", key, "", "meridian manifest", 32));
  return `hmac-sha256:${createHmac("sha256", macKey).update(manifestDigest).digest("hex")}`;
}

/** Whether a manifest was made with a key. */
export function isAuthentic({ digest: said, mac }: PlanManifest, key: Uint8Array): boolean {
  const [given, expected] = [Buffer.from(mac), Buffer.from(macOf(key, said))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
