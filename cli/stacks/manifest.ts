import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { CommandError } from "../base/errors";

/** Where a stack keeps its state, as Terraform's `backend` block says it. */
export interface Backend {
  /** `s3`, `local`, … */
  readonly type: string;
  /** The block's arguments. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The parts of a synthesized stack (`cdk.tf.json`) that the runner reads. */
export interface Configuration {
  readonly terraform?: {
    readonly backend?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly required_providers?: Readonly<
      Record<string, { readonly source?: string; readonly version?: string }>
    >;
  };
  readonly provider?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly output?: Readonly<Record<string, Block>>;
  /** What Terraform lets go of without destroying it. */
  readonly removed?: readonly unknown[];
}

/** A block of a synthesized stack, with the metadata that CDKTF leaves under `//`. */
export interface Block extends Readonly<Record<string, unknown>> {
  readonly "//"?: { readonly metadata?: { readonly path?: string } };
}

/** A synthesized stack. */
export interface Stack {
  /** Its name, `<environment>-<layer>`. */
  readonly name: string;
  /** The directory that Terraform runs in. */
  readonly directory: string;
  /** Names of the stacks that must be deployed before it. */
  readonly dependencies: readonly string[];
  readonly configuration: Configuration;
  /** Where its state is, if it says so. */
  readonly backend: Backend | undefined;
  /** SHA-256 of everything synthesized for the stack: what a saved plan is bound to. */
  readonly digest: string;
}

interface Manifest {
  readonly stacks: Readonly<
    Record<
      string,
      { readonly name: string; readonly workingDirectory: string; readonly dependencies: readonly string[] }
    >
  >;
}

/** Files in a stack's directory that are Terraform's or the runner's, not synthesized. */
export const foreignFiles: ReadonlySet<string> = new Set([
  ".terraform.lock.hcl",
  "backend_override.tf.json",
  "errored.tfstate",
]);

/** Reads the stacks that `cdktf` synthesized into a directory. */
export function readStacks(outputDirectory: string): Stack[] {
  const file = join(outputDirectory, "manifest.json");
  if (!existsSync(file)) {
    throw new CommandError(`There are no synthesized stacks in ${outputDirectory}.`, "Run `meridian synth`.");
  }
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  return Object.values(manifest.stacks).map((entry) =>
    readStack(entry.name, join(outputDirectory, entry.workingDirectory), entry.dependencies),
  );
}

function readStack(name: string, directory: string, dependencies: readonly string[]): Stack {
  const configuration = JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8")) as Configuration;
  const [backend] = Object.entries(configuration.terraform?.backend ?? {});
  return {
    name,
    directory,
    dependencies,
    configuration,
    backend: backend === undefined ? undefined : { type: backend[0], settings: backend[1] },
    digest: digestOf(directory),
  };
}

/** SHA-256 over the names and bytes of all synthesized files of a stack. */
export function digestOf(directory: string): string {
  const hash = createHash("sha256");
  for (const file of filesOf(directory)) {
    const content = readFileSync(join(directory, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** All synthesized files below a directory, as sorted relative paths. */
export function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !foreignFiles.has(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

/** The construct that made a block, for an address such as `aws_vpc.main[0]` or `resource.aws_vpc.main`. */
export function constructPathOf(configuration: Configuration, address: string): string | undefined {
  const parts = address.replace(/^resource\./, "").split(".");
  const [kind, type, name] = parts[0] === "data" ? parts : ["resource", ...parts];
  const blocks = kind === "data" ? configuration.data : configuration.resource;
  return blocks?.[type ?? ""]?.[(name ?? "").replace(/\[.*$/, "")]?.["//"]?.metadata?.path;
}

/** The region of a stack's default AWS provider. */
export function regionOf(configuration: Configuration): string | undefined {
  const region = configuration.provider?.aws?.find((provider) => provider.alias === undefined)?.region;
  return typeof region === "string" ? region : undefined;
}

/** How many resources a stack declares. */
export function resourceCountOf(configuration: Configuration): number {
  return Object.values(configuration.resource ?? {}).reduce(
    (sum, blocks) => sum + Object.keys(blocks).length,
    0,
  );
}
