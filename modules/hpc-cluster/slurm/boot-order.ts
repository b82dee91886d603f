import { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";

/**
 * Everything that has been made below constructs so far, as `depends_on` names it. A machine fetches its files, asks for
 * secrets and mounts storage as soon as it boots, and FSx looks at the rules of a security group when a file system is
 * made: neither refers to what it needs, so Terraform would make them at the same time.
 */
export function madeSoFar(...scopes: readonly IConstruct[]): string[] {
  return scopes
    .flatMap((scope) => scope.node.findAll())
    .filter((node) => TerraformResource.isTerraformResource(node))
    .map((resource) => `${resource.terraformResourceType}.${resource.friendlyUniqueId}`)
    .sort();
}
