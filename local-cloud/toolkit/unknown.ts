import { ServiceError, type Answer } from "../answer";
import type { Call } from "../call";

/** Refuses a call that a complete stand-in has no operation for. */
export function refuseUnknown(call: Call): never {
  throw new ServiceError(
    "NotImplemented",
    `the local cloud does not implement ${call.service} ${call.action}`,
  );
}

/** Whether an operation made the whole answer itself. */
export function isAnswer(value: unknown): value is Answer {
  return (
    typeof value === "object" && value !== null && "status" in value && "body" in value && "headers" in value
  );
}
