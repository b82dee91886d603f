import type { Environment } from "../environment";

/** What one noun offers to those who use it. */
export interface Offer {
  /** What may be done with it. */
  readonly accesses: readonly string[];
  /**
   * What is put behind the key of `uses` to name the variables that a user gets. A noun of one value has `""`: the
   * key is the variable. One of several has an ending for each, such as `_HOST` and `_PASSWORD`.
   */
  readonly variableEndings: readonly string[];
  /** The regions that hold it, and how one is added, by its name. */
  readonly held: (environment: Environment) => ReadonlyMap<string, HeldIn>;
}

/** The regions that hold something. */
export interface HeldIn {
  /** The regions. */
  readonly regions: readonly string[];
  /** What to do for it to be in others too, in the imperative. */
  readonly remedy: (missing: readonly string[]) => string;
}
