import { known, nameLimits, resourceName } from "../../core";
import type { AwsAccess } from "../aws/access";
import type { Context } from "../session/context";
import type { TargetEnvironment, EnvironmentService } from "../base/target-environment";
import { messageOf } from "../base/errors";
import { inTime } from "../base/in-time";
import { regionalHostname } from "../../stacks/dns/hostnames";
import type { Observation } from "./readiness";

/** Seconds that a region gets to say what it runs; a region that takes longer is no refuge. */
const answerSeconds = 25;

/**
 * Asks regions how they serve: ECS for running tasks, App Runner for its state, and each copy of a service
 * by its own name, as users would. All are endpoints of the regions that are asked.
 */
export async function observe(
  context: Context,
  environment: TargetEnvironment,
  access: AwsAccess,
  services: Readonly<Record<string, EnvironmentService>>,
  regions: readonly string[],
): Promise<Observation[]> {
  const questions = Object.entries(services).flatMap(([name, service]) =>
    service.regions
      .filter((region) => regions.includes(region))
      .flatMap((region) =>
        Object.keys(service.runtimes).map((runtime) => {
          const subject: Subject = { context, environment, access, name, service, region };
          return seen(subject, runtime === "fargate" ? fargate(subject) : appRunner(subject));
        }),
      ),
  );
  return Promise.all(questions);
}

interface Subject {
  readonly context: Context;
  readonly environment: TargetEnvironment;
  readonly access: AwsAccess;
  readonly name: string;
  readonly service: EnvironmentService;
  readonly region: string;
}

/** What was seen, without what it is of. */
type Seen = Omit<Observation, "service" | "region">;

async function seen({ name, region }: Subject, seeing: Promise<Seen>): Promise<Observation> {
  try {
    const tooLate: Seen = { says: `no answer within ${answerSeconds} s` };
    return { service: name, region, ...(await inTime(seeing, answerSeconds, tooLate)) };
  } catch (error) {
    return { service: name, region, says: messageOf(error) };
  }
}

async function fargate({ context, environment, access, name, service, region }: Subject): Promise<Seen> {
  const place = {
    region,
    cluster: resourceName(nameLimits.ecs, environment.name),
    name: resourceName(nameLimits.ecs, `${environment.name}-${name}`),
  };
  const domain = known(environment.domain, `${environment.name} has services and no domain`);
  const [counted, answer] = await Promise.all([
    context.aws.workloads.ecsService(access, place),
    answerOf(context, environment, regionalHostname({ domain }, service, region), service),
  ]);
  if (counted === undefined) {
    return { serves: false, says: "ECS has no such service there" };
  }
  const tasks = counted.deployments.reduce((sum, { runningTasks }) => sum + runningTasks, 0);
  const { serves, says } = answer;
  return tasks === 0
    ? { serves: false, tasks, says: "no task runs" }
    : { serves, tasks, says: `${tasks} ${tasks === 1 ? "task runs" : "tasks run"}${says}` };
}

async function appRunner({ context, environment, access, name, service, region }: Subject): Promise<Seen> {
  const found = await context.aws.entries.appRunner(access, region, `${environment.name}-${name}`);
  if (found?.status !== "RUNNING") {
    return {
      serves: false,
      says: found === undefined ? "App Runner has no such service there" : `App Runner says ${found.status}`,
    };
  }
  const { serves, says } = await answerOf(context, environment, found.hostname, service);
  return { serves, says: `it runs${says}` };
}

/** Nothing answers to names in the local cloud: what runs there is taken to serve. */
async function answerOf(
  { aws }: Context,
  { target }: TargetEnvironment,
  hostname: string,
  { healthCheck }: EnvironmentService,
): Promise<{ readonly serves: boolean; readonly says: string }> {
  if (target === "local-cloud") {
    return { serves: true, says: "" };
  }
  const url = `https://${hostname}${healthCheck.path}`;
  try {
    const status = await aws.entries.status(url);
    return { serves: status >= 200 && status < 400, says: `, ${url} answers ${status}` };
  } catch (error) {
    const { cause } = error as Error;
    return { serves: false, says: `, ${url} does not answer: ${messageOf(cause ?? error)}` };
  }
}
