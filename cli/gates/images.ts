import type { Image } from "../aws/images";
import { CommandError } from "../base/errors";
import type { Configuration, Stack } from "../stacks/manifest";
import type { Session } from "../session/session";

const ownImage =
  /\b(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(?<repository>[a-z0-9._/-]+)(?::|@)(?<version>sha256:[0-9a-f]{64}|[\w][\w.-]{0,127})/g;

/** The images of an account's own registries that a stack runs, each once. */
export function imagesOf({ resource = {} }: Configuration, account: string): Image[] {
  const found = [...JSON.stringify(resource).matchAll(ownImage)].map(({ groups = {} }) => ({
    region: groups.region ?? "",
    account: groups.account ?? "",
    repository: groups.repository ?? "",
    version: groups.version ?? "",
  }));
  const own = found.filter((image) => image.account === account);
  return [...new Map(own.map((image) => [addressOf(image), image])).values()];
}

/** How long what the runner pushed itself is waited for: half a minute. */
const arrivalTries = 15;
const arrivalPauseMilliseconds = 2_000;

/** The name that an image is pulled by. */
export function addressOf({ region, account, repository, version }: Image): string {
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const separator = version.startsWith("sha256:") ? "@" : ":";
  return `${account}.dkr.ecr.${region}.${domain}/${repository}${separator}${version}`;
}

/**
 * Makes sure that every image which the stacks run has arrived in the registry of its region: a
 * region must not start what it would have to wait for.
 *
 * @param pushMissing - whether images that nobody pushed are pushed empty, as the local cloud runs none
 * @throws CommandError that names all images which are missing
 */
export async function requireImages(
  session: Session,
  stacks: readonly Stack[],
  pushMissing: boolean,
): Promise<void> {
  const { context, environment, access } = session;
  const { images } = context.aws;
  const wanted = stacks.flatMap((stack) =>
    imagesOf(stack.configuration, environment.account).map((image) => ({ stack: stack.name, image })),
  );
  const absentAmong = async (): Promise<typeof wanted> => {
    const present = await Promise.all(wanted.map(({ image }) => images.isPresent(access, image)));
    return wanted.filter((_, index) => present[index] === false);
  };
  let absent = await absentAmong();
  if (absent.length > 0 && pushMissing) {
    for (const image of atHome(absent, environment.homeRegion)) {
      if (!(await images.isPresent(access, image))) {
        await images.pushEmpty(access, image);
      }
    }
    absent = await absentAmong();
    // ECR shows what was pushed, and copies it, only after a while.
    for (let tries = 1; tries < arrivalTries && absent.length > 0; tries += 1) {
      await context.sleep(arrivalPauseMilliseconds);
      absent = await absentAmong();
    }
  }
  if (absent.length > 0) {
    throw refusal(absent, environment.homeRegion);
  }
}

/** The images as they were pushed: to the home region, from where they are copied. */
function atHome(wanted: readonly { readonly image: Image }[], homeRegion: string): Image[] {
  const images = wanted.map(({ image }) => ({ ...image, region: homeRegion }));
  return [...new Map(images.map((image) => [addressOf(image), image])).values()];
}

function refusal(absent: readonly { readonly stack: string; readonly image: Image }[], homeRegion: string) {
  const lines = absent.map(({ stack, image }) => `  ${stack}: ${addressOf(image)}`);
  const count = absent.length === 1 ? "1 image has" : `${absent.length} images have`;
  return new CommandError(
    [`${count} not arrived where they are to run. Nothing was changed there.`, ...lines].join("\n"),
    `Push them to ${homeRegion}, wait until \`aws ecr describe-image-replication-status\` says COMPLETE, and run the command again.`,
  );
}

/**
 * The repositories that replication makes for a stack in its region. ECR made them, so that no state
 * holds them, and they outlive what they were made for.
 */
function replicasOf(destroyed: Configuration, all: readonly Stack[]): readonly string[] {
  const templates = Object.values(destroyed.resource?.aws_ecr_repository_creation_template ?? {});
  const isDestination = templates.some((template) =>
    (template.applied_for as readonly string[]).includes("REPLICATION"),
  );
  return isDestination
    ? all.flatMap(({ configuration }) => copiedTo(regionOf(destroyed), configuration))
    : [];
}

interface ReplicationRule {
  readonly destination: readonly { readonly region: string }[];
  readonly repository_filter?: readonly { readonly filter: string }[];
}

/** The repositories of a stack that it has copied to a region. */
function copiedTo(region: string, { resource = {} }: Configuration): readonly string[] {
  const rules = Object.values(resource.aws_ecr_replication_configuration ?? {}).flatMap(
    ({ replication_configuration: configuration }) => (configuration as { rule: ReplicationRule[] }).rule,
  );
  const filters = rules
    .filter(({ destination }) => destination.some((each) => each.region === region))
    .map(({ repository_filter: ofRule = [] }) => ofRule.map(({ filter }) => filter));
  return Object.values(resource.aws_ecr_repository ?? {})
    .map(({ name }) => String(name))
    .filter((name) =>
      filters.some((ofRule) => ofRule.length === 0 || ofRule.some((beginning) => name.startsWith(beginning))),
    );
}

function regionOf({ provider = {} }: Configuration): string {
  const own = provider.aws?.find(({ alias }) => alias === undefined) as { region?: string } | undefined;
  return own?.region ?? "";
}

/** Deletes the copies of images that destroyed stacks leave behind, which would be paid for else. */
export async function deleteReplicas(
  { context, access, synthesis }: Session,
  destroyed: readonly Stack[],
): Promise<void> {
  for (const { configuration } of destroyed) {
    for (const repository of replicasOf(configuration, synthesis.stacks)) {
      await context.aws.images.deleteRepository(access, regionOf(configuration), repository);
    }
  }
}
