/** Settings of {@link DeployRoles}. */
export interface DeployRolesProps {
  /** The environment that the apply role is bound to, as GitHub knows it. */
  readonly environment: string;
  /** The account, 12 digits. */
  readonly account: string;
  /** The home region, for the partition. */
  readonly region: string;
  /**
   * The repository that may assume the roles: `owner/name`, or `owner@id/name@id` where its tokens name it
   * so, as those of every repository do that was made, renamed or transferred since 15 July 2026.
   *
   * @see https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
   */
  readonly repository: string;
  /** ARN of the state bucket. */
  readonly stateBucketArn: string;
  /** ARN of the key that encrypts the state. */
  readonly stateKeyArn: string;
  /**
   * The state bucket's replica in another region and its key, which the plan role may read too: while the
   * home region is dark, the replica is all that there is.
   *
   * @default - the plan role reads the state bucket only
   */
  readonly stateReplica?: {
    /** ARN of the bucket. */
    readonly bucketArn: string;
    /** ARN of its key. */
    readonly keyArn: string;
  };
  /**
   * Whether the account's provider for GitHub's tokens is made here. An account has one at most.
   *
   * @default true
   */
  readonly createOidcProvider?: boolean;
  /**
   * ARNs of objects besides the state that the plan role may read: those that Terraform manages, since
   * each plan reads them. Each names its bucket: a wildcard there would open the account's other buckets.
   *
   * @default - none
   */
  readonly managedObjectArns?: readonly string[];
  /**
   * ARNs of the policies that the apply role works with. What Meridian itself asks besides is added: to make
   * service-linked roles, and to find what a killed run left.
   *
   * @default - AdministratorAccess, since a platform that makes roles can grant itself anything
   */
  readonly applyPolicyArns?: readonly string[];
}
