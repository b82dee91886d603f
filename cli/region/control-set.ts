import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import type { AwsAccess } from "../aws/access";
import type { ClusterEndpoint } from "../aws/routing-controls";
import type { Context } from "../session/context";
import type { TargetEnvironment } from "../base/target-environment";
import { CommandError, messageOf } from "../base/errors";
import { routingControlsParameterName } from "../../stacks/physical-names";
import { writePrivateFile } from "../base/workspace";

/** Where an environment's routing controls are, and what flips them: no secret. */
export interface ControlSet {
  readonly endpoints: readonly ClusterEndpoint[];
  readonly controlPanelArn: string;
  readonly safetyRuleArns: readonly string[];
  /** Controls that the safety rule keeps on. */
  readonly minimumOn: number;
  /** ARNs by region. */
  readonly controls: Readonly<Record<string, string>>;
}

/** A set of controls, and where it was read. */
export interface FoundControls {
  readonly set: ControlSet;
  readonly source: string;
}

const schema = z.object({
  endpoints: z.array(z.object({ endpoint: z.url(), region: z.string() })).min(1),
  controlPanelArn: z.string().startsWith("arn:"),
  safetyRuleArns: z.array(z.string()),
  minimumOn: z.number(),
  controls: z.record(z.string(), z.string().startsWith("arn:")),
});

/**
 * Reads what the recovery stack writes down.
 *
 * @throws CommandError that names the source.
 */
export function parseControlSet(text: string, source: string): ControlSet {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")
        : messageOf(error);
    throw new CommandError(
      `${source} does not say where the routing controls are: ${why}`,
      "Deploy the recovery stack and the regions again, or name a file that `meridian region status <env> --save` wrote.",
    );
  }
}

/** The copy under version control, which is there when nothing else is. */
export function committedFile({ name }: TargetEnvironment): string {
  return join("environments", `${name}.routing-controls.json`);
}

/**
 * Finds the routing controls without a state and without a control plane: all regions are asked at once for
 * the parameter that each has, and the first that answers is taken. Where none does, the copy of the last
 * time on this machine is taken, or the one under version control.
 *
 * @param file - taken instead of all these, where given
 * @throws CommandError that lists what each place said.
 */
export async function findControls(
  context: Context,
  environment: TargetEnvironment,
  access: AwsAccess,
  file?: string,
): Promise<FoundControls> {
  if (file !== undefined) {
    return { set: parseControlSet(readNamed(file), file), source: file };
  }
  const name = routingControlsParameterName(environment);
  const said: string[] = [];
  const asked = Object.keys(environment.regions).map(async (region): Promise<FoundControls> => {
    try {
      const text = await context.aws.entries.parameter(access, region, name);
      if (text === undefined) {
        throw new Error(`there is no parameter ${name}`);
      }
      const source = `parameter ${name} in ${region}`;
      return { set: parseControlSet(text, source), source };
    } catch (error) {
      said.push(`${region}: ${messageOf(error)}`);
      throw error;
    }
  });
  const found = (await Promise.any(asked).catch(() => undefined)) ?? fromFiles(context, environment, said);
  if (found === undefined) {
    throw new CommandError(
      [
        `Where the routing controls of '${environment.name}' are cannot be determined.`,
        ...said.map((line) => `  ${line}`),
      ].join("\n"),
      `Give a copy with --controls <file>; \`meridian region status ${environment.name} --save ${committedFile(environment)}\` writes one to commit while everything is healthy.`,
    );
  }
  return found;
}

/** Keeps a copy for the day on which no region answers. */
export function rememberControls({ workspace }: Context, { name }: TargetEnvironment, set: ControlSet): void {
  writePrivateFile(workspace.routingControls(name), textOf(set));
}

/** A set of controls as it is written into files. */
export function textOf(set: ControlSet): string {
  return `${JSON.stringify(set, null, 2)}\n`;
}

function fromFiles(
  { workspace }: Context,
  environment: TargetEnvironment,
  said: string[],
): FoundControls | undefined {
  const files = [
    workspace.routingControls(environment.name),
    join(workspace.projectDirectory, committedFile(environment)),
  ];
  for (const file of files) {
    if (!existsSync(file)) {
      said.push(`${file}: there is no such file`);
      continue;
    }
    return { set: parseControlSet(readFileSync(file, "utf8"), file), source: file };
  }
  return undefined;
}

function readNamed(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(
      `${file} cannot be read: ${messageOf(error)}`,
      "Name a file that `meridian region status <env> --save` wrote.",
    );
  }
}
