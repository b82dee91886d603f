import { z } from "zod";

import { kebabName, logRetentionPeriods, port, variableName as variableForm } from "../../../core/forms";
import { mapOf, numberOf, textOf } from "../fields";

/** Days that CloudWatch can keep logs, as a field. */
export const retention = z.literal(logRetentionPeriods);

/** A word that names a container, a service or a jurisdiction. */
export const containerName = textOf(kebabName(32));

/** A port that a container listens on. */
export const portNumber = numberOf(port);

/** Name of an environment variable. */
export const variableName = textOf(variableForm);

/** Environment variables. */
export const variables = mapOf(variableName, z.string());
