import { z } from "zod";

import { mapOf, section, text } from "../fields";

const cachePrefix = text(
  /^(?=.{2,30}$)[a-z0-9]+([._-][a-z0-9]+)*$/,
  "be 2 to 30 lower-case letters and digits, separated by single '.', '_' or '-'",
  "name it after the registry upstream",
);

/** The container registries of an environment, one in each of its regions. */
export const registrySchema = section({
  /**
   * `basic` looks for known weaknesses of operating system packages, free of charge; `enhanced` is
   * Amazon Inspector, which also knows language packages and looks again whenever news come in.
   *
   * @default "basic"
   */
  scanning: z.enum(["basic", "enhanced"]).default("basic"),
  /**
   * The least severity of findings that keeps an image from being rolled out: `HIGH` refuses what has
   * findings of `HIGH` or `CRITICAL`. An image that was not scanned is refused as well. It is about
   * images of the environment's own registries that a region does not run yet. The findings are those of
   * the moment; later ones are told by mail.
   *
   * @default - images are rolled out whatever was found in them
   */
  blockedFindings: z.enum(["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL"]).optional(),
  /**
   * Settings of the account's registries in the environment's regions. Environments of one account and
   * region share them, so one environment states them.
   *
   * @default - as the account has them
   */
  accountSettings: section({
    /**
     * Who does basic scanning: ECR itself, or Clair, which AWS keeps for accounts of before.
     *
     * @default - as the account has it
     */
    basicScanTypeVersion: z.enum(["AWS_NATIVE", "CLAIR"]).optional(),
    /**
     * What registry policies speak of: every action of ECR (`V2`), or replication and caches (`V1`).
     *
     * @default - as the account has it
     */
    registryPolicyScope: z.enum(["V1", "V2"]).optional(),
  }).prefault({}),
  /**
   * Public registries whose images are kept here at the first pull, by the first part of their
   * repositories' names here.
   *
   * @default - none
   */
  pullThroughCaches: mapOf(cachePrefix, z.enum(["ecr-public", "kubernetes", "quay"])).prefault({}),
});
