/** How to reach an environment's AWS: the real one, or the local cloud. */
export interface AwsAccess {
  /** Variables that Terraform is started with, on top of the user's. */
  readonly variables: Readonly<Record<string, string>>;
  /**
   * Endpoint of the local cloud.
   *
   * @default - the real AWS
   */
  readonly endpoint?: string;
}

/** `forbidden`: it exists, but is another account's or closed to these credentials. */
export type BucketStatus = "present" | "absent" | "forbidden";
