import { BlockList, isIP } from "node:net";

/** A JSON value of an event or of a pattern. */
type Json = unknown;

type JsonMap = Readonly<Record<string, Json>>;

/**
 * Whether an event matches a pattern of EventBridge. Filter policies of SNS and filters of Lambda speak the same.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matches(pattern: Json, event: Json): boolean {
  if (!isMap(pattern)) {
    return false;
  }
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === "$or" && Array.isArray(wanted)) {
      return wanted.some((each) => matches(each, event));
    }
    const values = valuesAt(event, name);
    if (Array.isArray(wanted)) {
      return wanted.some((rule) => matchesRule(rule, values));
    }
    // An object inside of a list matches when any member does.
    return values.length === 0 ? matches(wanted, {}) : values.some((value) => matches(wanted, value));
  });
}

/** The values of a name: those of a list one by one, none where it is absent. */
function valuesAt(event: Json, name: string): Json[] {
  if (Array.isArray(event)) {
    return event.flatMap((each) => valuesAt(each, name));
  }
  if (!isMap(event) || !Object.hasOwn(event, name)) {
    return [];
  }
  const value = event[name];
  return Array.isArray(value) ? (value as Json[]).flat(Infinity) : [value];
}

function matchesRule(rule: Json, values: readonly Json[]): boolean {
  if (!isMap(rule)) {
    return values.some((value) => value === rule);
  }
  const [[operator, operand] = ["", undefined]] = Object.entries(rule);
  if (operator === "exists") {
    // Only leaves exist: an object does not.
    const isThere = values.some((value) => !isMap(value));
    return isThere === operand;
  }
  const test = tests[operator];
  return test !== undefined && values.some((value) => !isMap(value) && test(value, operand));
}

const tests: Readonly<Record<string, (value: Json, operand: Json) => boolean>> = {
  prefix: (value, operand) => affix(value, operand, (text, part) => text.startsWith(part)),
  suffix: (value, operand) => affix(value, operand, (text, part) => text.endsWith(part)),
  "equals-ignore-case": (value, operand) =>
    typeof value === "string" && lowerCase(value) === lowerCase(operand),
  wildcard: (value, operand) => typeof value === "string" && wildcard(String(operand)).test(value),
  numeric: (value, operand) =>
    typeof value === "number" && comparisons(operand).every((holds) => holds(value)),
  cidr: (value, operand) => isInBlock(value, operand),
  "anything-but": (value, operand) => isOtherThan(value, operand),
};

function affix(value: Json, operand: Json, test: (text: string, part: string) => boolean): boolean {
  if (typeof value !== "string") {
    return false;
  }
  return isMap(operand)
    ? test(lowerCase(value), lowerCase(operand["equals-ignore-case"]))
    : test(value, String(operand));
}

function isOtherThan(value: Json, operand: Json): boolean {
  if (!isMap(operand)) {
    return !listOf(operand).includes(value);
  }
  const [[operator, parts] = ["", undefined]] = Object.entries(operand);
  const test = tests[operator];
  return test !== undefined && !listOf(parts).some((part) => test(value, part));
}

function lowerCase(value: Json): string {
  return String(value).toLowerCase();
}

/** `*` stands for any text, and `\*` for a star. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\[\\*]|\*|[.+?^${}()|[\]\\]/g, (part) =>
    part === "*" ? ".*" : part.length === 2 ? part : `\\${part}`,
  );
  return new RegExp(`^${source}$`, "s");
}

function comparisons(operand: Json): ((value: number) => boolean)[] {
  const list = listOf(operand);
  return list.flatMap((operator, index) => {
    const bound = Number(list[index + 1]);
    const compare = {
      "=": (value: number) => value === bound,
      "<": (value: number) => value < bound,
      "<=": (value: number) => value <= bound,
      ">": (value: number) => value > bound,
      ">=": (value: number) => value >= bound,
    }[String(operator)];
    return index % 2 === 0 ? [compare ?? ((): boolean => false)] : [];
  });
}

function isInBlock(value: Json, operand: Json): boolean {
  const [network = "", length = ""] = String(operand).split("/");
  const family = isIP(network);
  if (typeof value !== "string" || family === 0 || isIP(value) !== family) {
    return false;
  }
  const kind = family === 4 ? "ipv4" : "ipv6";
  const block = new BlockList();
  block.addSubnet(network, Number(length), kind);
  return block.check(value, kind);
}

/**
 * What is wrong with a pattern, each with where it is.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html
 */
export function patternProblems(pattern: Json, path = "the pattern"): string[] {
  if (!isMap(pattern) || Object.keys(pattern).length === 0) {
    return [`${path} must be an object with at least one field`];
  }
  return Object.entries(pattern).flatMap(([name, wanted]) => {
    const at = path === "the pattern" ? name : `${path}.${name}`;
    if (name === "$or") {
      return Array.isArray(wanted) && wanted.length > 1
        ? wanted.flatMap((each, index) => patternProblems(each, `${at}[${index}]`))
        : [`${at} must be a list of at least two patterns`];
    }
    if (isMap(wanted)) {
      return patternProblems(wanted, at);
    }
    if (!Array.isArray(wanted) || wanted.length === 0) {
      return [`${at} must be an object or a list that is not empty, got ${JSON.stringify(wanted)}`];
    }
    return wanted.flatMap((rule) => ruleProblems(rule, at));
  });
}

function ruleProblems(rule: Json, at: string): string[] {
  if (!isMap(rule)) {
    return Array.isArray(rule) ? [`${at} must not hold a list in its list`] : [];
  }
  const names = Object.keys(rule);
  const [operator = ""] = names;
  if (names.length !== 1 || !["exists", ...Object.keys(tests)].includes(operator)) {
    return [`${at} has an unrecognized match type ${names.join(", ")}`];
  }
  const operand = rule[operator];
  const isRight = operandChecks[operator]?.(operand) ?? true;
  return isRight ? [] : [`${at} has an operand that '${operator}' does not take: ${JSON.stringify(operand)}`];
}

const isText = (value: Json): boolean => typeof value === "string";

const operandChecks: Readonly<Record<string, (operand: Json) => boolean>> = {
  exists: (operand) => typeof operand === "boolean",
  prefix: (operand) => isText(operand) || (isMap(operand) && isText(operand["equals-ignore-case"])),
  suffix: (operand) => isText(operand) || (isMap(operand) && isText(operand["equals-ignore-case"])),
  "equals-ignore-case": isText,
  wildcard: (operand) => isText(operand) && !String(operand).includes("**"),
  cidr: (operand) =>
    /^[\da-f.:]+\/\d+$/i.test(String(operand)) && isIP(String(operand).split("/")[0] ?? "") !== 0,
  numeric: (operand) =>
    Array.isArray(operand) &&
    [2, 4].includes(operand.length) &&
    operand.every((each, index) =>
      index % 2 === 0 ? ["=", "<", "<=", ">", ">="].includes(String(each)) : typeof each === "number",
    ),
  "anything-but": (operand) =>
    isMap(operand) || listOf(operand).every((each) => isText(each) || typeof each === "number"),
};

function listOf(value: Json): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [value];
}

function isMap(value: Json): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
