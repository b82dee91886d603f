import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { TerraformRoot } from "./terraform-root";

const providers = { aws: "eu-west-1", "aws.second": "eu-central-1", "aws.global": "us-east-1" };

/** A root module whose child modules are the programs of a folder, and a local cloud of its own. */
export async function rootOfPrograms(folder: string): Promise<TerraformRoot> {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".tf"))
    .map((file) => basename(file, ".tf"));
  const aliases = Object.keys(providers).slice(1);
  const modules = names.map((name): Record<string, string> => ({
    [`${name}/main.tf`]: readFileSync(join(folder, `${name}.tf`), "utf8"),
    [`${name}/versions.tf.json`]: JSON.stringify({ terraform: requirements(aliases) }),
  }));
  return TerraformRoot.create(
    Object.assign({ "main.tf.json": JSON.stringify(rootOf(names)) }, ...modules) as Record<string, string>,
  );
}

function rootOf(names: readonly string[]): object {
  const configurations = Object.entries(providers).map(([name, region]) => ({
    region,
    ...(name === "aws" ? {} : { alias: name.replace("aws.", "") }),
    max_retries: 2,
    default_tags: [{ tags: { environment: "local" } }],
  }));
  const passed = Object.fromEntries(Object.keys(providers).map((name) => [name, name]));
  return {
    terraform: requirements(),
    provider: { aws: configurations },
    module: Object.fromEntries(names.map((name) => [name, { source: `./${name}`, providers: passed }])),
  };
}

function requirements(aliases: readonly string[] = []): object {
  const aws = { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" };
  return {
    required_providers: { aws: aliases.length > 0 ? { ...aws, configuration_aliases: aliases } : aws },
  };
}
