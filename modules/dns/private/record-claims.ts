import type { Construct, IConstruct } from "constructs";

import type { IHostedZone, Problem } from "../../../core";
import type { AddressType } from "./names";

const claimsOf = new WeakMap<IConstruct, Map<string, string>>();

/**
 * Notes that a construct writes the records of a name, and says where another one does already:
 * all records of one name and type share one policy, so they come from one construct of the App.
 */
export function claimRecordSet(
  scope: Construct,
  zone: IHostedZone,
  recordName: string,
  types: readonly AddressType[],
): readonly Problem[] {
  const app = scope.node.root;
  const claims = claimsOf.get(app) ?? new Map<string, string>();
  claimsOf.set(app, claims);
  return types.flatMap((type) => {
    const key = `${zone.hostedZoneId} ${recordName} ${type}`;
    const owner = claims.get(key);
    if (owner === undefined) {
      claims.set(key, scope.node.path);
      return [];
    }
    return [
      {
        where: scope.node.path,
        property: "recordName",
        expected: `be a name whose ${type} records no other construct writes`,
        got: recordName,
        remedy: `change it, or merge with ${owner}: records of one name and type share one policy`,
      },
    ];
  });
}
