/** How many instances run, and when there are more. */
export interface AppRunnerAutoScaling {
  /** Instances that are always ready, 1 to 25; what is idle of them is charged for its memory only. */
  readonly minimum: number;
  /** Instances that there may be, at least the minimum and at most 25. */
  readonly maximum: number;
  /**
   * Requests that one instance works on at a time before there is another, 1 to 200.
   *
   * @default 100
   */
  readonly concurrency?: number;
}

/** How App Runner asks an instance whether it is well. */
export interface AppRunnerHealthCheck {
  /**
   * The path that must answer with a status of 2xx or 3xx.
   *
   * @default - it is enough that the port accepts a connection
   */
  readonly path?: string;
  /**
   * Seconds between two checks, 1 to 20.
   *
   * @default 10
   */
  readonly intervalSeconds?: number;
  /**
   * Seconds to wait for the answer, 1 to 20.
   *
   * @default 5
   */
  readonly timeoutSeconds?: number;
  /**
   * Good answers in a row that make an instance healthy, 1 to 20.
   *
   * @default 1
   */
  readonly healthyThreshold?: number;
  /**
   * Failures in a row that make an instance unhealthy, 1 to 20.
   *
   * @default 5
   */
  readonly unhealthyThreshold?: number;
}

/** What is used where nothing is said. */
export const defaults = {
  concurrency: 100,
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 1,
  unhealthyThreshold: 5,
} as const;

/**
 * The memory that App Runner sells with each amount of CPU.
 *
 * @see https://docs.aws.amazon.com/apprunner/latest/dg/architecture.html#architecture.vcpu-memory
 */
export const instanceMemoryMiB: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024],
  512: [1024],
  1024: [2048, 3072, 4096],
  2048: [4096, 6144],
  4096: [8192, 10240, 12288],
};
