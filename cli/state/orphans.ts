import { join } from "node:path";

import { type AppliedRecord, readAppliedRecord } from "./applied-record";
import { CommandError } from "../base/errors";
import { type Backend, digestOf, type Stack } from "../stacks/manifest";
import type { Session } from "../session/session";
import { managedCountOf, type State } from "../stacks/state-file";
import { wavesOf } from "../stacks/waves";
import { writePrivateFile } from "../base/workspace";

/** A stack that stands and is no longer in the configuration. */
export interface Orphan {
  /** What is left of it: the providers and the place of its state, with no resource. */
  readonly stack: Stack;
  /** How many resources it holds. */
  readonly resources: number;
}

/**
 * The stacks whose states hold resources in the environment's bucket, but which the code does not have
 * any more. Each stands before those it depended on, as a destroy must go.
 *
 * @throws CommandError for a stack of which nothing is known but its state.
 */
export async function findOrphans(session: Session): Promise<Orphan[]> {
  const { context, access } = session;
  const found = await unknownKeys(session, ".tfstate");
  if (found.length === 0) {
    return [];
  }
  const known = backendsOf(session);
  const staying = await Promise.all(known.map((backend) => context.aws.readState(access, backend)));
  const shared = new Set(staying.flatMap((state) => recordsOf(state).map(({ id }) => id)));
  const orphans = await Promise.all(found.map((backend) => orphanAt(session, backend, shared)));
  return inOrderOfDestruction(orphans.filter((orphan) => orphan !== undefined));
}

/**
 * The stacks that the code does not have any more, as they were applied last: also those of which no state was
 * ever stored, because the first apply was cut off.
 */
export async function formerStacks(session: Session): Promise<Stack[]> {
  const found = await Promise.all([".tfstate", ".begun.json"].map((suffix) => unknownKeys(session, suffix)));
  const backends = new Map(found.flat().map((backend) => [String(backend.settings.key), backend]));
  const stacks = await Promise.all(
    [...backends.values()].map(async (backend): Promise<Stack[]> => {
      const record = await readAppliedRecord(session, backend);
      return record === undefined
        ? []
        : [
            {
              ...remainderOf(session, record, backend, []),
              configuration: record.configuration,
              digest: record.stackDigest,
            },
          ];
    }),
  );
  return stacks.flat();
}

/** Where the states of stacks are that the code does not have, and of which there is such an object. */
async function unknownKeys(session: Session, suffix: string): Promise<Backend[]> {
  const { context, access, environment } = session;
  const known = backendsOf(session);
  const [model] = known;
  if (model === undefined) {
    return [];
  }
  const { bucket, region } = model.settings as { bucket: string; region: string };
  if ((await context.aws.bucketStatus(access, bucket, region)) !== "present") {
    return [];
  }
  const prefix = folderOf(String(model.settings.key), environment.name);
  const keys = new Set(known.map(({ settings }) => String(settings.key)));
  const found = await context.aws.objects.list(access, { bucket, region }, prefix);
  return found
    .filter((key) => key.endsWith(suffix) && !key.slice(prefix.length).includes("/"))
    .map((key) => `${key.slice(0, -suffix.length)}.tfstate`)
    .filter((key) => !keys.has(key))
    .map((key) => ({ ...model, settings: { ...model.settings, key } }));
}

function backendsOf({ synthesis }: Session): Backend[] {
  return synthesis.stacks.flatMap(({ backend }) => (backend?.type === "s3" ? [backend] : []));
}

/** States lie in one folder an environment, or beside those of others under their full names. */
function folderOf(key: string, environment: string): string {
  const folder = key.slice(0, key.lastIndexOf("/") + 1);
  return `${folder}${environment}-`;
}

async function orphanAt(
  session: Session,
  backend: Backend,
  shared: ReadonlySet<string>,
): Promise<Orphan | undefined> {
  const { context, access, environment } = session;
  const key = String(backend.settings.key);
  const name = key.slice(key.lastIndexOf("/") + 1).replace(/\.tfstate$/, "");
  const state = await context.aws.readState(access, backend);
  const resources = managedCountOf(state);
  if (resources === 0) {
    return undefined;
  }
  const record = await readAppliedRecord(session, backend);
  if (record === undefined) {
    throw new CommandError(
      `${name} is no longer in the code, but its state s3://${String(backend.settings.bucket)}/${key} still describes resources, and its last deploy was not recorded. Nothing was changed.`,
      `Check out the last commit that has it and run \`meridian destroy ${environment.name} --stack ${name}\`.`,
    );
  }
  const kept = recordsOf(state).filter(({ id }) => shared.has(id));
  return {
    stack: remainderOf(
      session,
      record,
      backend,
      kept.map(({ address }) => address),
    ),
    resources,
  };
}

/**
 * The DNS records of a state. Several stacks may have one and the same, such as the proof of a name that
 * their certificates share: it goes with the last of them.
 */
function recordsOf(state: State | undefined): { readonly id: string; readonly address: string }[] {
  return (state?.resources ?? [])
    .filter(({ mode, type }) => mode === "managed" && type === "aws_route53_record")
    .flatMap(({ type, name, instances }) =>
      (instances as { attributes?: { id?: string } }[]).flatMap(({ attributes }) =>
        attributes?.id === undefined ? [] : [{ id: attributes.id, address: `${type}.${name}` }],
      ),
    );
}

/**
 * The stack without its resources: Terraform then destroys what the state holds, by the same providers
 * and with no need of the files that the resources were made from. What others have, too, it lets go of.
 */
function remainderOf(
  { context, environment }: Session,
  record: AppliedRecord,
  backend: Backend,
  kept: readonly string[],
): Stack {
  const { terraform, provider } = record.configuration;
  const configuration = {
    ...(terraform === undefined ? {} : { terraform }),
    ...(provider === undefined ? {} : { provider }),
    ...(kept.length === 0
      ? {}
      : { removed: kept.map((from) => ({ from, lifecycle: [{ destroy: false }] })) }),
  };
  const directory = join(context.workspace.root, "orphans", environment.name, record.stack);
  writePrivateFile(join(directory, "cdk.tf.json"), `${JSON.stringify(configuration, null, 2)}\n`);
  return {
    name: record.stack,
    directory,
    dependencies: record.dependencies,
    configuration,
    backend,
    digest: digestOf(directory),
  };
}

function inOrderOfDestruction(orphans: readonly Orphan[]): Orphan[] {
  const byName = new Map(orphans.map((orphan) => [orphan.stack.name, orphan]));
  return wavesOf(orphans.map(({ stack }) => stack))
    .flat()
    .reverse()
    .flatMap(({ name }) => byName.get(name) ?? []);
}

/** Refuses to destroy a stack of an environment that is protected; its resources would refuse halfway. */
export function guardOrphans({ environment }: Session, orphans: readonly Orphan[]): void {
  if (environment.deletionProtection && orphans.length > 0) {
    const names = orphans.map(({ stack }) => stack.name).join(", ");
    throw new CommandError(
      `${names} would be destroyed, but environment '${environment.name}' is protected from deletion. Nothing was changed.`,
      `Put it back, set \`deletionProtection: false\` in environments/${environment.name}.ts and deploy that first; then take it out again.`,
    );
  }
}
