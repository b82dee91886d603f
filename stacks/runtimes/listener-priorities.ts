import { createHash } from "node:crypto";

/** Priorities that a listener rule may have. The last thousand is left to rules of other makers. */
const priorityCount = 49_000;

/**
 * A priority for each service's listener rule, taken from its name: a service that comes or goes
 * changes no other rule. Where two names meet, the later in the alphabet moves on by one.
 */
export function listenerPriorities(services: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Map<number, string>();
  for (const service of [...services].sort()) {
    let priority = hashOf(service);
    while (taken.has(priority)) {
      priority = (priority % priorityCount) + 1;
    }
    taken.set(priority, service);
  }
  return new Map([...taken].map(([priority, service]) => [service, priority]));
}

function hashOf(service: string): number {
  return (createHash("sha256").update(service).digest().readUInt32BE() % priorityCount) + 1;
}
