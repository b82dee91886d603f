import type { Interference } from "./interference";
import type { Unkindness } from "./switches";

/** Every connection is accepted and nothing is ever answered: what a client meets behind a firewall that drops. */
export function silence(unkind: Unkindness): Interference {
  return {
    before: () => (unkind.isOn("silence") ? new Promise<never>(() => undefined) : undefined),
  };
}
