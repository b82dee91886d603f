import { gzipSync } from "node:zlib";

import fc from "fast-check";
import type { PlanReportInput, PlannedStack } from "../../../analysis/report";
import type { PlannedResource, TerraformPlanJson } from "../../../analysis/plan";
import { encodings } from "./encodings";

/** Texts that have broken plan comments, ours or others'. */
const nastyTexts = [
  "```",
  "````diff\n+ x\n````",
  "`".repeat(70),
  "~~~",
  "</details>",
  "</summary></details>\n\n# Heading",
  "<details><summary>",
  "<!-- comment",
  "-->",
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "| a | b |\n|---|---|\n| c | d |",
  "\\|",
  "a\\",
  "[link](https://example.com)",
  "![image](https://example.com/x.png)",
  "https://example.com www.example.com",
  "@everyone @org/team #123",
  "# Heading\n\n---\n\n> quote",
  "1. one\n2. two\n\n    indented",
  "$x$ $`y`$",
  "*bold* _it_ **b** __i__ ~~s~~",
  "&lt;&#60;&amp;",
  "\u0000\u0001\u001b[31mred\u001b[0m",
  "\u202egnp.exe\u2028\u2029\u0085\u200b\ufeff",
  "\u061c\u3164\u115f\u2800\u00a0x",
  "\u{e0041}\u{e0042}\u{e007f}",
  "$$\\sqrt{2}$$ $`x`$",
  "ada@example.com mailto:ada@example.com",
  "a`b@example.com|ada@-example.com",
  "GH-123 owner/repo#1 5dca54a62847afd47f1d365117ebc47bedf1d86b ftp://example.com :tada:",
  "\ud800",
  "\udc00lone",
  "👩‍👩‍👧‍👦🏳️‍🌈",
  "計画の変更：削除される資源",
  "مرحبا بالعالم",
  "\r\n\r\r\n",
  "__proto__",
  "constructor",
  '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  `{"Statement":[{"Effect":"Allow","Action":"${"a*".repeat(40)}b","Resource":"${"*?".repeat(40)}"}]}`,
  `${"[".repeat(300)}${"]".repeat(300)}`,
  "{not json",
  "0.0.0.0/0",
  "999.1.1.1/99",
];

const types = [
  "aws_s3_bucket",
  "aws_dynamodb_table",
  "aws_iam_role_policy",
  "aws_security_group",
  "aws_vpc_security_group_ingress_rule",
  "aws_route53_record",
  "aws_ecs_service",
  "aws_lb_target_group",
  "null_resource",
  "</details>",
];

const actions = [
  ["create"],
  ["update"],
  ["delete"],
  ["delete", "create"],
  ["create", "delete"],
  ["no-op"],
  ["forget"],
  ["read"],
  ["unheard-of"],
];

const nasty = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...nastyTexts) },
  { weight: 6, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 4, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...nastyTexts), fc.integer({ min: 1, max: 200 }))
      .map(([text, count]) => text.slice(0, 80).repeat(count)),
  },
);

const key = fc.oneof(
  fc.constantFrom(
    "bucket",
    "policy",
    "tags",
    "cidr_blocks",
    "ingress",
    "health_check",
    "desired_count",
    "name",
    "force_destroy",
  ),
  nasty.map((text) => text.slice(0, 60)),
);

/** Secrets of the lengths and alphabets that people use, and some that break naive scrubbing. */
export const canary = fc.oneof(
  fc.uuid().map((id) => `canary-${id}`),
  fc.stringMatching(/^[A-Za-z0-9+/]{12,40}$/),
  fc.stringMatching(/^[a-z]{3}[<>&"'\\ %+=/]{2}[0-9]{4,8}$/),
  fc.tuple(fc.constantFrom("鍵", "ключ", "🔑"), fc.uuid()).map(([sign, id]) => `${sign}${id}${sign}`),
  fc.uuid().map((id) => `-----line one ${id}\nline two ${id}-----`),
);

/** The ways in which a plan repeats a secret where nothing marks it. */
const carriers: readonly ((secret: string) => unknown)[] = [
  (secret) => secret,
  (secret) => `postgres://app:${secret}@db.internal/app`,
  (secret) => `x${secret}${secret}y`,
  (secret) => JSON.stringify({ password: secret }),
  (secret) => JSON.stringify({ nested: JSON.stringify({ password: secret }) }),
  (secret) => Buffer.from(`#!/bin/sh\nexport PASSWORD=${secret}\n`).toString("base64"),
  (secret) => gzipSync(`#!/bin/sh\nexport PASSWORD=${secret}\n`).toString("base64"),
  ...Object.values(encodings).flatMap((encode) => [
    encode,
    (secret: string) => `https://example.com/?token=${encode(secret)}&x=<y>`,
  ]),
  (secret) => [[{ deep: { [secret]: [secret] } }]],
];

/** The most secrets that one environment has. */
const mostCanaries = 4;

/**
 * One of the environment's secrets. Everything is generated once around such stand-ins, which are then
 * replaced: to build the generators anew around each environment's secrets takes longer than the report.
 */
class Canary {
  public constructor(
    private readonly index: number,
    private readonly carry: (secret: string) => unknown = (secret) => secret,
  ) {}

  public in(canaries: readonly string[]): unknown {
    return this.carry(canaries[this.index % canaries.length] ?? "");
  }
}

const anyCanary = fc.nat(mostCanaries - 1).map((index) => new Canary(index));

/** A value with the environment's secrets where stand-ins were. */
function withCanaries(value: unknown, canaries: readonly string[]): unknown {
  if (value instanceof Canary) {
    return value.in(canaries);
  }
  if (Array.isArray(value)) {
    return value.map((member) => withCanaries(member, canaries));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withCanaries(member, canaries)]),
  );
}

const leaf = fc.oneof(
  { weight: 5, arbitrary: nasty },
  { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.double()) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(mostCanaries - 1), fc.constantFrom(...carriers))
      .map(([index, carry]) => new Canary(index, carry)),
  },
);

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.dictionary(key, tie("value"), { maxKeys: 4 }) },
  ),
}));

const body = fc.dictionary(key, value, { maxKeys: 6 });

const resourceShape = fc.record({
  address: fc.oneof(nasty, anyCanary),
  type: fc.constantFrom(...types),
  previous: fc.option(nasty, { nil: undefined, freq: 6 }),
  reason: fc.option(fc.constantFrom("replace_because_cannot_update", "constructor", "x"), { nil: undefined }),
  actions: fc.constantFrom(...actions),
  before: body,
  after: body,
  unknown: fc.dictionary(key, fc.constantFrom<unknown>(true, [true], { id: true }), { maxKeys: 2 }),
  secret: anyCanary,
  other: anyCanary,
  paths: fc.array(fc.array(fc.oneof(key, fc.nat(3)), { maxLength: 3 }), { maxLength: 2 }),
  importing: fc.option(nasty, { nil: undefined, freq: 6 }),
});

const planShape = fc.record({
  resources: fc.array(resourceShape, { maxLength: 4 }),
  copies: fc.oneof(
    { weight: 30, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.integer({ min: 50, max: 150 }) },
  ),
  drift: fc.array(resourceShape, { maxLength: 2 }),
  message: nasty,
  secret: anyCanary,
  value,
});

const stackShape = fc.record(
  {
    name: fc.oneof(fc.constantFrom("prod-eu-west-1", "prod-edge"), nasty),
    region: fc.constantFrom("eu-west-1", "eu-central-1", "```"),
    plan: planShape,
    isOrphan: fc.boolean(),
    blockedOn: fc.array(nasty, { maxLength: 2 }),
    error: fc.tuple(nasty, anyCanary),
  },
  { requiredKeys: ["name", "plan"] },
);

/** A generated shape once its stand-ins are replaced by secrets. */
type Filled<Shape> = Shape extends Canary
  ? string
  : Shape extends object
    ? { [Member in keyof Shape]: Filled<Shape[Member]> }
    : Shape;

type ShapeOf<Generated> = Generated extends fc.Arbitrary<infer Shape> ? Filled<Shape> : never;

function resourceFrom({
  address,
  type,
  previous,
  reason,
  secret,
  other,
  paths,
  importing,
  ...change
}: ShapeOf<typeof resourceShape>): PlannedResource {
  return {
    address,
    type,
    mode: "managed",
    ...(previous === undefined ? {} : { previous_address: previous }),
    ...(reason === undefined ? {} : { action_reason: reason }),
    change: {
      actions: change.actions,
      before: { ...change.before, secret_string: secret, nested: { list: [{ key: secret }] } },
      after: { ...change.after, secret_string: other, nested: { list: [{ key: secret }] } },
      after_unknown: change.unknown,
      before_sensitive: { secret_string: true, nested: { list: [{ key: true }] } },
      after_sensitive: { secret_string: true, nested: true },
      replace_paths: paths,
      ...(importing === undefined ? {} : { importing: { id: importing } }),
    },
  };
}

function planFrom(
  { resources, copies, drift, message, secret, value: carried }: ShapeOf<typeof planShape>,
  canaries: readonly string[],
): TerraformPlanJson {
  const changes = resources.map(resourceFrom);
  return {
    ...markedParts(canaries, carried),
    resource_changes: Array.from({ length: copies }, (_none, index) =>
      changes.map((change) => ({ ...change, address: `${change.address}[${index}]` })),
    ).flat(),
    resource_drift: drift.map(resourceFrom),
    output_changes: {
      [message]: { actions: ["create"], before: null, after: secret, after_sensitive: true },
    },
    checks: [
      {
        address: { kind: "check", to_display: message },
        status: "fail",
        instances: [{ problems: [{ message: `${message}${secret}` }, {}] }],
      },
    ],
  };
}

/** Marks each secret once, in one of the parts of a plan, so that it must be found wherever else it is. */
function markedParts(canaries: readonly string[], carried: unknown): TerraformPlanJson {
  const at = <Part>(place: number, part: (secret: string) => Part): Part[] =>
    canaries.filter((secret, index) => (secret.length + index) % 8 === place).map(part);
  const named = <Part>(place: number, part: (secret: string) => Part): Record<string, Part> =>
    Object.fromEntries(at(place, part).map((each, index) => [`name${index}`, each]));
  const resource = (secret: string) => ({ values: { secret, carried }, sensitive_values: { secret: true } });
  const action = (secret: string) => ({
    address: `action.a.b[${JSON.stringify(carried)}]`,
    type: "a",
    config_values: { secret, carried },
    config_sensitive: { secret: true },
  });
  const change = (after: unknown) => ({
    actions: ["create"],
    before: null,
    after,
    after_sensitive: { secret: true },
  });
  return {
    deferred_changes: at(0, (secret) => ({
      reason: "resource_config_unknown",
      resource_change: {
        address: JSON.stringify(carried),
        mode: "managed",
        type: "aws_s3_bucket",
        change: change({ secret, carried }),
      },
    })),
    action_invocations: at(1, action),
    deferred_action_invocations: at(2, (secret) => ({
      reason: JSON.stringify(carried),
      action_invocation: action(secret),
    })),
    planned_values: {
      root_module: { child_modules: [{ resources: at(3, resource) }] },
      outputs: named(4, (value) => ({ sensitive: true, value: { value } })),
    },
    prior_state: {
      values: {
        root_module: { resources: at(5, resource) },
        outputs: named(6, (value) => ({ sensitive: true, value: [value] })),
      },
    },
    variables: named(7, (value) => ({ value })),
    configuration: { root_module: { variables: named(7, () => ({ sensitive: true })) } },
    complete: false,
  };
}

function stackFrom(
  { plan, error, ...stack }: ShapeOf<typeof stackShape>,
  canaries: readonly string[],
): PlannedStack {
  return {
    ...stack,
    plan: planFrom(plan, canaries),
    ...(error === undefined ? {} : { error: `${error[0]}\n${error[1]}\n${error[0]}` }),
  };
}

/** An environment whose plans hold everything that Markdown and redaction can trip over. */
export const hostileInput: fc.Arbitrary<{
  readonly canaries: readonly string[];
  readonly input: PlanReportInput;
}> = fc
  .record({
    canaries: fc.array(canary, { minLength: 1, maxLength: mostCanaries }),
    environment: nasty,
    commit: nasty,
    stacks: fc.array(stackShape, { minLength: 1, maxLength: 4 }),
  })
  .map(({ canaries, environment, commit, stacks }) => ({
    canaries,
    input: {
      environment,
      commit,
      stacks: stacks.map((stack) =>
        stackFrom(withCanaries(stack, canaries) as ShapeOf<typeof stackShape>, canaries),
      ),
    },
  }));
