import { port as portForm } from "../../../core/forms";
import type { PortRange } from "../listener";

/** Whether the range can exist. */
export function isPortRange({ fromPort, toPort }: PortRange): boolean {
  return isPort(fromPort) && isPort(toPort) && fromPort <= toPort;
}

/** Whether the number is a port. */
export function isPort(port: number): boolean {
  return portForm.accepts(port);
}

/** Whether a range holds the port. */
export function holdsPort(ranges: readonly PortRange[], port: number): boolean {
  return ranges.some(({ fromPort, toPort }) => fromPort <= port && port <= toPort);
}

/** The first two ranges that share a port, in the order of their beginnings. */
export function overlappingPortRanges(
  ranges: readonly PortRange[],
): readonly [PortRange, PortRange] | undefined {
  const sorted = [...ranges].sort((left, right) => left.fromPort - right.fromPort);
  for (const [index, range] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next !== undefined && next.fromPort <= range.toPort) {
      return [range, next];
    }
  }
  return undefined;
}

/** How many ports the ranges hold, where none overlap. */
export function portCount(ranges: readonly PortRange[]): number {
  return ranges.reduce((sum, { fromPort, toPort }) => sum + toPort - fromPort + 1, 0);
}
