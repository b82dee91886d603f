import { jsonAnswer } from "../answer";
import type { StandIn } from "../stand-in";
import { Context } from "./context";
import { listAt, parseJson, scalar, textsAt, type JsonObject } from "./input";
import type { Tags } from "./store";
import { isAnswer, refuseUnknown } from "./unknown";

/** An operation of a JSON service: the returned object is the answer's body. */
export type JsonOperation = (input: JsonObject, context: Context) => unknown;

/** What makes up a stand-in for a service whose protocol names operations in `X-Amz-Target`. */
export interface JsonServiceOptions {
  /** Name in the credential scope. */
  readonly service: string;
  /** Whether calls without an operation here are refused instead of left to moto. */
  readonly complete: boolean;
  /** The operations, by name. An operation that returns an `Answer` has it sent as it is. */
  readonly operations: Readonly<Record<string, JsonOperation>>;
}

/** A stand-in for a service of the AWS JSON protocols 1.0 and 1.1. */
export function jsonService({ service, complete, operations }: JsonServiceOptions): StandIn {
  return {
    service,
    answer: async (call, forward) => {
      const operation = call.protocol === "json" ? operations[call.action] : undefined;
      if (operation === undefined) {
        return complete ? refuseUnknown(call) : undefined;
      }
      const output = await operation(parseJson(call.body), new Context(call, forward));
      return isAnswer(output) ? output : jsonAnswer(call, output ?? {});
    },
  };
}

/** The usual three tag operations of a JSON service that names the ARN `ResourceArn` or alike. */
export function tagOperations(tags: Tags, arnField = "ResourceArn"): Record<string, JsonOperation> {
  return {
    TagResource: (input) => {
      tags.addList(scalar(input[arnField]), listAt(input, "Tags"));
    },
    UntagResource: (input) => {
      tags.remove(scalar(input[arnField]), textsAt(input, "TagKeys"));
    },
    ListTagsForResource: (input) => ({ Tags: tags.list(scalar(input[arnField])) }),
  };
}
