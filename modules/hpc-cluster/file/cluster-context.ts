/** What a check needs beside the configuration. */
export interface ClusterContext {
  /**
   * The cluster's name.
   *
   * @default - the name is not checked
   */
  readonly name?: string;
  /**
   * The region that the cluster is built in.
   *
   * @default - the file's `Region`, or none
   */
  readonly region?: string;
  /**
   * Whether a network is given from outside, for files that name no subnets.
   *
   * @default false
   */
  readonly hasNetwork?: boolean;
}
