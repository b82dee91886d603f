import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import type { Problem } from "../../core";
import { kebabName } from "../../core/forms";

/** How a noun is spelt in each place. */
export interface NounNames {
  /** Folders and files: `work-queue`. */
  readonly noun: string;
  /** The construct: `WorkQueue`. */
  readonly construct: string;
  /** Variables: `workQueue`. */
  readonly variable: string;
  /** The key of environments: `workQueues`. */
  readonly key: string;
  /** In sentences: `work queue`. */
  readonly words: string;
}

/** Folders that are about no noun. */
const reserved = ["app", "checks", "core", "nouns", "parts", "private", "runtimes", "schema", "support"];

/** The rooms that a noun has a folder in. */
export const roomsOf = (noun: string): readonly string[] => [
  `modules/${noun}`,
  `environments/schema/${noun}`,
  `stacks/${noun}`,
  `examples/${noun}`,
  `test/modules/${noun}`,
  `test/environments/schema/${noun}`,
];

/** Spells a noun, which {@link nounProblems} has found good. */
export function namesOf(noun: string): NounNames {
  const words = noun.split("-");
  const construct = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  const variable = construct.charAt(0).toLowerCase() + construct.slice(1);
  return { noun, construct, variable, key: pluralOf(variable), words: words.join(" ") };
}

/** Everything that keeps a noun from being added to the repository at `root`. */
export function nounProblems(root: string, noun: string): Problem[] {
  const problem = (expected: string, remedy: string): Problem => ({
    where: "npm run new",
    property: "noun",
    expected,
    got: noun,
    remedy,
  });
  const form = kebabName(24);
  if (!form.accepts(noun)) {
    return [problem(form.expected, "write one noun in the singular, such as 'queue' or 'event-bus'")];
  }
  if (reserved.includes(noun)) {
    return [
      problem(`not be one of ${reserved.join(", ")}`, "these folders are about no noun; choose another"),
    ];
  }
  const { construct, key } = namesOf(noun);
  const standing = roomsOf(noun).filter((folder) => existsSync(path.join(root, folder)));
  const clash = declaredIn(root, [construct, `${construct}Props`]);
  return [
    ...(standing.length === 0
      ? []
      : [problem(`be new, but ${standing.join(", ")} stands`, "choose another noun, or remove the folder")]),
    ...(clash === undefined
      ? []
      : [problem(`leave '${construct}' to ${clash}, which declares it`, "choose another noun")]),
    ...(environmentKeys(root).includes(key)
      ? [problem(`not make the key '${key}', which environments have`, "choose another noun")]
      : []),
  ];
}

/** Plural by the rules of spelling; who adds an irregular noun renames one export. */
function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) {
    return `${word.slice(0, -1)}ies`;
  }
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

/** The file of the package that exports one of the names. */
function declaredIn(root: string, names: readonly string[]): string | undefined {
  const declaration = new RegExp(
    `^export (abstract )?(class|interface|type|const|function|enum) (${names.join("|")})\\b`,
    "m",
  );
  return ["core", "modules"]
    .flatMap((folder) => typeScriptIn(root, folder))
    .find((file) => declaration.test(readFileSync(path.join(root, file), "utf8")));
}

function typeScriptIn(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`);
}

/** Keys of environments, read as text: a noun may be added to a tree that does not compile. */
function environmentKeys(root: string): string[] {
  const read = (file: string): string => readFileSync(path.join(root, "environments/schema", file), "utf8");
  const own = [...read("environment.ts").matchAll(/^ {2}(\w+):/gm)].map(([, key = ""]) => key);
  const added = [...read("nouns.ts").matchAll(/^export \{ (\w+) \}/gm)].map(([, key = ""]) => key);
  return [...own, ...added];
}
