import { canonicalJson, isObject, listOf, parseJsonText, sameJson, type JsonObject } from "./canonical";
import { coversPattern } from "./pattern";

/** One statement with every element as a sorted list, so that equal statements are equal JSON. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: readonly string[];
  readonly NotPrincipal?: readonly string[];
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: unknown;
}

/** A policy document in one form: statements in a list, elements as lists. */
export interface Policy {
  readonly Version?: string;
  readonly Statement: readonly PolicyStatement[];
}

/** Whether a value looks like an IAM policy: an object with statements that have an effect. */
export function isPolicy(value: unknown): value is JsonObject {
  return (
    isObject(value) &&
    "Statement" in value &&
    listOf(value.Statement).every((statement) => isObject(statement) && "Effect" in statement)
  );
}

/** The policy inside a string of JSON, or undefined when there is none. */
export function parsePolicy(text: unknown): Policy | undefined {
  const value = parseJsonText(text);
  return isPolicy(value) ? normalizedPolicy(value) : undefined;
}

const normalized = new WeakMap<JsonObject, Policy>();

/** A policy in its one form: what AWS takes for the same policy becomes the same JSON. */
export function normalizedPolicy(policy: JsonObject): Policy {
  // A policy is compared, classified and looked through for wide grants, each on its own.
  const known = normalized.get(policy);
  if (known !== undefined) {
    return known;
  }
  const result = inOneForm(policy);
  normalized.set(policy, result);
  return result;
}

function inOneForm(policy: JsonObject): Policy {
  return {
    ...(policy.Version === undefined ? {} : { Version: canonicalText(policy.Version) }),
    Statement: listOf(policy.Statement)
      .filter(isObject)
      .map(normalizedStatement)
      .map((statement): [string, PolicyStatement] => [JSON.stringify(statement), statement])
      .sort(([left], [right]) => compareText(left, right))
      .map(([, statement]) => statement),
  };
}

/**
 * The policy that an `aws_iam_policy_document` data source of synthesized output describes.
 *
 * @param document - the data source's block: `statement` in Terraform's words.
 */
export function policyOfDocument(document: JsonObject): Policy {
  return normalizedPolicy({
    Statement: listOf(document.statement)
      .filter(isObject)
      .map((statement) => ({
        Sid: statement.sid,
        Effect: statement.effect ?? "Allow",
        Principal: principalsOf(statement.principals),
        NotPrincipal: principalsOf(statement.not_principals),
        Action: statement.actions,
        NotAction: statement.not_actions,
        Resource: statement.resources,
        NotResource: statement.not_resources,
        Condition: conditionOf(statement.condition),
      })),
  });
}

/**
 * What somebody may do under `after` that nobody could under `before`, one sentence a statement.
 *
 * A permission counts as had before when one earlier statement allows it on its own: same or wider
 * action, resource and principal, and no condition that the new one lacks. A denial that is gone or
 * narrower counts as widening too. Where wildcards make the question hard, the answer is "wider".
 */
export function policyWidening(before: Policy | undefined, after: Policy): string[] {
  const earlier = before?.Statement ?? [];
  const allowed = earlier.filter((statement) => statement.Effect === "Allow");
  const grants = after.Statement.filter(({ Effect: effect }) => effect === "Allow").flatMap((statement) => {
    const open = uncovered(statement, allowed);
    return open.length === 0 ? [] : [`allows ${describeStatement(reducedTo(open, statement))}`];
  });
  const denied = after.Statement.filter((statement) => statement.Effect === "Deny");
  const freed = earlier
    .filter((statement) => statement.Effect === "Deny" && uncovered(statement, denied).length > 0)
    .map((statement) => `no longer denies ${describeStatement(statement)}`);
  return [...grants, ...freed];
}

/**
 * Statements that deserve a look even in a policy that is new as a whole: every action of a service
 * on everything, identity management on everything, everybody, or "all but".
 */
export function broadStatements(policy: Policy): string[] {
  return policy.Statement.filter((statement) => statement.Effect === "Allow" && isBroad(statement)).map(
    (statement) => `allows ${describeStatement(statement)}`,
  );
}

/** Everything, everything of a service, or what hands out permissions. */
const broadAction =
  /^(\*|[\w-]+:\*|iam:(Add|Attach|Create|Pass|Put|Set|Update)\w*\*?|sts:AssumeRole\w*\*?)$/i;

function isBroad(statement: PolicyStatement): boolean {
  const everybody = (statement.Principal ?? []).some((principal) => /(^|:)\*$/.test(principal));
  if (statement.NotAction !== undefined || statement.NotPrincipal !== undefined) {
    return true;
  }
  if (statement.Condition === undefined && everybody) {
    return true;
  }
  const anything = statement.NotResource !== undefined || (statement.Resource ?? []).includes("*");
  return anything && (statement.Action ?? []).some((action) => broadAction.test(action));
}

/** What of a statement no other statement covers, taken apart. */
function uncovered(statement: PolicyStatement, others: readonly PolicyStatement[]): PolicyStatement[] {
  return triples(statement).filter((triple) => !others.some((other) => covers(other, triple)));
}

/** The statement reduced to the actions and resources of its parts. */
function reducedTo(open: readonly PolicyStatement[], statement: PolicyStatement): PolicyStatement {
  const actions = new Set(open.flatMap((triple) => triple.Action ?? []));
  const resources = new Set(open.flatMap((triple) => triple.Resource ?? []));
  return {
    ...statement,
    ...(statement.Action === undefined
      ? {}
      : { Action: statement.Action.filter((action) => actions.has(action)) }),
    ...(statement.Resource === undefined
      ? {}
      : { Resource: statement.Resource.filter((resource) => resources.has(resource)) }),
  };
}

/** Beyond this many combinations a statement is compared as a whole. */
const maximumTriples = 10_000;

/** A statement taken apart into one principal, one action and one resource each. */
function triples(statement: PolicyStatement): PolicyStatement[] {
  const { Principal: principals, Action: actions, Resource: resources } = statement;
  const count = [principals, actions, resources].reduce((product, list) => product * (list?.length ?? 1), 1);
  if (count > maximumTriples) {
    return [statement];
  }
  const { Effect, NotPrincipal, NotAction, NotResource, Condition } = statement;
  const each = (list: readonly string[] | undefined): (readonly string[] | undefined)[] =>
    list === undefined ? [undefined] : list.map((item) => [item]);
  const parts: PolicyStatement[] = [];
  for (const Principal of each(principals)) {
    for (const Action of each(actions)) {
      for (const Resource of each(resources)) {
        parts.push({ Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition });
      }
    }
  }
  return parts;
}

function covers(wide: PolicyStatement, narrow: PolicyStatement): boolean {
  return (
    (wide.Condition === undefined || sameJson(wide.Condition, narrow.Condition)) &&
    coversElement(wide.Principal, narrow.Principal) &&
    coversElement(wide.Action, narrow.Action, lower) &&
    coversElement(wide.Resource, narrow.Resource) &&
    sameJson(wide.NotPrincipal, narrow.NotPrincipal) &&
    sameJson(wide.NotAction, narrow.NotAction) &&
    sameJson(wide.NotResource, narrow.NotResource)
  );
}

function coversElement(
  wide: readonly string[] | undefined,
  narrow: readonly string[] | undefined,
  written: (text: string) => string = (text) => text,
): boolean {
  if (wide === undefined || narrow === undefined) {
    return wide === narrow;
  }
  return narrow.every((name) =>
    wide.some(
      (pattern) => pattern === name || pattern === "AWS:*" || coversPattern(written(pattern), written(name)),
    ),
  );
}

function describeStatement(statement: PolicyStatement): string {
  const actions = statement.Action ?? (statement.NotAction ?? []).map((action) => `all but ${action}`);
  const resources =
    statement.Resource ?? (statement.NotResource ?? []).map((resource) => `all but ${resource}`);
  const principals = statement.Principal ?? (statement.NotPrincipal ?? []).map((name) => `all but ${name}`);
  return [
    enumerate(actions),
    ...(resources.length === 0 ? [] : [`on ${enumerate(resources)}`]),
    ...(principals.length === 0 ? [] : [`to ${enumerate(principals)}`]),
    ...(statement.Condition === undefined ? [] : ["under a condition"]),
  ].join(" ");
}

function enumerate(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(", ");
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}

function normalizedStatement(statement: JsonObject): PolicyStatement {
  const { Sid: sid, Condition: condition } = statement;
  // Assigned one by one and in one order: a large plan has tens of thousands of statements.
  const result: { -readonly [Name in keyof PolicyStatement]: PolicyStatement[Name] } = {
    ...(typeof sid === "string" && sid !== "" ? { Sid: sid } : {}),
    Effect: canonicalText(statement.Effect),
  };
  for (const name of listNames) {
    const list = readers[name](statement[name]);
    if (list !== undefined && list.length > 0) {
      result[name] = list.sort(compareText);
    }
  }
  if (isObject(condition) && Object.keys(condition).length > 0) {
    result.Condition = normalizedCondition(condition);
  }
  return result;
}

const actionNames = (value: unknown): string[] | undefined => texts(value)?.map(lowerService);

/** The elements of a statement that are lists, and how each is read. */
const readers = {
  Principal: principalNames,
  NotPrincipal: principalNames,
  Action: actionNames,
  NotAction: actionNames,
  Resource: texts,
  NotResource: texts,
} as const;

const listNames = Object.keys(readers) as (keyof typeof readers)[];

/** Action names are case-insensitive to IAM; the service's prefix in lower case is how people write it. */
function lowerService(action: string): string {
  const colon = action.indexOf(":");
  const service = colon < 0 ? action : action.slice(0, colon);
  const written = service.toLowerCase();
  return written === service ? action : `${written}${action.slice(service.length)}`;
}

function principalNames(principal: unknown): string[] | undefined {
  if (!isObject(principal)) {
    return texts(principal);
  }
  return Object.entries(principal).flatMap(([kind, names]) =>
    (texts(names) ?? []).map((name) => `${kind}:${name}`),
  );
}

function normalizedCondition(condition: JsonObject): unknown {
  return Object.fromEntries(
    Object.entries(condition).map(([operator, keys]) => [
      operator,
      isObject(keys)
        ? Object.fromEntries(
            Object.entries(keys).map(([key, values]) => [key, texts(values)?.sort(compareText)]),
          )
        : keys,
    ]),
  );
}

function principalsOf(principals: unknown): JsonObject | undefined {
  const blocks = listOf(principals).filter(isObject);
  return blocks.length === 0
    ? undefined
    : Object.fromEntries(blocks.map((block) => [canonicalText(block.type), block.identifiers]));
}

function conditionOf(condition: unknown): JsonObject | undefined {
  const tests: Record<string, JsonObject> = {};
  for (const block of listOf(condition).filter(isObject)) {
    const operator = canonicalText(block.test);
    tests[operator] = { ...tests[operator], [canonicalText(block.variable)]: block.values };
  }
  return Object.keys(tests).length === 0 ? undefined : tests;
}

function texts(value: unknown): string[] | undefined {
  return value === undefined || value === null ? undefined : listOf(value).map(canonicalText);
}

function canonicalText(value: unknown): string {
  return typeof value === "string" ? value : canonicalJson(value);
}

function lower(text: string): string {
  return text.toLowerCase();
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
