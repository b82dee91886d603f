import { existsSync, readFileSync, rmSync } from "node:fs";

import type { ObjectPlace } from "../aws/objects";
import type { Backend } from "../stacks/manifest";
import type { Session } from "../session/session";
import { writePrivateFile } from "../base/workspace";

/** A file, or an object in the state's bucket. */
export type Place = string | ObjectPlace;

/** Where something is kept beside a state, such as `applied.json`; nothing for a backend that has no such place. */
export function placeBeside({ type, settings }: Backend, suffix: string): Place | undefined {
  switch (type) {
    case "local":
      return beside(String(settings.path), suffix);
    case "s3":
      return {
        bucket: String(settings.bucket),
        key: beside(String(settings.key), suffix),
        region: String(settings.region),
      };
    default:
      return undefined;
  }
}

/** The name of what is kept beside a state. */
export function beside(state: string, suffix: string): string {
  return `${state.replace(/\.tfstate$/, "")}.${suffix}`;
}

/** Reads it, or nothing when it is not there. */
export function readBeside({ context, access }: Session, place: Place): Promise<string | undefined> {
  if (typeof place !== "string") {
    return context.aws.objects.read(access, place);
  }
  return Promise.resolve(existsSync(place) ? readFileSync(place, "utf8") : undefined);
}

/** Writes it; removes it without a text. */
export async function storeBeside(
  { context, access }: Session,
  place: Place,
  text: string | undefined,
): Promise<void> {
  if (typeof place !== "string") {
    await (text === undefined
      ? context.aws.objects.remove(access, place)
      : context.aws.objects.write(access, place, text));
  } else if (text === undefined) {
    rmSync(place, { force: true });
  } else {
    writePrivateFile(place, text);
  }
}
