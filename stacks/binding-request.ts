import type { Binding } from "../core";
import type { Environment, ServiceUse } from "../environments";

/** All that one user asks of one thing that the environment offers. */
export interface BindingRequest {
  readonly environment: Environment;
  /** The region that the user runs in. */
  readonly region: string;
  /** The thing's name in the environment. */
  readonly name: string;
  /** The keys of `uses` that ask for it: most often one. */
  readonly variables: readonly string[];
  /** What they ask to do with it, together. */
  readonly accesses: readonly ServiceUse["access"][];
}

/** What a noun gives to those who use it. */
export type Binder = (request: BindingRequest) => Partial<Binding>;
