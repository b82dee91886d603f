import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { environmentNamed } from "../../../environments";
import { buildApp } from "../../../stacks/app";
import type { ExampleStack } from "./examples";

const name = "prod-hpc-cfd";
const localAccount = "123456789012";

/**
 * The cluster of `prod`, as it is synthesized for AWS, but for what ties it to one account and to other stacks:
 * the account's number, the topic of its region's alarms, and the protection of what holds data.
 */
export function prodCluster(directory: string): ExampleStack {
  const prod = environmentNamed("prod");
  const output = join(directory, "prod");
  buildApp({ environments: [{ ...prod, deletionProtection: false }], outdir: output }).synth();
  const text = readFileSync(join(output, "stacks", name, "cdk.tf.json"), "utf8")
    .replaceAll(prod.account, localAccount)
    .replaceAll(
      /\$\{data\.terraform_remote_state\.[\w-]+\.outputs\.alarm_topic_arn\}/g,
      `arn:aws:sns:eu-west-1:${localAccount}:alarms`,
    );
  const stack = JSON.parse(text) as { provider: { aws: { region: string }[] } };
  const providers = stack.provider.aws.map(({ region }) => ({ region }));
  const folder = join(directory, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ ...stack, provider: { aws: providers } }));
  return { name, directory: folder, providerVersions: ">= 5.100.0, < 7.0.0", dependencies: [] };
}
