import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";

import { CommandError } from "../base/errors";
import { type Configuration, foreignFiles, type Stack } from "../stacks/manifest";
import type { Session } from "../session/session";
import type { StateHome } from "../state/state-home";
import { TerraformError } from "../terraform/terraform";
import { ensurePrivateDirectory, writePrivateFile } from "../base/workspace";
import { declaredIn } from "../terraform/lost-resources";

/** A resource to be taken into a state. */
export interface Import {
  readonly address: string;
  /** What the provider takes for it. */
  readonly id: string;
}

/** What became of imports. */
export interface Imported {
  readonly imported: readonly Import[];
  /** What does not stand. */
  readonly absent: readonly Import[];
}

/**
 * Takes resources into the state of a stack by one plan that does nothing else: of the stack it keeps only
 * what stands and what is imported, and of both it ignores what differs.
 *
 * @param standing - addresses that the state has.
 * @throws CommandError when the plan would change anything.
 */
export async function importAll(
  session: Session,
  home: StateHome,
  stack: Stack,
  imports: readonly Import[],
  standing: ReadonlySet<string>,
): Promise<Imported> {
  const { terraform, context, environment, lockTimeout } = session;
  const directory = join(context.workspace.root, "recovery", environment.name, stack.name);
  const file = join(directory, "import.tfplan");
  let wanted = imports;
  const absent: Import[] = [];
  while (wanted.length > 0) {
    const reduced = reducedStack(home, stack, directory, wanted, standing);
    await terraform.init(reduced, { backend: "reconfigure" });
    try {
      const targets = wanted.map(({ address }) => address);
      await terraform.plan(reduced, { file, lockTimeout, targets });
      await refuseChanges(session, reduced, file);
      await terraform.apply(reduced, file, { lockTimeout });
      break;
    } catch (error) {
      const missing = absentIn(error, wanted);
      if (missing.length === 0) {
        throw error;
      }
      absent.push(...missing);
      wanted = wanted.filter((each) => !missing.includes(each));
    }
  }
  // It was initialized for another directory than the stack's own.
  rmSync(directory, { recursive: true, force: true });
  rmSync(join(context.workspace.data(stack.name), "meridian-init"), { force: true });
  return { imported: wanted, absent };
}

/** The stack without what does not stand, and with nothing that would be changed. */
function reducedStack(
  home: StateHome,
  stack: Stack,
  directory: string,
  imports: readonly Import[],
  standing: ReadonlySet<string>,
): Stack {
  const kept = new Set([...standing, ...imports.map(({ address }) => address)].map(blockOf));
  const gone = declaredIn(stack.configuration).filter((address) => !kept.has(address));
  const {
    terraform = {},
    provider,
    resource = {},
    data = {},
    ...rest
  } = stack.configuration as Configuration & Record<string, unknown>;
  const backend = home.backendOf(stack);
  const configuration = {
    ...Object.fromEntries(
      Object.entries(rest).filter(([name]) => ["locals", "variable", "module"].includes(name)),
    ),
    terraform: {
      ...terraform,
      ...(backend === undefined ? {} : { backend: { [backend.type]: backend.settings } }),
    },
    ...(provider === undefined ? {} : { provider }),
    ...named(
      "data",
      blocks(data, (_address, block) => (mentions(block, gone) ? undefined : block)),
    ),
    ...named(
      "resource",
      blocks(resource, (address, block) =>
        kept.has(address)
          ? { ...block, lifecycle: { ...(block.lifecycle as object | undefined), ignore_changes: "all" } }
          : undefined,
      ),
    ),
    import: imports.map(({ address, id }) => ({ to: address, id })),
  };
  rmSync(directory, { recursive: true, force: true });
  ensurePrivateDirectory(directory);
  cpSync(stack.directory, directory, {
    recursive: true,
    filter: (source) => !foreignFiles.has(source.slice(source.lastIndexOf("/") + 1)),
  });
  writePrivateFile(join(directory, "cdk.tf.json"), JSON.stringify(configuration));
  return { ...stack, directory, configuration: configuration, backend };
}

type Blocks = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

function blocks(
  all: Blocks,
  change: (address: string, block: Readonly<Record<string, unknown>>) => object | undefined,
): object {
  const entries = Object.entries(all).map(([type, named]) => {
    const changed = Object.entries(named).map(
      ([name, block]) => [name, change(`${type}.${name}`, block)] as const,
    );
    return [type, Object.fromEntries(changed.filter(([, block]) => block !== undefined))] as const;
  });
  return Object.fromEntries(entries.filter(([, named]) => Object.keys(named).length > 0));
}

/** Terraform takes no empty `data`. */
function named(name: string, content: object): object {
  return Object.keys(content).length === 0 ? {} : { [name]: content };
}

function mentions(block: object, addresses: readonly string[]): boolean {
  const text = JSON.stringify(block);
  return addresses.some((address) => text.includes(address));
}

/** `aws_vpc.Main` of `aws_vpc.Main["a"]`. */
function blockOf(address: string): string {
  return address.replace(/\[.*$/, "");
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

async function refuseChanges({ terraform }: Session, stack: Stack, file: string): Promise<void> {
  const { resource_changes: changes = [] } = await terraform.show(stack, file);
  // With all differences ignored, an update of what is imported only fills in what AWS does not know, such as
  // the provider's own defaults.
  const others = changes.filter(
    ({ mode, change }) =>
      mode === "managed" &&
      !["no-op", ...(isPresent(change.importing) ? ["update"] : [])].includes(change.actions.join()),
  );
  if (others.length > 0) {
    const names = others
      .map(({ address, change }) => `${change.actions.join(" and ")} ${address}`)
      .join(", ");
    throw new CommandError(
      `The imports of ${stack.name} would do more than import: ${names}. Nothing was changed.`,
      "Check out the commit that was being applied, and run the command again.",
    );
  }
}

/** Those of the imports of which the provider says that they are not there. */
function absentIn(error: unknown, imports: readonly Import[]): Import[] {
  if (!(error instanceof TerraformError)) {
    return [];
  }
  const said = error.message.replace(/\s+/g, " ");
  return imports.filter(({ address }) =>
    said.includes(
      `attempting to import an existing object to ${JSON.stringify(address)}, the provider detected`,
    ),
  );
}
