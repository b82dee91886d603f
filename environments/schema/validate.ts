import { ValidationError, type Problem } from "../../core";
import { environmentChecks, sharedChecks, type Subject } from "./checks";
import { environmentSchema, type Environment } from "./environment";
import { resolveEnvironment } from "./resolve";
import { structuralProblems } from "./structure";

/** One environment as it stands in its file. */
export interface EnvironmentFile {
  /** The file, as problems name it: `environments/prod.ts`. */
  readonly file: string;
  /** What the file exports. */
  readonly input: unknown;
}

/**
 * Checks all environments together. A malformed file does not hide what is wrong with the others.
 *
 * @throws ValidationError that lists every problem of every environment.
 */
export function validateEnvironments(inputs: readonly EnvironmentFile[]): Environment[] {
  const subjects: Subject[] = [];
  const malformed: Problem[] = [];
  for (const { file, input } of inputs) {
    const result = environmentSchema.safeParse(input);
    if (result.success) {
      subjects.push({ file, environment: resolveEnvironment(result.data) });
    } else {
      malformed.push(...structuralProblems(file, environmentSchema, input, result.error.issues));
    }
  }
  const problems = [
    ...malformed,
    ...subjects.flatMap(({ file, environment }) =>
      environmentChecks.flatMap((check) =>
        check(environment).map((finding) => ({ where: file, ...finding })),
      ),
    ),
    ...sharedChecks.flatMap((check) => check(subjects)),
  ];
  if (problems.length > 0) {
    throw new ValidationError(problems);
  }
  return subjects.map(({ environment }) => environment);
}
