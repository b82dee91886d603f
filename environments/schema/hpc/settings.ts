import { z } from "zod";

import { kebabName } from "../../../core/forms";
import { mapOf, section, text, textOf } from "../fields";

/** Name of a cluster in the environment; in AWS the environment's name stands before it. */
export const clusterName = textOf(kebabName(27));

/**
 * An HPC cluster. Its file is read and checked when the stacks are built.
 *
 * @see https://docs.aws.amazon.com/parallelcluster/latest/ug/cluster-configuration-file-v3.html
 */
export const clusterSchema = section({
  /** Its ParallelCluster 3 file, from the root of the repository. */
  file: text(
    /^environments\/hpc\/[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml$/,
    "be a YAML file in environments/hpc",
    'write it like "environments/hpc/cfd.yaml"',
  ),
  /**
   * The region that it is built in; one of the environment's.
   *
   * @default - the home region
   */
  region: z.string().optional(),
});

/** The high-performance computing of an environment. */
export const hpcSchema = section({
  /**
   * Clusters by name.
   *
   * @default - none
   */
  clusters: mapOf(clusterName, clusterSchema).prefault({}),
});

/** An HPC cluster of an environment. */
export type ClusterSettings = z.output<typeof clusterSchema>;
