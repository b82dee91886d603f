import { statusOf } from "../aws/client";
import { messageOf } from "../base/errors";

/**
 * What a question to the account came to.
 *
 * - `block`: a deploy would fail, or be refused, on it.
 * - `warn`: a deploy may go well, and somebody should know.
 * - `unknown`: the question could not be asked, as without its permission.
 * - `ok`: nothing is in the way.
 */
export type Verdict = "block" | "warn" | "unknown" | "ok";

/** The verdicts, the worst first. */
export const verdicts: readonly Verdict[] = ["block", "warn", "unknown", "ok"];

/** One answer of a preflight. */
export interface Finding {
  readonly result: Verdict;
  /** A region, or `global`. */
  readonly where: string;
  /** What was asked about. */
  readonly what: string;
  /** What the account says, beside what is needed. */
  readonly got: string;
  /**
   * What to do.
   *
   * @default - nothing is to be done
   */
  readonly remedy?: string;
  /**
   * Whether a deploy sees to it by itself when it gets there, and is not refused beforehand.
   *
   * @default false
   */
  readonly isAwaited?: boolean;
}

/** A question to the account, before it is asked. */
export interface Question {
  readonly where: string;
  readonly what: string;
  /** What the credentials must be allowed, such as `ec2:DescribeRegions`. */
  readonly permission: string;
}

/** Asks; a question that fails, for whatever reason, is an unknown and never an end of all questions. */
export async function answered(
  { where, what, permission }: Question,
  ask: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await ask();
  } catch (error) {
    const { name } = error as Error;
    const message = messageOf(error).split("\n")[0] ?? "";
    return [
      {
        result: "unknown",
        where,
        what,
        got: message.startsWith(name) ? message : `${name}: ${message}`,
        remedy: isDenial(error)
          ? `Allow ${permission} to these credentials, or look it up by hand.`
          : `Run it again; if that does not help, look it up by hand (${permission}).`,
      },
    ];
  }
}

/** Whether the credentials may not ask. */
export function isDenial(error: unknown): boolean {
  return (
    statusOf(error) === 403 ||
    /AccessDenied|UnauthorizedOperation|NotAuthorized|Forbidden|not authorized/i.test(
      `${(error as Error).name} ${messageOf(error)}`,
    )
  );
}

/** Whether an error says that what was asked for is not there. */
export function isAbsence(error: unknown): boolean {
  return /NotFound|NoSuch|NotExist/i.test((error as Error).name);
}

/** Names in a sentence, at most a few of them. */
export function few(names: readonly string[], most = 5): string {
  const sorted = [...new Set(names)].sort();
  const rest = sorted.length - most;
  return rest > 0 ? `${sorted.slice(0, most).join(", ")} and ${rest} more` : sorted.join(", ");
}
