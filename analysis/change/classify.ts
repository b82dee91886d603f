import { billedBy } from "./billed";
import type { Billed } from "./billed-kind";
import { isObject, listOf } from "./canonical";
import type { ClassifiableChange, Finding, Risk } from "./change";
import { nodesTakenAway } from "./fleet";
import { broadStatements, parsePolicy, policyOfDocument, policyWidening, type Policy } from "./iam-policy";
import { networkWidening } from "./network";
import { protectionsLost } from "./protection";
import { routingEffects } from "./routing";
import { statefulTypes } from "./stateful-types";

/** Sentences beyond this many for one risk are counted, not listed. */
const maximumFindings = 20;

/** The risk of a change and everything that a reader should know about it, worst first; and what it does to the bill. */
export function classify(change: ClassifiableChange): {
  readonly risk: Risk;
  readonly findings: readonly Finding[];
  readonly billed?: readonly Billed[];
} {
  const findings = [
    ...of("data", dataLost(change)),
    ...of("protection", protectionsLost(change)),
    ...of("access", accessWidening(change)),
    ...of("network", networkWidening(change)),
    ...of("routing", routingEffects(change)),
    ...of("destructive", nodesTakenAway(change)),
  ];
  const billed = billedBy(change);
  return {
    risk: findings[0]?.risk ?? plainRisk(change),
    findings,
    ...(billed.length === 0 ? {} : { billed }),
  };
}

function of(risk: Risk, summaries: readonly string[]): Finding[] {
  const shown = summaries.slice(0, maximumFindings).map((summary) => ({ risk, summary }));
  const more = summaries.length - shown.length;
  return more > 0 ? [...shown, { risk, summary: `and ${more} more like it` }] : shown;
}

function dataLost(change: ClassifiableChange): string[] {
  const { type, action } = change;
  if (type === "aws_s3_bucket_lifecycle_configuration" && action !== "create") {
    return soonerExpiry(change);
  }
  const held = Object.hasOwn(statefulTypes, type) ? statefulTypes[type] : undefined;
  if (held === undefined) {
    return [];
  }
  switch (action) {
    case "destroy":
      return [`holds ${held}`];
    case "replace":
      return [`holds ${held}; the new one starts empty`];
    case "forget":
      return [`holds ${held}; it stays behind unmanaged`];
    case "update":
      return [...replicasLost(change), ...soonerExpiry(change)];
    default:
      return [];
  }
}

/** Copies of a table in other regions that an update in place takes away. */
function replicasLost({ type, before, after }: ClassifiableChange): string[] {
  if (type !== "aws_dynamodb_table") {
    return [];
  }
  const regions = (block: Readonly<Record<string, unknown>> | undefined): string[] =>
    listOf(block?.replica)
      .filter(isObject)
      .flatMap(({ region_name: region }) => (typeof region === "string" ? [region] : []));
  const kept = new Set(regions(after));
  return regions(before)
    .filter((region) => !kept.has(region))
    .map((region) => `removes the table's replica in ${region} with its items`);
}

/** What is deleted by itself, and sooner than before. */
function soonerExpiry({ type, attributes, before, after }: ClassifiableChange): string[] {
  switch (type) {
    case "aws_s3_bucket_lifecycle_configuration":
    case "aws_s3_bucket": {
      const earlier = expiryDays(before);
      return expiryDays(after).flatMap(({ kind, rule, days }) => {
        const was = earlier.find((other) => other.kind === kind && other.rule === rule)?.days;
        return was !== undefined && was <= days
          ? []
          : [
              `deletes ${kind} after ${days} ${days === 1 ? "day" : "days"}${was === undefined ? "" : `, not ${was}`} (${rule})`,
            ];
      });
    }
    case "aws_dynamodb_table": {
      const isOn = attributes.some(
        ({ path, after: now }) => /^ttl\[\d+\]\.enabled$/.test(path) && now === true,
      );
      return isOn ? ["deletes items by itself from now on (ttl)"] : [];
    }
    default:
      return [];
  }
}

interface Expiry {
  readonly kind: "objects" | "old versions";
  readonly rule: string;
  readonly days: number;
}

function expiryDays(block: Readonly<Record<string, unknown>> | undefined): Expiry[] {
  return listOf(block?.rule ?? block?.lifecycle_rule)
    .filter(isObject)
    .filter((rule) => rule.status !== "Disabled" && rule.enabled !== false)
    .flatMap((rule) => {
      const name = typeof rule.id === "string" && rule.id !== "" ? rule.id : "a rule";
      const daysOf = (value: unknown, attribute: string): number[] =>
        listOf(value)
          .filter(isObject)
          .flatMap((each) =>
            typeof each[attribute] === "number" && each[attribute] > 0 ? [each[attribute]] : [],
          );
      return [
        ...daysOf(rule.expiration, "days").map((days): Expiry => ({ kind: "objects", rule: name, days })),
        ...[
          ...daysOf(rule.noncurrent_version_expiration, "noncurrent_days"),
          ...daysOf(rule.noncurrent_version_expiration, "days"),
        ].map((days): Expiry => ({ kind: "old versions", rule: name, days })),
      ];
    });
}

function plainRisk({ action, attributes }: ClassifiableChange): Risk {
  if (action === "destroy" || action === "replace" || action === "forget") {
    return "destructive";
  }
  return action === "update" && attributes.length > 0 && attributes.every(({ path }) => isTag(path))
    ? "tags"
    : "change";
}

/** Whether a path is a tag. An Auto Scaling group spells its tags `tag`. */
export function isTag(path: string): boolean {
  return /^(tags|tags_all|tag)([.[]|$)/.test(path);
}

/** Attributes that hold a policy, whatever their type; `assume_role_policy` says who may use a role. */
const policyAttributes = [
  "policy",
  "assume_role_policy",
  "access_policies",
  "access_policy",
  "resource_policy",
];

const administrators = /:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess|job-function\/.*)$/;

function accessWidening(change: ClassifiableChange): string[] {
  if (change.action === "forget") {
    return [];
  }
  if (change.action === "destroy") {
    return policyAttributes.flatMap((name) => lostDenials(change.before?.[name]));
  }
  return [
    ...policyAttributes.flatMap((name) => widerPolicy(change, name)),
    ...widerDocument(change),
    ...attachments(change),
    ...lostBoundary(change),
    ...invocations(change),
    ...shares(change),
    ...credentials(change),
  ];
}

/** What hands something to other accounts once it is made, and what names whom or what. */
const handovers: Readonly<Record<string, { readonly says: string; readonly names: string }>> = {
  aws_ami_launch_permission: { says: "lets others start the image:", names: "account_id" },
  aws_ram_principal_association: { says: "shares resources with", names: "principal" },
  aws_ram_resource_association: { says: "shares", names: "resource_arn" },
  aws_snapshot_create_volume_permission: { says: "lets others read the snapshot:", names: "account_id" },
};

function shares({ type, action, before, after }: ClassifiableChange): string[] {
  const isNew = action === "create" || action === "replace";
  const handover = isNew && Object.hasOwn(handovers, type) ? handovers[type] : undefined;
  if (handover !== undefined) {
    return [`${handover.says} ${textOf(after, handover.names, "everybody or an unknown account")}`];
  }
  const isOpened =
    type === "aws_ram_resource_share" &&
    after?.allow_external_principals === true &&
    before?.allow_external_principals !== true;
  return isOpened ? ["may be shared with accounts outside of the organization"] : [];
}

/** Credentials that last, and the attribute that says whose they are. */
const lasting: Readonly<Record<string, { readonly says: string; readonly owner: string }>> = {
  aws_iam_access_key: { says: "an access key, which does not expire", owner: "user" },
  aws_iam_service_specific_credential: { says: "a password for a service", owner: "user_name" },
  aws_iam_user_login_profile: { says: "a password", owner: "user" },
};

function credentials({ type, action, before, after }: ClassifiableChange): string[] {
  const kind = Object.hasOwn(lasting, type) ? lasting[type] : undefined;
  const isNew = action === "create" || action === "replace";
  const isRevived = before?.status === "Inactive" && after?.status === "Active";
  return kind !== undefined && (isNew || isRevived)
    ? [`gives ${textOf(after, kind.owner, "a user")} ${kind.says}`]
    : [];
}

function textOf(
  block: Readonly<Record<string, unknown>> | undefined,
  name: string,
  otherwise: string,
): string {
  const value = block?.[name];
  return typeof value === "string" && value !== "" ? value : otherwise;
}

function widerPolicy({ before, after, attributes }: ClassifiableChange, name: string): string[] {
  if (
    !attributes.some(
      ({ path }) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`),
    )
  ) {
    return [];
  }
  const [earlier, policy] = [parsePolicy(before?.[name]), parsePolicy(after?.[name])];
  if (policy !== undefined) {
    return widening(earlier, policy);
  }
  return earlier === undefined ? [] : [`changes ${name} to something that cannot be compared`];
}

/** What a policy that goes as a whole no longer denies; what it allowed goes with it. */
function lostDenials(policy: unknown): string[] {
  const before = parsePolicy(policy);
  return before === undefined ? [] : policyWidening(before, { Statement: [] });
}

function widerDocument({ type, before, after }: ClassifiableChange): string[] {
  return type === "data.aws_iam_policy_document" && isObject(after)
    ? widening(isObject(before) ? policyOfDocument(before) : undefined, policyOfDocument(after))
    : [];
}

function widening(before: Policy | undefined, after: Policy): string[] {
  return before === undefined ? broadStatements(after) : policyWidening(before, after);
}

function attachments({ type, action, attributes, after }: ClassifiableChange): string[] {
  const arns = attributes
    .filter(({ path }) => /^(policy_arn|managed_policy_arns\[\d+\])$/.test(path))
    .map((attribute) => attribute.after)
    .filter((arn) => typeof arn === "string");
  if (!type.startsWith("aws_iam_")) {
    return [];
  }
  const admin = arns.filter((arn) => administrators.test(arn)).map((arn) => `attaches ${arn}`);
  const other =
    action === "create" && after !== undefined ? [] : arns.filter((arn) => !administrators.test(arn));
  return [...admin, ...other.map((arn) => `attaches ${arn}`)];
}

function lostBoundary({ attributes, before, after }: ClassifiableChange): string[] {
  const touched = attributes.some(({ path }) => path === "permissions_boundary");
  return touched &&
    typeof before?.permissions_boundary === "string" &&
    typeof after?.permissions_boundary !== "string"
    ? ["removes the permissions boundary"]
    : [];
}

function invocations({ type, action, after }: ClassifiableChange): string[] {
  return type === "aws_lambda_permission" && action !== "update" && after?.principal === "*"
    ? ["lets everybody invoke the function"]
    : [];
}
