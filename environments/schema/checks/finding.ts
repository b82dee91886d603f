import type { Problem } from "../../../core";
import type { Environment } from "../environment";

/** A problem inside one environment; who asked knows the file. */
export type Finding = Omit<Problem, "where">;

/** A rule over one environment. Pure: the same environment gives the same findings. */
export type EnvironmentCheck = (environment: Environment) => Finding[];

/** An environment and the file it stands in. */
export interface Subject {
  /** The file, as problems name it. */
  readonly file: string;
  /** What it says. */
  readonly environment: Environment;
}

/** A rule over all environments together. */
export type SharedCheck = (subjects: readonly Subject[]) => Problem[];

/** What problems print instead of a value that may be a secret. */
export const hidden = "(hidden)";
