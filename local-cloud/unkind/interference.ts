import type { Answer } from "../answer";
import type { Call } from "../call";
import type { Forward } from "../stand-in";

/** What an unkind cloud does to calls of any service, whoever answers them. */
export interface Interference {
  /** Throws a `ServiceError` to refuse the call before anybody is asked; may ask moto for what stands. */
  before(call: Call, forward: Forward): Promise<void> | void;
  /**
   * Learns what the call was answered.
   * @default - nothing
   */
  after?(call: Call, answer: Answer): void;
}
