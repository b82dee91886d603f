import { z } from "zod";

import { listOf, section, whole } from "../fields";
import { containerName, portNumber, variables } from "./fields";
import { imageUri } from "./image";

/** A container that runs beside the service's own in each task. */
export const sidecarSchema = section({
  /** Name, unique in the service. */
  name: containerName,
  /** Its image. */
  image: section({
    /** The image with its tag or digest. */
    uri: imageUri,
  }),
  /**
   * What it runs instead of the image's command, word by word.
   *
   * @default - the image's command
   */
  command: listOf(z.string()).optional(),
  /**
   * CPU units that it may take of the task's.
   *
   * @default - shares the task's
   */
  cpu: whole(1, 16_384, "give CPU units, 1024 a processor").optional(),
  /**
   * Memory that it may take of the task's.
   *
   * @default - shares the task's
   */
  memoryMiB: whole(6, 122_880, "give MiB; containers need 6 or more").optional(),
  /**
   * Whether the task stops when it does.
   *
   * @default true
   */
  essential: z.boolean().default(true),
  /**
   * Environment variables.
   *
   * @default - none
   */
  environment: variables.prefault({}),
  /**
   * Secrets by the variable that it sees, as those of the service: names of Secrets Manager secrets, SSM
   * parameters that begin with `/`, or ARNs.
   *
   * @default - none
   */
  secrets: variables.prefault({}),
  /**
   * Port that it listens on.
   *
   * @default - none
   */
  port: portNumber.optional(),
});

/** A container that runs beside the service's own in each task. */
export type ServiceSidecar = z.output<typeof sidecarSchema>;
