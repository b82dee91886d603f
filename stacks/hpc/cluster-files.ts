import { readFileSync } from "node:fs";
import path from "node:path";

import type { Environment } from "../../environments";
import { ValidationError, type Problem } from "../../core";
import { configurationPlace, formatFinding, parseClusterFile, type Finding } from "../../modules/hpc-cluster";

/** A cluster of an environment whose file is known to be right. */
export interface ClusterFile {
  /** Its name in the environment. */
  readonly cluster: string;
  /** Its name in AWS, where environments may share an account. */
  readonly name: string;
  /** The region that it is built in. */
  readonly region: string;
  /** The file, from the root of the repository. */
  readonly fileName: string;
  /** What the file says. */
  readonly text: string;
  /** Where the files of its nodes are: a bucket of its own, or the one that the file names. */
  readonly place: ReturnType<typeof configurationPlace>;
  /** Warnings and notes for the file's author. */
  readonly findings: readonly Finding[];
}

/**
 * The clusters of an environment and their files.
 *
 * @throws ValidationError that names every file that is missing, and every error of the others as
 *   `meridian hpc validate` prints it.
 */
export function readClusterFiles(environment: Environment): ClusterFile[] {
  const missing: Problem[] = [];
  const errors: string[] = [];
  const files: ClusterFile[] = [];
  for (const [cluster, { file: fileName, region = environment.homeRegion }] of Object.entries(
    environment.hpc.clusters,
  )) {
    const text = readText(fileName);
    if (text === undefined) {
      missing.push(missingFile(environment, cluster, fileName));
      continue;
    }
    const name = `${environment.name}-${cluster}`;
    const { configuration, findings } = parseClusterFile(text, fileName, { name, region });
    errors.push(
      ...findings.filter(({ level }) => level === "ERROR").map((finding) => formatFinding(fileName, finding)),
    );
    const place = configurationPlace({
      clusterName: name,
      account: environment.account,
      region,
      existingBucketName: configuration?.CustomS3Bucket,
    });
    files.push({ cluster, name, region, fileName, text, place, findings });
  }
  if (missing.length > 0 || errors.length > 0) {
    throw new ValidationError(missing, errors);
  }
  return files;
}

function readText(fileName: string): string | undefined {
  try {
    return readFileSync(path.resolve(__dirname, "../..", fileName), "utf8");
  } catch {
    return undefined;
  }
}

function missingFile({ name }: Environment, cluster: string, fileName: string): Problem {
  return {
    where: `environments/${name}.ts`,
    property: `hpc.clusters.${cluster}.file`,
    expected: "be a file that exists",
    got: fileName,
    remedy: "write the ParallelCluster file, or correct its name",
  };
}
