import pc from "picocolors";

import { messageOf } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import { standingIn } from "../preflight/subject";
import type { Session } from "../session/session";
import type { StateHome } from "./state-home";

/**
 * The families of task definitions whose revisions Terraform leaves active, so that ECS can roll back to them.
 * When a family leaves a stack, or the stack goes, all its revisions are deregistered here.
 */
export class EndedFamilies {
  private constructor(
    private readonly session: Session,
    private readonly home: StateHome,
    private readonly stack: Stack,
    private readonly before: ReadonlySet<string>,
  ) {}

  /** Notes which families a stack has before it is changed. */
  public static async before(session: Session, home: StateHome, stack: Stack): Promise<EndedFamilies> {
    return new EndedFamilies(session, home, stack, await familiesOf(home, stack));
  }

  /** Deregisters what the stack has no longer. What cannot be is only noted: it runs nothing and costs nothing. */
  public async end(): Promise<void> {
    if (this.before.size === 0) {
      return;
    }
    const { context, access, progress } = this.session;
    const after = await familiesOf(this.home, this.stack);
    for (const place of this.before) {
      const [region = "", family = ""] = place.split(" ");
      if (!after.has(place)) {
        await context.aws.taskDefinitions.endFamily(access, region, family).catch((error: unknown) => {
          progress.note(
            pc.yellow(
              `${this.stack.name}: revisions of the task definition ${family} stay active in ${region}: ${messageOf(error)}`,
            ),
          );
        });
      }
    }
  }
}

/** Region and name of each. */
async function familiesOf(home: StateHome, stack: Stack): Promise<ReadonlySet<string>> {
  return new Set(
    standingIn(stack, await home.stateOf(stack)).flatMap(({ type, region, attributes }) =>
      type === "aws_ecs_task_definition" && attributes.skip_destroy === true
        ? [`${region} ${String(attributes.family)}`]
        : [],
    ),
  );
}
