import type { RepositoryEncryption } from "../repository-encryption";
import type { LifecycleRule } from "../lifecycle-rule";

/** What repositories are like unless told otherwise, made by hand or from a template. */
export const repositoryDefaults = {
  encryption: { kind: "kms" } as RepositoryEncryption,
  lifecycleRules: [{ kind: "expire-untagged", afterDays: 14 }] as readonly LifecycleRule[],
  pullAccounts: [] as readonly string[],
};
