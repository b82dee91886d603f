import { createHash } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import { unzip, type Unzipped } from "fflate";
import { ServiceError } from "../../answer";
import type { Code } from "./function";

/** The most that a package may hold, in bytes; see gettingstarted-limits.html. */
const unpackedLimit = 262_144_000;

/**
 * A package after it was checked.
 *
 * @throws ServiceError when it is no zip file, too large, or holds names that lead out of its folder.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export async function codeOf(zip: Buffer): Promise<Code> {
  const files = await filesIn(zip);
  const outside = Object.keys(files).filter(leadsOut);
  if (outside.length > 0) {
    throw invalid(
      `The package holds names that lead out of its folder: ${outside.map((each) => JSON.stringify(each)).join(", ")}`,
    );
  }
  return { zip, sha256: createHash("sha256").update(zip).digest("base64") };
}

/** Writes the files of a package below a folder. */
export async function unpack({ zip }: Code, folder: string): Promise<void> {
  for (const [name, content] of Object.entries(await filesIn(zip))) {
    const file = join(folder, name);
    if (name.endsWith("/")) {
      await mkdir(file, { recursive: true });
    } else {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      // Which files are programs is lost on the way; only the user of this machine may enter the folder.
      await chmod(file, 0o755);
    }
  }
}

/** Whether a name of an archive leads out of the folder that it is unpacked into. */
export function leadsOut(name: string): boolean {
  const path = normalize(name.replaceAll("\\", "/"));
  return (
    path.startsWith("/") || /^[a-z]:/i.test(path) || path.split(sep).includes("..") || path.includes("\0")
  );
}

async function filesIn(zip: Buffer): Promise<Unzipped> {
  let size = 0;
  const files = await new Promise<Unzipped>((resolve, reject) => {
    const filter = ({ originalSize }: { originalSize: number }): boolean => {
      size += originalSize;
      return size <= unpackedLimit;
    };
    unzip(zip, { filter }, (error, unzipped) => {
      if (error === null) {
        resolve(unzipped);
      } else {
        reject(invalid("Could not unzip uploaded file. Please check your file, then try to upload again."));
      }
    });
  });
  if (size > unpackedLimit) {
    throw invalid(`Unzipped size must be smaller than ${unpackedLimit} bytes`);
  }
  return files;
}

function invalid(message: string): ServiceError {
  return new ServiceError("InvalidParameterValueException", message);
}
