import type { PlanSeal, ExpectedChange } from "../../analysis/integrity";
import type { ChangeCounts } from "../terraform/events";

/** What is said of saved plans, in `manifest.json`. Holds no secret. */
export interface PlanManifest {
  /** Version of this format. */
  readonly version: 1;
  readonly environment: string;
  readonly createdAt: string;
  readonly terraform: string;
  /** The commit that was planned; empty where there is no git repository. */
  readonly commit: string;
  /** SHA-256 of the provider lock file, which is saved too. */
  readonly lockDigest: string;
  /**
   * SHA-256 of the full report, which is saved too.
   *
   * @default - there is none
   */
  readonly reportDigest?: string;
  /** The data key of the plans, as KMS encrypted it, in base64. */
  readonly dataKey: string;
  /** Region of the KMS key. */
  readonly keyRegion: string;
  readonly stacks: readonly SavedStack[];
  /** One digest over all the rest, but for the code below. */
  readonly digest: string;
  /** Authenticates the digest with the data key: without the right to use the KMS key nobody can make it. */
  readonly mac: string;
}

/** One stack of saved plans. */
export interface SavedStack {
  readonly name: string;
  readonly outcome: "changes" | "no changes" | "blocked";
  /** What the plan, or its absence, rests on. */
  readonly seal: PlanSeal;
  /** `destroy` for a stack that the code does not have any more. */
  readonly mode: "apply" | "destroy";
  readonly counts?: ChangeCounts;
  /** SHA-256 of the encrypted plan; absent where there is none. */
  readonly fileDigest?: string;
  /** Stacks that must be applied before this one can be planned. */
  readonly needs?: readonly string[];
  /**
   * What the code changes in a blocked stack: all that its plan may do.
   *
   * @default - not known, so nothing is reviewed
   */
  readonly expected?: readonly ExpectedChange[];
}
