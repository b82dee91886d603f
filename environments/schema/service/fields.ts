import { z } from "zod";

import { logRetentionPeriods } from "../../../core";
import { mapOf, text, whole } from "../fields";

/** Days that CloudWatch can keep logs, as a field. */
export const retention = z.literal(logRetentionPeriods);

/** A word that names a container, a service or a jurisdiction. */
export const containerName = text(
  /^(?=.{1,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  "be at most 32 lower-case letters, digits and single hyphens, starting with a letter",
  "shorten or respell the name",
);

/** A port that a container listens on. */
export const portNumber = whole(1, 65_535, "give the port that the container listens on");

/** Name of an environment variable. */
export const variableName = text(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  "be letters, digits and underscores, not starting with a digit",
  "rename the variable",
);

/** Environment variables. */
export const variables = mapOf(variableName, z.string());
