/** Pay for each request; nothing to size. */
export interface OnDemandCapacity {
  readonly kind: "on-demand";
}

/** How one kind of capacity follows its use. */
export interface CapacityRange {
  /** Units that are always there. */
  readonly minimum: number;
  /** Units that it never goes above. */
  readonly maximum: number;
  /**
   * The part of the capacity that should be in use, 20 to 90.
   *
   * @default 70
   */
  readonly targetUtilizationPercentage?: number;
}

/**
 * Capacity by the hour that follows its use in every region. Not with indexes: what auto scaling
 * does to an index would look like a change to undo in every plan.
 */
export interface ProvisionedCapacity {
  readonly kind: "provisioned";
  /** Read capacity units of each region. */
  readonly read: CapacityRange;
  /** Write capacity units; each write counts in every region. */
  readonly write: CapacityRange;
}

/** How a table is paid for. */
export type TableCapacity = OnDemandCapacity | ProvisionedCapacity;
