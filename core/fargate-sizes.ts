/** The memory that Fargate sells with one amount of CPU. */
export interface FargateSize {
  /** CPU units of a task, 1024 a processor. */
  readonly cpu: number;
  /** The memory sizes that go with it, ascending. */
  readonly memoryMiB: readonly number[];
}

/**
 * The sizes of Fargate tasks on Linux, by ascending CPU.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
export const fargateSizes: readonly FargateSize[] = [
  { cpu: 256, memoryMiB: [512, 1024, 2048] },
  { cpu: 512, memoryMiB: gibibytes(1, 4, 1) },
  { cpu: 1024, memoryMiB: gibibytes(2, 8, 1) },
  { cpu: 2048, memoryMiB: gibibytes(4, 16, 1) },
  { cpu: 4096, memoryMiB: gibibytes(8, 30, 1) },
  { cpu: 8192, memoryMiB: gibibytes(16, 60, 4) },
  { cpu: 16384, memoryMiB: gibibytes(32, 120, 8) },
];

/** The memory sizes that go with an amount of CPU; empty for CPU that Fargate does not sell. */
export function fargateMemoryMiB(cpu: number): readonly number[] {
  return fargateSizes.find((size) => size.cpu === cpu)?.memoryMiB ?? [];
}

/** Whether Fargate runs tasks of this size. */
export function isFargateSize(cpu: number, memoryMiB: number): boolean {
  return fargateMemoryMiB(cpu).includes(memoryMiB);
}

function gibibytes(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * 1024);
}
