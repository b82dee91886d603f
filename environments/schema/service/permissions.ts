import { unboundedActions } from "../../../core";
import type { Environment } from "../environment";
import type { Finding } from "../checks/finding";

/** Permissions are of use, and none of them is all that a service of AWS can do on everything. */
export function checkPermissions({ services }: Environment): Finding[] {
  return Object.entries(services).flatMap(([name, { permissions }]) =>
    permissions.flatMap((permission, index) => {
      const property = `services.${name}.permissions.${index}`;
      return [
        ...empty(`${property}.actions`, permission.actions),
        ...empty(`${property}.resources`, permission.resources),
        ...unboundedActions(permission).map((action) => ({
          property: `${property}.actions`,
          expected: "not allow all that a service of AWS can do on everything",
          got: action,
          remedy: "name the actions that are called, or the resources that are theirs",
        })),
      ];
    }),
  );
}

function empty(property: string, list: readonly string[]): Finding[] {
  return list.length > 0
    ? []
    : [{ property, expected: "name at least one", got: list, remedy: "name it, or remove the permission" }];
}
