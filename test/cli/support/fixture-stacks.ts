import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Configuration } from "../../../cli/stacks/manifest";

/** A stack to be written the way that CDKTF synthesizes one. */
export interface FixtureStack {
  readonly name: string;
  readonly dependencies?: readonly string[];
  readonly configuration?: Configuration;
}

/** Writes stacks and their manifest into a directory. */
export function writeStacks(directory: string, stacks: readonly FixtureStack[]): void {
  const entries = stacks.map(({ name, dependencies = [], configuration = {} }) => {
    const workingDirectory = join("stacks", name);
    mkdirSync(join(directory, workingDirectory), { recursive: true });
    writeFileSync(join(directory, workingDirectory, "cdk.tf.json"), JSON.stringify(configuration, null, 2));
    return [name, { name, workingDirectory, dependencies }];
  });
  const manifest = { stacks: Object.fromEntries(entries) as Record<string, object> };
  writeFileSync(join(directory, "manifest.json"), JSON.stringify(manifest));
}

/** A stack with its state in S3 that reads outputs of other stacks. */
export function s3Stack(
  name: string,
  reads: Readonly<Record<string, readonly string[]>> = {},
  outputs: readonly string[] = [],
): FixtureStack {
  const settings = (stack: string): Readonly<Record<string, string>> => ({
    bucket: "states",
    key: `${stack}.tfstate`,
    region: "eu-west-1",
  });
  const remotes = Object.keys(reads).map((stack) => [stack, { backend: "s3", config: settings(stack) }]);
  const uses = Object.entries(reads).flatMap(([stack, names]) =>
    names.map((output) => `\${data.terraform_remote_state.${stack}.outputs.${output}}`),
  );
  return {
    name,
    dependencies: Object.keys(reads),
    configuration: {
      terraform: { backend: { s3: settings(name) } },
      data: { terraform_remote_state: Object.fromEntries(remotes) as Record<string, object> },
      resource: { terraform_data: { thing: { input: uses } } },
      output: Object.fromEntries(outputs.map((output) => [output, { value: output }])),
    } as unknown as Configuration,
  };
}
