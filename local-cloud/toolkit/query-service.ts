import { randomUUID } from "node:crypto";
import { xmlAnswer, type Answer } from "../answer";
import type { Call } from "../call";
import type { StandIn } from "../stand-in";
import { escapeXml, renderXml } from "../xml";
import { Context } from "./context";
import { scalar } from "./input";
import { isAnswer } from "./unknown";

/** Parameters of a query call, nested: `Filter.1.Name` becomes `{ Filter: { 1: { Name } } }`. */
export interface QueryInput {
  [name: string]: string | QueryInput;
}

/** An operation of a query service: the returned object becomes elements, an `Answer` is sent as it is. */
export type QueryOperation = (input: QueryInput, context: Context) => unknown;

/** What makes up a stand-in for a query service. */
export interface QueryServiceOptions {
  /** Name in the credential scope. */
  readonly service: string;
  /** The operations, by name; all others go to moto. */
  readonly operations: Readonly<Record<string, QueryOperation>>;
}

/** A stand-in for operations of a service of the query protocol, or of EC2's variety of it. */
export function queryService({ service, operations }: QueryServiceOptions): StandIn {
  return {
    service,
    answer: async (call, forward) => {
      const operation = operations[call.action];
      if (operation === undefined || (call.protocol !== "query" && call.protocol !== "ec2")) {
        return undefined;
      }
      const output = await operation(queryInput(call.body), new Context(call, forward));
      return output === undefined || isAnswer(output) ? output : queryAnswer(call, output);
    },
  };
}

/** The members of a list in a query call, whose positions count from 1. */
export function queryList(value: string | QueryInput | undefined): (string | QueryInput)[] {
  if (value === undefined || typeof value === "string") {
    return [];
  }
  const list = typeof value.member === "object" ? value.member : value;
  return Object.keys(list)
    .sort((a, b) => Number(a) - Number(b))
    .flatMap((key) => list[key] ?? []);
}

/** The members of a list of scalars in a query call. */
export function queryTexts(value: string | QueryInput | undefined): string[] {
  return queryList(value).filter((each) => typeof each === "string");
}

/** Tags given as a list of `Key` and `Value`. */
export function queryTags(list: string | QueryInput | undefined): [key: string, value: string][] {
  return queryList(list).flatMap((tag): [string, string][] =>
    typeof tag === "object" ? [[scalar(tag.Key), scalar(tag.Value)]] : [],
  );
}

/** Nested parameters of a query call. */
export function queryInput(body: Buffer): QueryInput {
  const input: QueryInput = {};
  for (const [name, value] of new URLSearchParams(body.toString("utf8"))) {
    const path = name.split(".");
    const leaf = path.pop() ?? "";
    let target = input;
    for (const part of path) {
      const next = target[part];
      target = typeof next === "object" ? next : (target[part] = {});
    }
    target[leaf] = value;
  }
  return input;
}

/** The given parameters of a query call, as far as they are there. */
export function pickQuery(input: QueryInput, ...names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = input[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

function queryAnswer(call: Call, output: unknown): Answer {
  const version = new URLSearchParams(call.body.toString("utf8")).get("Version") ?? "";
  if (call.protocol === "ec2") {
    const space = ` xmlns="http://ec2.amazonaws.com/doc/${escapeXml(version)}/"`;
    return xmlAnswer(
      renderXml(`${call.action}Response`, { requestId: randomUUID(), ...(output as object) }, space),
    );
  }
  return xmlAnswer(
    renderXml(`${call.action}Response`, {
      [`${call.action}Result`]: output,
      ResponseMetadata: { RequestId: randomUUID() },
    }),
  );
}
