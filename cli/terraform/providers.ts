import { existsSync, readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { CommandError } from "../base/errors";
import { type Workspace, writePrivateFile } from "../base/workspace";
import type { TerraformBinary } from "./binary";

type Variables = Readonly<Record<string, string | undefined>>;

/** Where providers come from. */
export interface ProviderSource {
  /** The CLI configuration file to give to Terraform. */
  readonly configurationFile: string;
  /** Mirror directories that hold providers, in order of preference. */
  readonly mirrors: readonly Mirror[];
  /** In words, for `meridian doctor`. */
  readonly description: string;
}

/** A directory in the layout of a Terraform provider mirror. */
export interface Mirror {
  readonly directory: string;
  /** Versions by provider, such as `hashicorp/aws`. */
  readonly providers: Readonly<Record<string, readonly string[]>>;
}

const hosts = { terraform: "registry.terraform.io", tofu: "registry.opentofu.org" } as const;

/** Where system packages and images put mirrors, and how deep they are looked for. */
const systemPlaces: readonly string[] = [
  "/opt",
  "/srv",
  "/usr/local/lib",
  "/usr/local/share/terraform",
  "/usr/share/terraform",
  "/var/lib/terraform",
];
const systemDepth = 3;

/**
 * Decides where providers come from and writes the CLI configuration for it: a configuration
 * of the user's own that says so; else the mirror in `MERIDIAN_PROVIDER_MIRROR`; else the
 * directories that Terraform itself would look in; else a mirror in the usual system places;
 * else the registry.
 */
export function configureProviders(
  workspace: Workspace,
  variables: Variables,
  binary: TerraformBinary,
  places: readonly string[] = systemPlaces,
): ProviderSource {
  const explicit = variables.MERIDIAN_PROVIDER_MIRROR;
  const users = userConfiguration(variables);
  if (explicit === undefined && users?.content.includes("provider_installation") === true) {
    return { configurationFile: users.file, mirrors: [], description: `as ${users.file} says` };
  }
  const host = hosts[binary.product];
  const mirrors =
    explicit === undefined
      ? [...impliedDirectories(workspace, variables), ...places.flatMap((place) => findMirrors(place, host))]
          .map((directory) => readMirror(directory, host))
          .filter((mirror) => mirror !== undefined)
      : [explicitMirror(explicit, host)];
  writePrivateFile(
    workspace.terraformConfiguration,
    [users?.content ?? "", mirrors.length === 0 ? "" : installation(mirrors, host)]
      .filter(Boolean)
      .join("\n"),
  );
  return {
    configurationFile: workspace.terraformConfiguration,
    mirrors,
    description: mirrors.length === 0 ? host : mirrors.map(({ directory }) => directory).join(", "),
  };
}

function userConfiguration(variables: Variables): { file: string; content: string } | undefined {
  const candidates = [variables.TF_CLI_CONFIG_FILE, join(homedir(), ".terraformrc")];
  const file = candidates.find(
    (candidate) => candidate !== undefined && candidate !== "" && existsSync(candidate),
  );
  return file === undefined ? undefined : { file, content: readFileSync(file, "utf8") };
}

/** https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories */
function impliedDirectories(workspace: Workspace, variables: Variables): string[] {
  const home = homedir();
  return [
    join(workspace.projectDirectory, "terraform.d/plugins"),
    join(home, ".terraform.d/plugins"),
    ...(process.platform === "darwin"
      ? [
          join(home, "Library/Application Support/io.terraform/plugins"),
          "/Library/Application Support/io.terraform/plugins",
        ]
      : [
          join(variables.XDG_DATA_HOME ?? join(home, ".local/share"), "terraform/plugins"),
          "/usr/local/share/terraform/plugins",
          "/usr/share/terraform/plugins",
        ]),
  ];
}

/** Directories that hold a folder named like the registry, at most `depth` levels down. */
function findMirrors(place: string, host: string, depth = systemDepth): string[] {
  if (existsSync(join(place, host))) {
    return [place];
  }
  return depth <= 1
    ? []
    : foldersIn(place).flatMap((name) => findMirrors(join(place, name), host, depth - 1));
}

function explicitMirror(directory: string, host: string): Mirror {
  const mirror = readMirror(directory, host);
  if (mirror === undefined) {
    throw new CommandError(
      `MERIDIAN_PROVIDER_MIRROR names ${directory}, where there is no provider for this machine.`,
      `Name the directory that holds '${host}', filled by \`terraform providers mirror\`.`,
    );
  }
  return mirror;
}

function readMirror(directory: string, host: string): Mirror | undefined {
  const root = join(directory, host);
  const providers = foldersIn(root).flatMap((namespace) =>
    foldersIn(join(root, namespace)).map(
      (type) => [`${namespace}/${type}`, versionsIn(join(root, namespace, type), type)] as const,
    ),
  );
  const usable = providers.filter(([, versions]) => versions.length > 0);
  return usable.length === 0 ? undefined : { directory, providers: Object.fromEntries(usable) };
}

/** Versions for this machine, in the unpacked (`5.100.0/linux_amd64/`) and the packed (`.zip`) layout. */
function versionsIn(directory: string, type: string): string[] {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  const unpacked = foldersIn(directory).filter((version) => existsSync(join(directory, version, platform)));
  const packed = new RegExp(`^terraform-provider-${type}_(.+)_${platform}\\.zip$`);
  const zipped = entriesIn(directory).flatMap((entry) => packed.exec(entry.name)?.[1] ?? []);
  return [...unpacked, ...zipped];
}

/** What the mirrors hold comes from them, everything else from the registry. */
function installation(mirrors: readonly Mirror[], host: string): string {
  const taken = new Set<string>();
  const mirrored = mirrors.flatMap(({ directory, providers }) => {
    const names = Object.keys(providers).filter((name) => !taken.has(name));
    names.forEach((name) => taken.add(name));
    const lines = [`path = ${JSON.stringify(directory)}`, `include = ${addresses(names, host)}`];
    return names.length === 0 ? [] : [installationBlock("filesystem_mirror", lines)];
  });
  const direct = installationBlock("direct", [`exclude = ${addresses(taken, host)}`]);
  return `provider_installation {\n${mirrored.join("")}${direct}}\n`;
}

function addresses(names: Iterable<string>, host: string): string {
  return JSON.stringify([...names].map((name) => `${host}/${name}`));
}

function installationBlock(kind: string, lines: readonly string[]): string {
  return `  ${kind} {\n${lines.map((line) => `    ${line}\n`).join("")}  }\n`;
}

function entriesIn(directory: string): { name: string; isDirectory(): boolean; isSymbolicLink(): boolean }[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function foldersIn(directory: string): string[] {
  return entriesIn(directory)
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => entry.name);
}
