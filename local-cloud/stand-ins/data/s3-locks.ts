import type { Answer } from "../../answer";
import type { StandIn } from "../../stand-in";

/**
 * S3: requests for Terraform's lock files reach moto one after the other. Of conditional writes at the
 * same time moto lets one through, but fails on some of the others instead of refusing them.
 */
export function s3Locks(): StandIn {
  let turn: Promise<unknown> = Promise.resolve();
  return {
    service: "s3",
    concerns: (url) => url.pathname.endsWith(".tflock"),
    answer: (call, forward) => {
      const answer = turn.then((): Promise<Answer> => forward(call));
      turn = answer.catch(() => undefined);
      return answer;
    },
  };
}
