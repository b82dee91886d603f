import pc from "picocolors";

import { CommandError } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import type { Session } from "../session/session";
import type { State } from "../stacks/state-file";
import type { StateHome } from "../state/state-home";
import { parseControlSet, rememberControls } from "./control-set";

/**
 * Turns routing controls on that health checks are about to follow for the first time: a new control is off,
 * and would take its region out of DNS with the first check. Controls that a check follows already are left
 * as somebody set them.
 *
 * @throws CommandError where their cluster does not answer, before anything of the stack is changed.
 */
export async function switchOnNewControls(session: Session, home: StateHome, stack: Stack): Promise<void> {
  if (stack.configuration.resource?.aws_route53_health_check === undefined) {
    return;
  }
  const outputs = newlyFollowed(stack, await home.stateOf(stack));
  if (outputs.length > 0) {
    await switchOn(session, home, stack, outputs);
  }
}

async function switchOn(
  session: Session,
  home: StateHome,
  stack: Stack,
  outputs: readonly string[],
): Promise<void> {
  const { context, environment, access, progress, synthesis } = session;
  const upstream = synthesis.stacks.filter(({ name }) => stack.dependencies.includes(name));
  const states = await Promise.all(upstream.map((each) => home.stateOf(each)));
  const values = Object.assign({}, ...states.map((state) => state?.outputs ?? {})) as State["outputs"];
  const document = values.routing_controls?.value;
  if (typeof document !== "string") {
    throw new CommandError(
      `${stack.name} follows routing controls that no earlier stack has.`,
      `Deploy ${environment.name}-recovery first.`,
    );
  }
  const set = parseControlSet(document, "the output routing_controls");
  const { endpoints, controlPanelArn } = set;
  const isOn = await context.aws.routingControls.states(access, endpoints, controlPanelArn);
  const off = outputs
    .map((output) => values[output]?.value)
    .filter((arn): arn is string => typeof arn === "string" && isOn.get(arn) !== true);
  rememberControls(context, environment, set);
  if (off.length === 0) {
    return;
  }
  await context.aws.routingControls.set(access, endpoints, new Map(off.map((arn) => [arn, "On"])), []);
  progress.note(
    pc.dim(`${off.length} new routing controls were turned on, before health checks follow them.`),
  );
}

/** Names of the outputs that hold the controls of health checks that a stack has and its state has not. */
function newlyFollowed({ configuration }: Stack, state: State | undefined): string[] {
  const standing = new Set(
    (state?.resources ?? [])
      .filter(
        ({ mode, type, instances }) =>
          mode === "managed" && type === "aws_route53_health_check" && instances.length > 0,
      )
      .map(({ name }) => name),
  );
  return Object.entries(configuration.resource?.aws_route53_health_check ?? {}).flatMap(([name, check]) => {
    const { routing_control_arn: arn } = check;
    const output = typeof arn === "string" ? /\.outputs\.(routing_control_\w+)\}$/.exec(arn)?.[1] : undefined;
    return output === undefined || standing.has(name) ? [] : [output];
  });
}
