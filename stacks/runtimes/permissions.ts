import type { Construct } from "constructs";

import type { Service } from "../../environments";
import { regionOfArn, type IGrantable } from "../../core";
import { RolePermissions } from "../../modules/parts";

/** Lets what runs a service do in AWS what the environment says; `{region}` becomes its region. */
export function grantPermissions(
  runtime: Construct & IGrantable,
  { permissions }: Service,
  region: string,
): void {
  if (permissions.length === 0) {
    return;
  }
  new RolePermissions(runtime, "Permissions", {
    grantee: runtime,
    permissions: permissions.map(({ resources, ...permission }) => ({
      ...permission,
      resources: resources.map((resource) => resource.replaceAll("{region}", region)),
    })),
  });
}

/** The keys of a service's secrets that are in the region: KMS decrypts nowhere else. */
export function secretKeyArnsIn({ secretKeyArns }: Service, region: string): string[] {
  return secretKeyArns.filter((arn) => regionOfArn(arn) === region);
}
