/** What came back when an address was asked once. */
export interface Answer {
  readonly url: string;
  readonly stack: string;
  readonly output: string;
  /** `200`, or nothing when nobody answered. */
  readonly status?: number;
  /** Why nobody answered. */
  readonly why?: string;
}

/** Asks an address once and gives the status of its answer. */
export type AskUrl = (url: string) => Promise<number>;
