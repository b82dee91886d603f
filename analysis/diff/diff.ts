import {
  attributeName,
  canonicalJson,
  changedAttributes,
  classify,
  isObject,
  riskRank,
  statefulTypes,
  type Action,
  type AttributeChange,
  type Finding,
  type JsonObject,
  type ResourceChange,
} from "../change";
import { byRisk } from "../plan";
import {
  resourcesOf,
  stackDigest,
  withoutNotes,
  type SynthesizedOutput,
  type SynthesizedResource,
  type SynthesizedStack,
} from "./synthesized-stack";

/** What became of a stack between two syntheses. */
export type StackStatus = "added" | "removed" | "changed" | "unchanged";

/** One stack, compared. */
export interface StackDiff {
  readonly stack: string;
  readonly status: StackStatus;
  /** Resources, and data sources that hold a policy, worst first. */
  readonly changes: readonly ResourceChange[];
  /** Everything else: outputs, providers, the back end, variables (`output.WebUrl.value`). */
  readonly settings: readonly AttributeChange[];
}

/** Two syntheses, compared stack by stack. */
export interface SynthDiff {
  /** Every stack of either side, by name. */
  readonly stacks: readonly StackDiff[];
}

/** Names of the stacks of the new synthesis that are not byte for byte (notes aside) what they were. */
export function changedStacks(diff: SynthDiff): string[] {
  return diff.stacks
    .filter(({ status }) => status === "added" || status === "changed")
    .map(({ stack }) => stack);
}

/**
 * Compares two syntheses: no credentials, no state, no Terraform.
 *
 * What it cannot know is what the provider decides: whether a change is made in place. It warns where
 * that matters, at the names and keys of what holds data.
 */
export function diffSynthesized(base: SynthesizedOutput, head: SynthesizedOutput): SynthDiff {
  const names = [...new Set([...Object.keys(base), ...Object.keys(head)])].sort();
  const stacks = names.map((name) => diffStack(name, own(base, name), own(head, name)));
  return { stacks: withMovesBetweenStacks(stacks, base, head) };
}

function diffStack(
  stack: string,
  base: SynthesizedStack | undefined,
  head: SynthesizedStack | undefined,
): StackDiff {
  const status = statusOf(base, head);
  if (status === "unchanged") {
    return { stack, status, changes: [], settings: [] };
  }
  return {
    stack,
    status,
    changes: resourceChanges(base ?? {}, head ?? {}).sort(byRisk),
    settings: changedAttributes(settingsOf(base ?? {}), settingsOf(head ?? {}), { emptyIsAbsent: false }),
  };
}

function statusOf(base: SynthesizedStack | undefined, head: SynthesizedStack | undefined): StackStatus {
  if (base === undefined) {
    return "added";
  }
  if (head === undefined) {
    return "removed";
  }
  return stackDigest(base) === stackDigest(head) ? "unchanged" : "changed";
}

/** Sections that are compared as resources and what happens to them. */
const resourceSections = new Set(["resource", "data", "moved", "import", "removed"]);

function settingsOf(stack: SynthesizedStack): JsonObject {
  const sections = Object.entries(withoutNotes(stack));
  return Object.fromEntries(sections.filter(([name]) => !resourceSections.has(name)));
}

function resourceChanges(base: SynthesizedStack, head: SynthesizedStack): ResourceChange[] {
  const [before, after] = [resourcesOf(base), resourcesOf(head)];
  const moves = movesOf(head, before, after);
  const movedFrom = new Set(moves.values());
  const removed = [...before.values()].filter(
    ({ address }) => !after.has(address) && !movedFrom.has(address),
  );
  const added = [...after.values()].filter(({ address }) => !before.has(address) && !moves.has(address));
  const renames = renamesOf(removed, added);
  const renamedFrom = new Set([...renames.values()].map(({ address }) => address));
  const forgotten = new Set(
    blocks(head.removed)
      .filter(keepsObject)
      .map(({ from }) => withoutInterpolation(from)),
  );
  const imports = new Map(
    blocks(head.import).map((block) => [withoutInterpolation(block.to), withoutInterpolation(block.id)]),
  );
  return [
    ...[...after.values()].flatMap((resource) => {
      const source = moves.get(resource.address);
      const earlier = before.get(source ?? resource.address);
      return earlier === undefined ? [] : updated(earlier, resource, source, imports);
    }),
    ...added.flatMap((resource) => created(resource, renames.get(resource.address), imports)),
    ...removed
      .filter(({ address }) => !renamedFrom.has(address))
      .flatMap((resource) => destroyed(resource, forgotten.has(resource.address))),
  ];
}

function updated(
  before: SynthesizedResource,
  after: SynthesizedResource,
  movedFrom: string | undefined,
  imports: ReadonlyMap<string, string>,
): ResourceChange[] {
  const attributes = changedAttributes(before.body, after.body, { emptyIsAbsent: false });
  const imported = imports.get(after.address);
  if (attributes.length === 0 && movedFrom === undefined && imported === undefined) {
    return [];
  }
  const action = attributes.length > 0 ? "update" : movedFrom === undefined ? "import" : "move";
  const change = changeOf(after, action, attributes, before.body, after.body);
  return [
    {
      ...withFindings(change, identityChanges(after.type, attributes)),
      ...(movedFrom === undefined ? {} : { movedFrom }),
      ...(imported === undefined ? {} : { imported }),
    },
  ];
}

function created(
  resource: SynthesizedResource,
  renamed: SynthesizedResource | undefined,
  imports: ReadonlyMap<string, string>,
): ResourceChange[] {
  if (isData(resource) && resource.type !== "data.aws_iam_policy_document") {
    return [];
  }
  const imported = imports.get(resource.address);
  if (renamed === undefined) {
    const attributes = changedAttributes({}, resource.body, { emptyIsAbsent: false });
    const change = changeOf(
      resource,
      imported === undefined ? "create" : "import",
      attributes,
      {},
      resource.body,
    );
    return [imported === undefined ? change : { ...change, imported }];
  }
  if (isData(resource)) {
    return [];
  }
  const change = changeOf(resource, "replace", [], renamed.body, resource.body);
  const summary = `is ${renamed.address} renamed without a moved block, so Terraform destroys the old one; call moveFromId("${renamed.address}") on the new one`;
  const risk = Object.hasOwn(statefulTypes, resource.type) ? "data" : "destructive";
  return [{ ...withFindings(change, [{ risk, summary }]), renamedFrom: renamed.address }];
}

function destroyed(resource: SynthesizedResource, isForgotten: boolean): ResourceChange[] {
  return isData(resource)
    ? []
    : [changeOf(resource, isForgotten ? "forget" : "destroy", [], resource.body, {})];
}

function changeOf(
  resource: SynthesizedResource,
  action: Action,
  attributes: readonly AttributeChange[],
  before: JsonObject,
  after: JsonObject,
): ResourceChange {
  const { address, type, constructPath } = resource;
  return {
    address,
    type,
    action,
    attributes,
    ...classify({ address, type, action, attributes, before, after }),
    ...(constructPath === undefined ? {} : { constructPath }),
  };
}

function withFindings(change: ResourceChange, findings: readonly Finding[]): ResourceChange {
  const all = [...findings, ...change.findings].sort(
    (left, right) => riskRank(left.risk) - riskRank(right.risk),
  );
  const worst = all[0]?.risk ?? change.risk;
  return { ...change, findings: all, risk: riskRank(worst) < riskRank(change.risk) ? worst : change.risk };
}

/** Attributes that name a thing that holds data, or its shape: the provider replaces it to change them. */
const identity =
  /^(bucket|bucket_prefix|name|name_prefix|cluster_identifier|global_cluster_identifier|domain_name|domain|replication_group_id|cluster_id|cluster_name|broker_name|creation_token|hash_key|range_key|fifo_queue|availability_zone|storage_encrypted|encrypted|master_username|username|database_name|db_name|namespace_name|alias_attributes|username_attributes|schema|multi_region|customer_master_key_spec)$/;

function identityChanges(type: string, attributes: readonly AttributeChange[]): Finding[] {
  const held = Object.hasOwn(statefulTypes, type) ? statefulTypes[type] : undefined;
  const names = attributes.map(({ path }) => path).filter((path) => identity.test(attributeName(path)));
  return held === undefined || names.length === 0
    ? []
    : [{ risk: "data", summary: `changes ${names.join(", ")}, which replaces it; it holds ${held}` }];
}

function movesOf(
  head: SynthesizedStack,
  before: ReadonlyMap<string, SynthesizedResource>,
  after: ReadonlyMap<string, SynthesizedResource>,
): Map<string, string> {
  return new Map(
    blocks(head.moved)
      .map(({ from, to }): [string, string] => [withoutInterpolation(to), withoutInterpolation(from)])
      .filter(([to, from]) => before.has(from) && after.has(to) && !after.has(from)),
  );
}

/**
 * Pairs removed and added resources of one type with the same body.
 *
 * Renaming a construct renames everything inside it, and the references between those with it; so
 * references to what is removed or added count as equal.
 */
function renamesOf(
  removed: readonly SynthesizedResource[],
  added: readonly SynthesizedResource[],
): Map<string, SynthesizedResource> {
  const free = new Map<string, SynthesizedResource[]>();
  const [gone, fresh] = [addressesOf(removed), addressesOf(added)];
  for (const resource of removed) {
    const key = likeness(resource, gone);
    free.set(key, [...(free.get(key) ?? []), resource]);
  }
  const pairs = added.flatMap((resource): [string, SynthesizedResource][] => {
    const partner = free.get(likeness(resource, fresh))?.shift();
    return partner === undefined ? [] : [[resource.address, partner]];
  });
  return new Map(pairs);
}

function addressesOf(resources: readonly SynthesizedResource[]): Set<string> {
  return new Set(resources.map(({ address }) => address));
}

function likeness({ type, body }: SynthesizedResource, replaced: ReadonlySet<string>): string {
  const text = canonicalJson(body).replaceAll(/(?:data\.)?[a-z]\w*\.[A-Za-z_][\w-]*/g, (reference) =>
    replaced.has(reference) ? `${reference.split(".").slice(0, -1).join(".")}.*` : reference,
  );
  return `${type} ${text}`;
}

/** What leaves one stack and enters another is destroyed there and created here. */
function withMovesBetweenStacks(
  stacks: readonly StackDiff[],
  base: SynthesizedOutput,
  head: SynthesizedOutput,
): StackDiff[] {
  const entering = new Map<string, string>();
  for (const { stack, changes } of stacks) {
    const resources = resourcesOf(own(head, stack) ?? {});
    for (const { address } of changes.filter(({ action }) => action === "create")) {
      entering.set(bodyKey(resources.get(address)), `${stack} as ${address}`);
    }
  }
  return stacks.map((diff) => {
    const resources = resourcesOf(own(base, diff.stack) ?? {});
    const changes = diff.changes
      .map((change) => {
        const there = isStatefulLoss(change)
          ? entering.get(bodyKey(resources.get(change.address)))
          : undefined;
        const summary = `appears again in ${there ?? ""}; Terraform carries nothing from one state to another, move it with 'terraform state mv'`;
        return there === undefined ? change : withFindings(change, [{ risk: "data", summary }]);
      })
      .sort(byRisk);
    return { ...diff, changes };
  });
}

function isStatefulLoss({ action, type }: ResourceChange): boolean {
  return action === "destroy" && Object.hasOwn(statefulTypes, type);
}

function bodyKey(resource: SynthesizedResource | undefined): string {
  return `${resource?.type ?? ""} ${canonicalJson(resource?.body)}`;
}

function isData({ type }: SynthesizedResource): boolean {
  return type.startsWith("data.");
}

function keepsObject(block: JsonObject): boolean {
  const lifecycle: unknown = Array.isArray(block.lifecycle) ? block.lifecycle[0] : block.lifecycle;
  return isObject(lifecycle) && lifecycle.destroy === false;
}

function blocks(section: unknown): JsonObject[] {
  return (Array.isArray(section) ? section : [section]).filter(isObject);
}

function withoutInterpolation(value: unknown): string {
  const text = typeof value === "string" ? value : canonicalJson(value);
  return text.replace(/^\$\{(.*)\}$/s, "$1");
}

function own(output: SynthesizedOutput, name: string): SynthesizedStack | undefined {
  return Object.hasOwn(output, name) ? output[name] : undefined;
}
