import type { ResourceChange } from "../change";
import type { ChangeCounts, OutputChange, CheckWarning, Unreviewed } from "../plan";

/** One stack of a report. Holds no secret. */
export interface StackReport {
  readonly name: string;
  readonly region?: string;
  readonly layer: string;
  readonly state: StackState;
  readonly counts: ChangeCounts;
  readonly changes: readonly ResourceChange[];
  /** Whether the changes come from the synthesized code, because there is no plan. */
  readonly fromCode: boolean;
  readonly drift: readonly ResourceChange[];
  readonly outputs: readonly OutputChange[];
  readonly warnings: readonly CheckWarning[];
  /** What happens or waits besides known changes. */
  readonly unreviewed: readonly Unreviewed[];
  readonly blockedOn: readonly string[];
  /** Whether the code does not have the stack any more; absent where it does. */
  readonly isOrphan?: true;
  readonly error?: string;
}

/** How far a stack came. */
export type StackState = "changes" | "no changes" | "not planned" | "blocked" | "failed";
