import type { Clock } from "../clock";
import type { Cloud } from "../cloud";
import type { Invoked } from "../functions/invoker";
import type { Reference } from "../functions/store";

/** What reads a source for a mapping. */
export interface Poller {
  /** Whether a write to a service, with that body, may have put something into the source. */
  concerns(service: string, text: string): boolean;
  /** Looks for something new now. */
  wake(): void;
  /** Ends it; what is under way goes on. */
  stop(): void;
}

/** What pollers work with. */
export interface PollerTools {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Runs a function and waits for it. */
  readonly invoke: (referred: Reference, payload: Buffer) => Promise<Invoked>;
}
