import { ValidationError } from "../core";
import dev from "./dev";
import type { Environment, EnvironmentInput } from "./schema/environment";
import local from "./local";
import { nearestName } from "./schema/nearest-name";
import prod from "./prod";
import staging from "./staging";
import { validateEnvironments } from "./schema/validate";

export * from "./environment";
export type { ClusterSettings } from "./schema/hpc/settings";
export type { RoutingPolicySettings } from "./schema/routing/settings";
export {
  type ParsedService,
  type Runtime,
  type Service,
  type ServiceHealthCheck,
  type ServiceRouting,
} from "./schema/service/settings";
export type { ServiceImage } from "./schema/service/image";
export type { ServiceCapacity, ServiceScaling } from "./schema/service/scale";
export type { ServiceSidecar } from "./schema/service/sidecar";
export type { TableSettings } from "./schema/tables/settings";
export type { ServiceUse, UsableNoun } from "./schema/uses/settings";
export { validateEnvironments, type EnvironmentFile } from "./schema/validate";

const files: Readonly<Record<string, EnvironmentInput>> = { local, dev, staging, prod };

/** Every environment of this repository, checked, in the order of promotion. */
export const environments: readonly Environment[] = validateEnvironments(
  Object.entries(files).map(([name, input]) => ({ file: `environments/${name}.ts`, input })),
);

/**
 * The environment of that name.
 *
 * @throws ValidationError that names the nearest one.
 */
export function environmentNamed(name: string): Environment {
  const found = environments.find((environment) => environment.name === name);
  if (found === undefined) {
    const names = environments.map((environment) => environment.name);
    throw new ValidationError([
      {
        where: "environments",
        property: "name",
        expected: `be one of ${names.join(", ")}`,
        got: name,
        remedy: `write '${nearestName(name, names)}', the nearest one`,
      },
    ]);
  }
  return found;
}
