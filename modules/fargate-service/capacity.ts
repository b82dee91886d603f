/** How many tasks a service runs. */
export interface Capacity {
  /** Tasks that always run. */
  readonly minimum: number;
  /** Tasks that scaling may reach. */
  readonly maximum: number;
  /**
   * The most of them, in percent, that may run on Spot, which AWS can take back with two minutes' notice.
   *
   * @default 0
   */
  readonly spotPercentage?: number;
}

/** One line of an ECS capacity provider strategy. */
export interface StrategyItem {
  readonly capacityProvider: "FARGATE" | "FARGATE_SPOT";
  readonly base?: number;
  readonly weight: number;
}

/**
 * How ECS shares tasks between on-demand and Spot: the on-demand part of the minimum first, then by weight.
 *
 * Without Spot there is no base, so that changing the minimum leaves the service alone.
 */
export function capacityProviderStrategy({ minimum, spotPercentage = 0 }: Capacity): StrategyItem[] {
  const onDemandPercentage = 100 - spotPercentage;
  if (spotPercentage === 0) {
    return [{ capacityProvider: "FARGATE", weight: 1 }];
  }
  if (onDemandPercentage === 0) {
    return [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
  }
  return [
    {
      capacityProvider: "FARGATE",
      base: Math.ceil((minimum * onDemandPercentage) / 100),
      weight: onDemandPercentage,
    },
    { capacityProvider: "FARGATE_SPOT", weight: spotPercentage },
  ];
}
