import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "../../../examples");

/** A stack of an example, as Terraform reads it. */
export interface ExampleStack {
  readonly name: string;
  /** The folder with its `cdk.tf.json`. */
  readonly directory: string;
  /** The provider versions that it takes. */
  readonly providerVersions: string;
  /** Names of the stacks that are applied before it. */
  readonly dependencies: readonly string[];
}

interface Manifest {
  readonly stacks: Record<
    string,
    { readonly name: string; readonly workingDirectory: string; readonly dependencies: readonly string[] }
  >;
}

interface Template {
  readonly terraform: { readonly required_providers: { readonly aws: { readonly version: string } } };
}

/** Names of all examples: the folders with a program. */
export function exampleNames(): string[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "main.ts")))
    .sort();
}

/** The text of a file of an example; undefined where there is none. */
export function fileOf(example: string, file: string): string | undefined {
  const path = join(folder, example, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Runs an example's program below a folder, as cdktf does, and returns its stacks in the order of applying. */
export function synthesizeExample(name: string, directory: string): ExampleStack[] {
  const home = process.cwd();
  const workplace = join(directory, name);
  mkdirSync(workplace, { recursive: true });
  // Stacks and states go to the current folder.
  process.chdir(workplace);
  try {
    jest.requireActual(join(folder, name, "main.ts"));
  } finally {
    process.chdir(home);
  }
  const output = join(workplace, "cdktf.out");
  const { stacks } = JSON.parse(readFileSync(join(output, "manifest.json"), "utf8")) as Manifest;
  const ordered: string[] = [];
  const visit = (stack: string): void => {
    if (!ordered.includes(stack)) {
      stacks[stack]?.dependencies.forEach(visit);
      ordered.push(stack);
    }
  };
  Object.keys(stacks).forEach(visit);
  return ordered.map((stack) => {
    const { workingDirectory = "", dependencies = [] } = stacks[stack] ?? {};
    const stackDirectory = join(output, workingDirectory);
    const text = readFileSync(join(stackDirectory, "cdk.tf.json"), "utf8");
    const { terraform } = JSON.parse(text) as Template;
    return {
      name: stack,
      directory: stackDirectory,
      providerVersions: terraform.required_providers.aws.version,
      dependencies,
    };
  });
}
