import { ValidationError, type Problem } from "../modules/core";
import type { Environment } from "./environment";
import { environmentSchema } from "./environment";
import { resolveEnvironment } from "./resolve";

/** One environment as it stands in its file. */
export interface EnvironmentFile {
  /** The file, as problems name it: `environments/prod.ts`. */
  readonly file: string;
  /** What the file exports. */
  readonly input: unknown;
}

/**
 * Checks all environments together.
 *
 * @throws ValidationError that lists every problem of every environment.
 */
export function validateEnvironments(inputs: readonly EnvironmentFile[]): Environment[] {
  const problems: Problem[] = [];
  const found: Environment[] = [];
  for (const { file, input } of inputs) {
    const result = environmentSchema.safeParse(input);
    if (result.success) {
      found.push(resolveEnvironment(result.data));
      continue;
    }
    for (const issue of result.error.issues) {
      problems.push({
        where: file,
        property: issue.path.join("."),
        expected: issue.message,
        got: undefined,
        remedy: "correct it",
      });
    }
  }
  if (problems.length > 0) {
    throw new ValidationError(problems);
  }
  return found;
}
