import { listAt, objectAt, scalar, type JsonObject } from "../../toolkit";

/** An event of EventBridge. */
export interface BusEvent extends JsonObject {
  readonly id: string;
  readonly source: string;
  readonly "detail-type": string;
  readonly time: string;
}

/** The rule that sends an event on. */
export interface Sender {
  readonly arn: string;
  readonly name: string;
}

/**
 * What a target gets of an event: all of it, a part, a constant, or what a template makes of it.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function inputOf(target: JsonObject, event: BusEvent, sender: Sender): string {
  if (typeof target.Input === "string") {
    return target.Input;
  }
  if (typeof target.InputPath === "string") {
    return JSON.stringify(at(event, target.InputPath) ?? null);
  }
  const transformer = objectAt(target, "InputTransformer");
  if (typeof transformer.InputTemplate !== "string") {
    return JSON.stringify(event);
  }
  const values = Object.fromEntries(
    Object.entries(objectAt(transformer, "InputPathsMap")).map(([name, path]) => [
      name,
      at(event, scalar(path)),
    ]),
  );
  return filled(transformer.InputTemplate, {
    ...values,
    "aws.events.rule-arn": sender.arn,
    "aws.events.rule-name": sender.name,
    "aws.events.event.ingestion-time": event.time,
    "aws.events.event": JSON.stringify({ ...event, detail: undefined }),
    "aws.events.event.json": JSON.stringify(event),
  });
}

/** Inside of quotes a value loses its own; an object there is written as text. */
function filled(template: string, values: Readonly<Record<string, unknown>>): string {
  let quoted = false;
  const text = template.replace(/\\"|"|<([\w.-]+)>/g, (part, name: string | undefined) => {
    if (name === undefined) {
      quoted = part === '"' ? !quoted : quoted;
      return part;
    }
    if (!Object.hasOwn(values, name)) {
      return part;
    }
    const value = values[name];
    if (value === undefined) {
      return quoted ? "" : '""';
    }
    const isDocument = name === "aws.events.event" || name === "aws.events.event.json";
    const rendered = typeof value === "string" && (quoted || isDocument) ? value : JSON.stringify(value);
    return quoted ? JSON.stringify(rendered).slice(1, -1) : rendered;
  });
  const trimmed = text.trim();
  return /^".*"$/s.test(trimmed) || /^[{[]/.test(trimmed) ? trimmed : JSON.stringify(text);
}

/** The value at a path such as `$.detail.items[0].name`. */
export function at(event: unknown, path: string): unknown {
  const steps = [...path.replace(/^\$/, "").matchAll(/\.([\w-]+)|\[['"]([^'"]+)['"]\]|\[(\d+)\]/g)];
  return steps.reduce<unknown>((value, [, name, quoted, index]) => {
    const key = name ?? quoted ?? index ?? "";
    return typeof value === "object" && value !== null ? (value as JsonObject)[key] : undefined;
  }, event);
}

/** Patterns of filter criteria, as Lambda and pipes take them. */
export function patternsIn(criteria: JsonObject): unknown[] {
  return listAt(criteria, "Filters").map(({ Pattern }) => JSON.parse(scalar(Pattern, "{}")) as unknown);
}
