import { ServiceError } from "../answer";
import type { Call } from "../call";
import type { Interference } from "./interference";
import type { Unkindness } from "./switches";

/** From this call on the environment is large: it meets as many faults as it needs to, and is not held up by more. */
const manyCalls = 500;

/**
 * Throttling and server errors: every third call, of many every 50th, is refused once, every third of those twice
 * when its client repeats often enough. The attempt that the client calls its last is answered, so that what fails is
 * what does not repeat: clients of AWS are expected to.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export function refusals(unkind: Unkindness): Interference {
  /** Refusals still due, by the id that an SDK gives all attempts of a call. */
  const due = new Map<string, number>();
  let calls = 0;
  let refused = 0;

  const isRefused = ({ headers }: Call): boolean => {
    const id = String(headers["amz-sdk-invocation-id"] ?? "");
    const attempts = Number(/max=(\d+)/.exec(String(headers["amz-sdk-request"]))?.[1] ?? Infinity);
    const left = due.get(id);
    if (left === 0) {
      due.delete(id);
      return false;
    }
    if (left !== undefined) {
      due.set(id, left - 1);
      return true;
    }
    // A call without an id cannot be recognised when it is repeated, nor one that is made only once.
    if (id === "" || attempts < 2) {
      return false;
    }
    calls += 1;
    const every = calls <= manyCalls ? 3 : 50;
    if (calls % every !== 0) {
      return false;
    }
    due.set(id, calls % (3 * every) === 0 && attempts > 2 ? 1 : 0);
    return true;
  };

  return {
    before: (call) => {
      if (unkind.isOn("expired-token")) {
        throw expired(call);
      }
      if (unkind.isOn("used-up-rate")) {
        throw throttled(call);
      }
      const reasons = [
        ...(unkind.isOn("throttling") ? [throttled] : []),
        ...(unkind.isOn("server-errors") ? [failed] : []),
      ];
      if (reasons.length > 0 && isRefused(call)) {
        refused += 1;
        throw (reasons[refused % reasons.length] ?? throttled)(call, refused);
      }
    },
  };
}

/**
 * What services say to a caller whose session is over.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 */
function expired({ service, protocol }: Call): ServiceError {
  if (service === "s3") {
    return new ServiceError("ExpiredToken", "The provided token has expired.", 400);
  }
  const isJson = protocol === "json" || protocol === "rest-json" || protocol === "cbor";
  const message = "The security token included in the request is expired";
  return isJson
    ? new ServiceError("ExpiredTokenException", message, 400)
    : new ServiceError(protocol === "ec2" ? "RequestExpired" : "ExpiredToken", message, 403);
}

/** What each protocol says to a caller who is too fast. */
function throttled({ service, protocol }: Call): ServiceError {
  if (service === "s3") {
    return new ServiceError("SlowDown", "Please reduce your request rate.", 503);
  }
  switch (protocol) {
    case "ec2":
      return new ServiceError("RequestLimitExceeded", "Request limit exceeded.", 503);
    case "query":
    case "rest-xml":
      return new ServiceError("Throttling", "Rate exceeded", 400);
    default:
      return new ServiceError("ThrottlingException", "Rate exceeded", 400);
  }
}

function failed({ service }: Call, refused: number): ServiceError {
  return refused % 2 === 0
    ? new ServiceError("ServiceUnavailable", "The service is temporarily unavailable.", 503)
    : new ServiceError(
        service === "s3" || service === "ec2" ? "InternalError" : "InternalFailure",
        "An internal error has occurred.",
        500,
      );
}
