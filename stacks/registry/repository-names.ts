import type { Environment } from "../../environments";

/** The environment's own repositories: one for each that a service takes its image from. */
export function repositoryNames(environment: Environment): string[] {
  const names = Object.values(environment.services).flatMap(({ image }) =>
    "repository" in image ? [image.repository] : [],
  );
  return [...new Set(names)].sort();
}
