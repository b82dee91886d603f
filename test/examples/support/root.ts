import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ExampleStack } from "./examples";

/** A program in Terraform's own language, with providers for two regions and us-east-1. */
export interface Program {
  readonly name: string;
  readonly text: string;
}

interface Template {
  readonly terraform: { readonly required_providers: { readonly aws: object } };
  readonly provider: { readonly aws: readonly Readonly<Record<string, unknown>>[] };
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A value of one stack that another one reads, as CDKTF writes it. */
const reference = /\$\{data\.terraform_remote_state\.cross-stack-reference-input-(.+?)\.outputs\.(.+?)\}/g;

/**
 * The files of one root module that calls every stack as a module of its own. A process of the
 * provider takes seconds to start: one for each region of one root is a tenth of one for each step
 * of each stack. What the stacks say stays as it is, but for what a root alone may say: providers
 * are passed by region, and the states that other stacks are read from become arguments.
 */
export function rootOf(
  stacks: readonly ExampleStack[],
  programs: readonly Program[],
): Record<string, string> {
  const modules = [...stacks.map(moduleOf), ...programs.map(moduleOfProgram)];
  const regions = [...new Set(modules.flatMap((module) => Object.values(module.regions)))].sort();
  const root = {
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } } },
    provider: {
      aws: regions.map((region) => ({ region, alias: aliasOf(region), max_retries: 2, default_tags })),
    },
    module: Object.fromEntries(
      modules.map(({ name, dependencies, regions: own, inputs }) => [
        name,
        {
          source: `./${name}`,
          providers: Object.fromEntries(
            Object.entries(own).map(([provider, region]) => [provider, `aws.${aliasOf(region)}`]),
          ),
          depends_on: dependencies.map((dependency) => `module.${dependency}`),
          ...inputs,
        },
      ]),
    ),
  };
  return {
    "main.tf.json": JSON.stringify(root),
    ...Object.fromEntries(
      modules.flatMap(({ name, files }) =>
        Object.entries(files).map(([file, text]) => [`${name}/${file}`, text]),
      ),
    ),
  };
}

interface Module {
  readonly name: string;
  readonly dependencies: readonly string[];
  /** Its providers as it calls them, and their regions. */
  readonly regions: Readonly<Record<string, string>>;
  /** What it takes of other modules. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Its files by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Tags that the providers put on everything, as those of the platform do. */
const default_tags = [{ tags: { environment: "local" } }];

/** What the programs call their providers. */
const programRegions = { aws: "eu-west-1", "aws.second": "eu-central-1", "aws.global": "us-east-1" };

function moduleOfProgram({ name, text }: Program): Module {
  const aws = {
    source: "hashicorp/aws",
    configuration_aliases: Object.keys(programRegions).filter((provider) => provider !== "aws"),
  };
  return {
    name,
    dependencies: [],
    regions: programRegions,
    inputs: {},
    files: {
      "main.tf": text,
      "versions.tf.json": JSON.stringify({ terraform: { required_providers: { aws } } }),
    },
  };
}

function moduleOf({ name, directory, dependencies }: ExampleStack): Module {
  const inputs: Record<string, string> = {};
  const read = new Set<string>();
  const text = readFileSync(join(directory, "cdk.tf.json"), "utf8").replaceAll(
    reference,
    (_, stack: string, output: string) => {
      const variable = `${stack}_${output}`;
      read.add(stack);
      inputs[variable] = `\${module.${stack}.${output}}`;
      return `\${var.${variable}}`;
    },
  );
  const template = JSON.parse(text) as Template;
  const regions = Object.fromEntries(template.provider.aws.map(providerOf));
  const aws = {
    ...template.terraform.required_providers.aws,
    configuration_aliases: Object.keys(regions).filter((provider) => provider !== "aws"),
  };
  return {
    name,
    // A stack that is read from stands first by what is read.
    dependencies: dependencies.filter((dependency) => !read.has(dependency)),
    regions,
    inputs,
    files: {
      "main.tf.json": JSON.stringify({
        ...template,
        terraform: { required_providers: { aws } },
        provider: undefined,
        data: unlessEmpty({ ...template.data, terraform_remote_state: undefined }),
        variable: unlessEmpty(Object.fromEntries(Object.keys(inputs).map((key) => [key, {}]))),
      }),
    },
  };
}

/** A block of Terraform's JSON, which holds something or is absent. */
function unlessEmpty(block: Readonly<Record<string, unknown>>): typeof block | undefined {
  return Object.values(block).some((value) => value !== undefined) ? block : undefined;
}

/** A provider as a module calls it, and its region: all that examples say of their providers. */
function providerOf({ region, alias, ...others }: Readonly<Record<string, unknown>>): [string, string] {
  if (typeof region !== "string" || Object.keys(others).length > 0) {
    throw new Error(`an example's provider says more than its region: ${JSON.stringify(others)}`);
  }
  return [typeof alias === "string" ? `aws.${alias}` : "aws", region];
}

function aliasOf(region: string): string {
  return region.replaceAll("-", "_");
}
