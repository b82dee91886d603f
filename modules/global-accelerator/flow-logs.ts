/** Flow logs in a bucket that the module makes for them. */
export interface NewFlowLogBucket {
  readonly kind: "new-bucket";
  /**
   * Days that logs are kept, 1 to 3650.
   *
   * @default 90
   */
  readonly retentionDays?: number;
}

/** Flow logs in a bucket that stands already and lets `delivery.logs.amazonaws.com` write. */
export interface ExistingFlowLogBucket {
  readonly kind: "existing-bucket";
  /** The bucket's name. */
  readonly bucketName: string;
  /**
   * What comes before `AWSLogs/` in the names of the logs.
   *
   * @default "flow-logs"
   */
  readonly prefix?: string;
}

/** No record of who connected. */
export interface NoFlowLogs {
  readonly kind: "none";
}

/**
 * Where an accelerator's flow logs go.
 *
 * @see https://docs.aws.amazon.com/global-accelerator/latest/dg/monitoring-global-accelerator.flow-logs.html
 */
export type AcceleratorFlowLogs = NewFlowLogBucket | ExistingFlowLogBucket | NoFlowLogs;
