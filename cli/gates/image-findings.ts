import type { GatedImage } from "../../analysis/gates";
import { readAppliedRecord } from "../state/applied-record";
import type { Image } from "../aws/images";
import type { ImageScan } from "../aws/scans";
import { addressOf, imagesOf } from "./images";
import type { Stack } from "../stacks/manifest";
import type { Session } from "../session/session";
import { severities, type Severity } from "../base/severity";

/** Findings are complete in these states: of a scan that ended, and of one that looks again with all news. */
const isComplete = new Set(["COMPLETE", "ACTIVE"]);
const isRunning = new Set(["IN_PROGRESS", "PENDING"]);

/** A scan takes a minute or two. */
const patience = { intervalMilliseconds: 10_000, attempts: 30 };

/**
 * The images that stacks would begin to run although ECR found in them what the environment does not
 * take, or found nothing because it did not look. What a stack runs already is not asked again: turning
 * a change of something else away would not take the image away.
 */
export async function refusedImages(session: Session, stacks: readonly Stack[]): Promise<GatedImage[]> {
  const { blockedFindings } = session.environment.registry ?? {};
  if (blockedFindings === undefined) {
    return [];
  }
  const blocked = severities.slice(0, severities.indexOf(blockedFindings) + 1);
  const judged = stacks.map(async (stack) => {
    const images = await newImagesOf(session, stack);
    const refused = await Promise.all(images.map((image) => judge(session, stack, image, blocked)));
    return refused.flat();
  });
  return (await Promise.all(judged)).flat();
}

async function newImagesOf(session: Session, stack: Stack): Promise<Image[]> {
  const { account } = session.environment;
  const record = stack.backend === undefined ? undefined : await readAppliedRecord(session, stack.backend);
  const before = record === undefined ? [] : imagesOf(record.configuration, account).map(addressOf);
  return imagesOf(stack.configuration, account).filter((image) => !before.includes(addressOf(image)));
}

async function judge(
  session: Session,
  stack: Stack,
  image: Image,
  blocked: readonly Severity[],
): Promise<GatedImage[]> {
  const scans = await finishedScansOf(session, image);
  return scans.flatMap((scan) => {
    const fault = faultOf(scan, blocked);
    const version = image.version.startsWith("sha256:") ? "" : `:${image.version}`;
    return fault === undefined
      ? []
      : [
          {
            stack: stack.name,
            address: `${image.repository}@${scan.digest}`,
            summary: `run ${image.repository}${version} (${scan.digest}) in ${stack.name}: ${fault} in ${image.region}`,
          },
        ];
  });
}

/** What speaks against an image, or nothing. */
function faultOf(
  { status, description, counts }: ImageScan,
  blocked: readonly Severity[],
): string | undefined {
  if (isComplete.has(status)) {
    const found = (each: readonly string[]): string[] =>
      each.flatMap((severity) => ((counts[severity] ?? 0) > 0 ? [`${counts[severity]} ${severity}`] : []));
    return found(blocked).length === 0 ? undefined : `ECR found ${found(severities).join(", ")}`;
  }
  if (isRunning.has(status)) {
    return "its scan has not ended yet";
  }
  return status === "NOT_SCANNED"
    ? "nothing has scanned it"
    : `its scan ended as ${status}${description === undefined ? "" : ` (${description.replace(/\.$/, "")})`}`;
}

/** Waits for scans that are under way. Where a copy was not scanned, what it is a copy of speaks for it. */
async function finishedScansOf(session: Session, image: Image): Promise<ImageScan[]> {
  const { context, access, environment } = session;
  const read = async (): Promise<ImageScan[]> => {
    const scans = await context.aws.scans.of(access, image);
    return image.region === environment.homeRegion || scans.every(({ status }) => status !== "NOT_SCANNED")
      ? scans
      : context.aws.scans.of(access, { ...image, region: environment.homeRegion });
  };
  let scans = await read();
  for (let attempt = 1; attempt < patience.attempts && scans.some(isUnderWay); attempt += 1) {
    if (attempt === 1) {
      context.terminal.err(`Waiting for the scan of ${addressOf(image)} to end.\n`);
    }
    if (context.interrupts.requested) {
      break;
    }
    await context.sleep(patience.intervalMilliseconds);
    scans = await read();
  }
  return scans;
}

function isUnderWay({ status }: ImageScan): boolean {
  return isRunning.has(status);
}
