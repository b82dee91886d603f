import { parseDocument } from "yaml";
import { z } from "zod";

/** What an approval can allow, in the words of the file. */
export const gateNames = [
  "data-loss",
  "stack-loss",
  "interruption",
  "change-count",
  "regions-per-wave",
  "image-findings",
  "unreviewed",
  "policy",
  "risk",
] as const;

/** One of {@link gateNames}. */
export type GateName = (typeof gateNames)[number];

const date = z.iso.date({ error: "must be a day such as 2026-11-20" });

const allowance = z.strictObject({
  gate: z.enum(gateNames, { error: `must be one of ${gateNames.join(", ")}` }),
  addresses: z
    .array(z.string().min(1, { error: "must not be empty" }), { error: "must be a list of address patterns" })
    .min(1, { error: "must name at least one address pattern" })
    .optional(),
  stacks: z
    .array(z.string().min(1, { error: "must not be empty" }), { error: "must be a list of stack patterns" })
    .min(1, { error: "must name at least one stack pattern" })
    .optional(),
  maximum: z.int({ error: "must be a whole number" }).positive({ error: "must be above zero" }).optional(),
});

const approvalSchema = z
  .strictObject({
    environment: z.string({ error: "must be the environment's name" }).min(1, { error: "must not be empty" }),
    approvedBy: z.string({ error: "must say who approves" }).min(1, { error: "must not be empty" }),
    reason: z
      .string({ error: "must say why" })
      .min(10, { error: "must be a sentence of at least 10 characters" }),
    approved: date,
    expires: date,
    allows: z.array(allowance, { error: "must be a list" }).min(1, { error: "must allow something" }),
  })
  .superRefine((approval, context) => {
    if (approval.expires < approval.approved) {
      context.addIssue({ code: "custom", path: ["expires"], message: "must not be before 'approved'" });
    }
    if (days(approval.approved, approval.expires) > longestDays) {
      context.addIssue({
        code: "custom",
        path: ["expires"],
        message: `must be at most ${longestDays} days after 'approved'`,
      });
    }
    approval.allows.forEach((allowed, index) => {
      for (const [name, message] of missingScope(allowed)) {
        context.addIssue({ code: "custom", path: ["allows", index, name], message });
      }
    });
  });

/** An approval that outlives the change that it was for is a hole. */
const longestDays = 30;

/** One thing that an approval allows. */
export type Allowance = Readonly<z.infer<typeof allowance>>;

/** An approval, as a file `approvals/*.yaml` of the repository states it. */
export type Approval = Readonly<z.infer<typeof approvalSchema>> & {
  /** The file that it stands in. */
  readonly file: string;
};

/** A file's name and its text. */
export interface ApprovalFile {
  readonly file: string;
  readonly text: string;
}

/** Approval files that cannot be read. Carries every problem of every file. */
export class InvalidApprovals extends Error {
  public override readonly name = "InvalidApprovals";

  public constructor(public readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/**
 * Reads approvals. A file that is wrong anywhere approves nothing.
 *
 * @throws InvalidApprovals that lists every problem of every file.
 */
export function parseApprovals(files: readonly ApprovalFile[]): Approval[] {
  const problems: string[] = [];
  const approvals = files.flatMap(({ file, text }) => {
    const document = parseDocument(text, { uniqueKeys: true });
    if (document.errors.length > 0) {
      problems.push(...document.errors.map((error) => `${file}: ${firstLine(error.message)}`));
      return [];
    }
    const content: unknown = document.toJS({ maxAliasCount: 0 });
    const result = approvalSchema.safeParse(content);
    if (!result.success) {
      problems.push(...result.error.issues.map((issue) => describeIssue(file, issue, content)));
      return [];
    }
    return [{ ...result.data, file }];
  });
  if (problems.length > 0) {
    throw new InvalidApprovals(problems);
  }
  return approvals;
}

/** What an approval for each gate must say, and what to do where it does not. */
const scopes: Readonly<
  Record<GateName, readonly [name: "addresses" | "stacks" | "maximum", missing: string]>
> = {
  "data-loss": ["addresses", "must name the addresses that it allows"],
  "stack-loss": ["stacks", "must name the stacks that may be destroyed"],
  interruption: ["addresses", "must name the addresses that it allows"],
  "change-count": ["maximum", "must say how many changes it allows"],
  "regions-per-wave": ["stacks", "must name the stacks that may go together"],
  "image-findings": ["addresses", "must name the addresses that it allows"],
  unreviewed: ["addresses", "must name the addresses that it allows"],
  policy: ["addresses", "must name the addresses that it allows"],
  risk: ["addresses", "must name the addresses that it allows"],
};

function missingScope(allowed: Allowance): [string, string][] {
  const [name, missing] = scopes[allowed.gate];
  return allowed[name] === undefined ? [[name, missing]] : [];
}

function describeIssue(file: string, issue: z.core.$ZodIssue, content: unknown): string {
  if (issue.code === "unrecognized_keys") {
    const path = [...issue.path, ""].join(".");
    return `${file}: ${issue.keys.map((key) => `'${path}${key}'`).join(", ")} must not be given; remove it`;
  }
  const got = issue.path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    content,
  );
  const where = issue.path.length === 0 ? "the file" : `'${issue.path.join(".")}'`;
  return `${file}: ${where} ${issue.message}, got ${got === undefined ? "nothing" : JSON.stringify(got)}; see approvals in docs/plans-in-pull-requests.md`;
}

function firstLine(text: string): string {
  return text.split("\n")[0]?.replace(/:$/, "") ?? "";
}

function days(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}
