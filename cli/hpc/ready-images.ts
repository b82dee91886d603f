import type { Context } from "../session/context";
import { CommandError } from "../base/errors";
import type { Cluster } from "./cluster";
import type { ImageBuild, ReadyImage } from "../aws/image-builder";
import { type Machine, stands } from "../aws/machines";

const pollSeconds = 20;

/** How much of a build's log a refusal shows. */
const shownLines = 40;

/** What Image Builder is at, in words. */
const stages: Readonly<Record<string, string>> = {
  PENDING: "waits in the queue",
  CREATING: "starts the machine",
  BUILDING: "installs",
  TESTING: "tries the image on another machine",
  DISTRIBUTING: "distributes the image",
  INTEGRATING: "distributes the image",
};

const isOver = ({ status }: ImageBuild): boolean => !(status in stages);

/**
 * Builds a cluster's ready image and waits until it has passed its test, or joins the build that runs.
 *
 * @throws CommandError for a cluster without a pipeline, and with the end of the build's log when it failed.
 */
export async function buildImage(context: Context, cluster: Cluster, wait: boolean): Promise<void> {
  const { aws, terminal } = context;
  const { access, region, name } = cluster;
  const pipeline = await pipelineOf(context, cluster);
  const running = (await aws.imageBuilder.builds(access, region, pipeline)).find((build) => !isOver(build));
  const arn = running?.arn ?? (await aws.imageBuilder.start(access, region, pipeline, name));
  terminal.err(
    running === undefined
      ? `An image of ${name} is being built: ${arn}\n`
      : `An image of ${name} is being built already: ${arn}\n`,
  );
  if (!wait) {
    return;
  }
  const build = await followed(context, cluster, arn);
  if (build.status !== "AVAILABLE") {
    throw new CommandError(
      `The image of ${name} was not built: ${build.reason ?? build.status}.${await logOf(context, cluster, build)}`,
      "Correct what failed and build again. Clusters keep the images that they have.",
    );
  }
  const minutes = Math.round((context.now().getTime() - build.startedAt) / 60_000);
  terminal.out(
    `${build.imageId ?? "The image"} of ${name} is ready, after ${minutes} min. ` +
      `\`meridian deploy ${cluster.environment.name}\` has new nodes boot from it.\n`,
  );
}

async function followed(context: Context, cluster: Cluster, arn: string): Promise<ImageBuild> {
  const { access, region, name } = cluster;
  let told = "";
  for (;;) {
    const build = await context.aws.imageBuilder.build(access, region, arn);
    if (isOver(build)) {
      return build;
    }
    if (build.status !== told) {
      context.terminal.err(`${name}: Image Builder ${stages[build.status] ?? build.status}\n`);
      told = build.status;
    }
    if (context.interrupts.requested) {
      throw new CommandError(
        `Stopped waiting before the image of ${name} was built; the build continues.`,
        `\`${commandOf(cluster)} status\` shows its progress.`,
      );
    }
    await context.sleep(pollSeconds * 1000);
  }
}

/** The end of what the build's machines wrote. Image Builder names a stream by version and build. */
async function logOf(context: Context, { access, region }: Cluster, build: ImageBuild): Promise<string> {
  const [, image = "", stream = ""] = /:image\/([^/]+)\/(.+)$/.exec(build.arn) ?? [];
  const group = `/aws/imagebuilder/${image}`;
  const events = await context.aws.logs.events(access, region, {
    group,
    since: build.startedAt,
    streamPrefix: stream,
  });
  const lines = (events ?? []).slice(-shownLines).map(({ message }) => `  ${message.trimEnd()}`);
  return lines.length === 0
    ? ` Its machines wrote nothing to the log group ${group}.`
    : ` Its log ends with:\n${lines.join("\n")}`;
}

/** What becomes of the newest build, and which image the cluster's machines run. */
export async function imageStatus(context: Context, cluster: Cluster): Promise<string> {
  const { access, region, name } = cluster;
  const pipeline = await pipelineOf(context, cluster);
  const [build] = await context.aws.imageBuilder.builds(access, region, pipeline);
  const [newest] = await context.aws.imageBuilder.images(access, region, name);
  const machines = (await context.aws.machines.of(access, region, name)).filter(stands);
  const onNewest = machines.filter(({ image }) => image === newest?.id).length;
  return [
    build === undefined
      ? `No image of ${name} was built yet. \`${commandOf(cluster)} build\` builds one.`
      : `The last build began ${timeOf(build.startedAt)} and ${endOf(build)}.`,
    newest === undefined
      ? "Nodes boot from the image that ready images are made from, and install everything themselves."
      : `The newest image is ${newest.id} of ${timeOf(newest.madeAt)}; ${onNewest} of ${machines.length} machines run it.`,
    "",
  ].join("\n");
}

function endOf({ status, reason }: ImageBuild): string {
  const stage = stages[status];
  if (stage !== undefined) {
    return `goes on: Image Builder ${stage}`;
  }
  return status === "AVAILABLE"
    ? "succeeded"
    : `ended as ${status}${reason === undefined ? "" : `: ${reason}`}`;
}

/** The images of a cluster: when each was made, which machines run it, and what it holds. */
export async function imageList(context: Context, cluster: Cluster): Promise<string> {
  const { access, region, name } = cluster;
  const images = await context.aws.imageBuilder.images(access, region, name);
  if (images.length === 0) {
    return `${name} has no ready image. \`${commandOf(cluster)} build\` builds one.\n`;
  }
  const machines = (await context.aws.machines.of(access, region, name)).filter(stands);
  return images.map((image) => lineOf(image, machines)).join("");
}

function lineOf({ id, madeAt, holds }: ReadyImage, machines: readonly Machine[]): string {
  const users = machines.filter(({ image }) => image === id).length;
  return `${id}  ${timeOf(madeAt)}  on ${users} ${users === 1 ? "machine" : "machines"}  ${holds}\n`;
}

async function pipelineOf(context: Context, { access, region, name, environment }: Cluster): Promise<string> {
  const pipeline = await context.aws.imageBuilder.pipeline(access, region, name);
  if (pipeline === undefined) {
    throw new CommandError(
      `The cluster '${name}' has no pipeline that builds images.`,
      `Write \`Meridian: { ReadyImage: { Enabled: true } }\` into its file and \`meridian deploy ${environment.name}\`.`,
    );
  }
  return pipeline;
}

/** The cluster's name in AWS begins with its environment's. */
function commandOf({ name, environment }: Cluster): string {
  return `meridian hpc image ${environment.name} ${name.slice(environment.name.length + 1)}`;
}

function timeOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16)}Z`;
}
