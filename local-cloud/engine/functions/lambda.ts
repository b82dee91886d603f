import { jsonAnswer, type Answer } from "../../answer";
import type { Context, JsonObject } from "../../toolkit";
import type { Clock } from "../clock";
import type { Cloud } from "../cloud";
import type { AsynchronousInvoker } from "./asynchronous";
import type { Invoker } from "./invoker";
import type { Pool } from "./pool";
import type { Functions, Reference } from "./store";
import { referenceOf } from "./store";
import type { RestRequest } from "../../toolkit";

/** What the operations of Lambda work with. */
export interface Lambda {
  readonly functions: Functions;
  readonly pool: Pool;
  readonly invoker: Invoker;
  readonly asynchronous: AsynchronousInvoker;
  readonly cloud: Cloud;
  readonly clock: Clock;
  /** Tags of event source mappings by ARN. */
  readonly mappingTags: Map<string, Map<string, string>>;
}

/** The function, version or alias of a request's path and query. */
export function referredIn({ path, query }: RestRequest, { region }: Context): Reference {
  return referenceOf(path.name ?? "", region, query.get("Qualifier"));
}

/** An answer with a status of its own. */
export function withStatus(context: Context, status: number, value?: JsonObject): Answer {
  return jsonAnswer(context.call, value, status);
}
