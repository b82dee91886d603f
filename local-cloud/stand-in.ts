import type { Answer } from "./answer";
import type { Call } from "./call";

/** Sends a call on to moto. */
export type Forward = (call: Call) => Promise<Answer>;

/**
 * What the gateway does itself for a service that moto lacks, in whole or in part. All state is
 * in memory and lives as long as moto's.
 */
export interface StandIn {
  /** The service's name in the credential scope. */
  readonly service: string;
  /**
   * Whether a request to this path and query is of interest, told before its body is read.
   * @default - every request of the service
   */
  readonly concerns?: (url: URL) => boolean;
  /**
   * Answers the call or throws a `ServiceError`; `undefined` leaves the call to moto. May ask
   * moto first and correct what it says.
   */
  answer(call: Call, forward: Forward): Promise<Answer | undefined> | Answer | undefined;
}
