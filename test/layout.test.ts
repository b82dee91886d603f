import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const root = join(__dirname, "..");
const rooms = ["core", "modules", "environments", "stacks", "analysis", "local-cloud", "cli"];

/** Rooms of the command line, each with those below it only. */
const cliRooms = [
  "base",
  "stacks",
  "probes",
  "aws",
  "preflight",
  "terraform",
  "terminal",
  "session",
  "state",
  "plan",
  "gates",
  "hpc",
  "region",
  "rollout",
  "runs",
  "comment",
  "commands",
];

/** What may be longer than a file should be, until it is taken apart. */
const longFiles: readonly string[] = [
  "modules/hpc-cluster/checks/compute.ts",
  "modules/hpc-cluster/checks/lustre.ts",
  "modules/hpc-cluster/checks/storage.ts",
  "modules/hpc-cluster/file/cluster-keys.ts",
  "modules/hpc-cluster/file/file-reader.ts",
  "modules/hpc-cluster/machines/permissions.ts",
  "modules/hpc-cluster/slurm/slurm-cluster.ts",
];

const files = rooms.flatMap((room) => filesIn(room));
const sources = files.filter((file) => file.endsWith(".ts"));
const imports = new Map(sources.map((file) => [file, importsOf(file)]));

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => name !== "__pycache__")
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesIn(path) : [path];
    });
}

interface Imports {
  readonly ours: readonly string[];
  readonly packages: readonly string[];
}

/** What a file imports, types included. */
function importsOf(file: string): Imports {
  const text = readFileSync(join(root, file), "utf8");
  const names = [...text.matchAll(/^(?:import|export)\s(?:[^"';]*?\sfrom\s)?"([^"]+)";/gm)].map(
    ([, name = ""]) => name,
  );
  return {
    ours: names.filter((name) => name.startsWith(".")).map((name) => resolved(file, name)),
    packages: names.filter((name) => !name.startsWith(".")),
  };
}

function resolved(file: string, name: string): string {
  const path = normalize(join(dirname(file), name));
  const found = [`${path}.ts`, `${path}/index.ts`, path].find((each) => files.includes(each));
  return found ?? path;
}

/** The room that the rules speak of: `modules/dns`, `cli/runs`, `core`. */
function roomOf(file: string): string {
  const [first = "", second = ""] = file.split("/");
  return ["modules", "cli"].includes(first) && file.split("/").length > 2 ? `${first}/${second}` : first;
}

/** Whether a room may import another one. */
function mayImport(from: string, to: string): boolean {
  if (from === to) {
    return true;
  }
  const [top = "", room = ""] = from.split("/");
  const [otherTop = "", otherRoom = ""] = to.split("/");
  switch (top) {
    case "core":
    case "analysis":
    case "local-cloud":
      return false;
    case "modules":
      return to === "core" || (to === "modules/parts" && room !== "parts");
    case "environments":
      return to === "core";
    case "stacks":
      return ["core", "modules", "environments"].includes(otherTop);
    default:
      return otherTop !== "cli" || room === "" || cliRooms.indexOf(otherRoom) < cliRooms.indexOf(room);
  }
}

/** Every circle of imports, as the files that it goes through. */
function circles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(" -> "));
      return;
    }
    if (done.has(file)) {
      return;
    }
    imports.get(file)?.ours.forEach((next) => {
      visit(next, [...path, file]);
    });
    done.add(file);
  };
  sources.forEach((file) => {
    visit(file, []);
  });
  return found;
}

describe("The house", () => {
  it("has no circle of imports, not even of types", () => {
    expect(circles()).toEqual([]);
  });

  it("imports downward only", () => {
    const upward = [...imports].flatMap(([file, { ours }]) =>
      ours.filter((to) => !mayImport(roomOf(file), roomOf(to))).map((to) => `${file} -> ${to}`),
    );

    expect(upward).toEqual([]);
  });

  it("knows every room of the command line", () => {
    const standing = readdirSync(join(root, "cli"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);

    expect(standing.sort()).toEqual([...cliRooms].sort());
  });

  it("reads an environment without loading CDKTF", () => {
    const framework = [...imports]
      .filter(([file]) => /^(core|environments)\//.test(file))
      .flatMap(([file, { packages }]) =>
        packages
          .filter((name) => /^(cdktf|constructs|@cdktf\/)/.test(name))
          .map((name) => `${file}: ${name}`),
      );

    expect(framework).toEqual([]);
  });

  it("has at most 20 files in a folder", () => {
    const counts = new Map<string, number>();
    [...files, ...filesIn("test")].forEach((file) => {
      counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    });

    expect([...counts].filter(([, count]) => count > 20)).toEqual([]);
  });

  it("has no file of more than 400 lines but those that wait to be taken apart", () => {
    const long = sources.filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > 401);

    expect(long.sort()).toEqual([...longFiles].sort());
  });
});
