import type { Billed } from "./billed-kind";

/** What Terraform does, or would do, to one resource. */
export type Action = "create" | "update" | "replace" | "destroy" | "forget" | "import" | "move" | "no-op";

/**
 * How much a reader must care, worst first.
 *
 * - `data`: something that holds data is destroyed, replaced or dropped from the state.
 * - `protection`: a guard against loss is switched off.
 * - `access`: somebody may do more than before (IAM and resource policies).
 * - `network`: more addresses or ports get in or out than before.
 * - `routing`: traffic, health checks or capacity change.
 * - `destructive`: another resource is destroyed or replaced.
 * - `change`: everything else.
 * - `tags`: nothing but tags.
 */
export const risks = [
  "data",
  "protection",
  "access",
  "network",
  "routing",
  "destructive",
  "change",
  "tags",
] as const;

/** One of {@link risks}. */
export type Risk = (typeof risks)[number];

/** Position of a risk in {@link risks}: the lower, the worse. */
export function riskRank(risk: Risk): number {
  return risks.indexOf(risk);
}

/** One attribute that differs. */
export interface AttributeChange {
  /** The attribute as Terraform writes it (`health_check[0].path`, `policy.Statement[0].Action`). */
  readonly path: string;
  /** The value before; absent when there was none. */
  readonly before?: unknown;
  /** The value after; absent when there is none, or when it is not known yet. */
  readonly after?: unknown;
  /** Whether the value is known only after apply. */
  readonly unknown?: boolean;
  /** Whether this attribute forces Terraform to replace the resource. */
  readonly forcesReplacement?: boolean;
}

/** One reason for a risk, as a sentence without its full stop. */
export interface Finding {
  /** The risk that it raises. */
  readonly risk: Risk;
  /** What happens (`opens tcp 22 to 0.0.0.0/0`). */
  readonly summary: string;
}

/** A resource and what happens to it. Plans and synthesized output are both read into this shape. */
export interface ResourceChange {
  /** Terraform's address (`aws_s3_bucket.Logs_1A2B3C4D`). */
  readonly address: string;
  /** The resource's type (`aws_s3_bucket`). */
  readonly type: string;
  /** What happens. An import or a move that also changes attributes is an `update` with `imported` or `movedFrom`. */
  readonly action: Action;
  /** The worst risk of `findings`. */
  readonly risk: Risk;
  /** Why, worst first. */
  readonly findings: readonly Finding[];
  /** Every attribute that differs. For a creation the configured ones, for a destruction none. */
  readonly attributes: readonly AttributeChange[];
  /**
   * The address before a `moved` block.
   *
   * @default - the resource does not move
   */
  readonly movedFrom?: string;
  /**
   * The address of a removed resource that this new one equals: a rename without a `moved` block, which
   * destroys the one and creates the other.
   *
   * @default - not a rename
   */
  readonly renamedFrom?: string;
  /**
   * The id under which an existing object is taken into the state.
   *
   * @default - nothing is imported
   */
  readonly imported?: string;
  /**
   * Whether it is destroyed before its successor exists, although names lead to resources of its kind:
   * until the apply ends, they have no answer or a wrong one.
   *
   * @default false
   */
  readonly interruptsTraffic?: boolean;
  /**
   * What it does to what AWS bills for standing.
   *
   * @default - nothing
   */
  readonly billed?: readonly Billed[];
  /**
   * Why Terraform chose the action, in plain words.
   *
   * @default - it gives no reason
   */
  readonly because?: string;
  /**
   * The construct's path in the synthesized stack.
   *
   * @default - not known from a plan
   */
  readonly constructPath?: string;
}

/** The part of a change that classification reads. */
export interface ClassifiableChange {
  readonly address: string;
  readonly type: string;
  readonly action: Action;
  readonly attributes: readonly AttributeChange[];
  /** The whole resource before, for rules that need more than what differs. */
  readonly before?: Readonly<Record<string, unknown>>;
  /** The whole resource after. */
  readonly after?: Readonly<Record<string, unknown>>;
}
