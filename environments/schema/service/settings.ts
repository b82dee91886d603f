import { z } from "zod";

import {
  absoluteDirectory,
  type LogRetentionPeriod,
  targetHealthCheck,
  targetHealthCheckDefaults,
} from "../../../core/forms";
import { formerKeys, listOf, mapOf, numberOf, section, textOf, whole } from "../fields";
import { routingSchema, type RoutingEntry, type RoutingPolicySettings } from "../routing/settings";
import { usesInsteadOfTables } from "../uses/former-tables";
import { useSchema, type ServiceUse } from "../uses/settings";
import { egressSchema, keyArn, permissionSchema } from "./access";
import { containerName, portNumber, retention, variableName, variables } from "./fields";
import { imageSchema } from "./image";
import { capacitySchema, scalingSchema } from "./scale";
import { sidecarSchema } from "./sidecar";

/**
 * How the load balancer asks a task whether it is well.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
const healthCheckSchema = section({
  /** Path that answers 200 when the task can serve. */
  path: textOf(targetHealthCheck.path),
  /**
   * Seconds between two checks.
   *
   * @default 10
   */
  intervalSeconds: numberOf(targetHealthCheck.intervalSeconds).default(
    targetHealthCheckDefaults.intervalSeconds,
  ),
  /**
   * Seconds that an answer may take; less than the interval.
   *
   * @default 4
   */
  timeoutSeconds: numberOf(targetHealthCheck.timeoutSeconds).default(
    targetHealthCheckDefaults.timeoutSeconds,
  ),
  /**
   * Good answers in a row that make a task healthy.
   *
   * @default 2
   */
  healthyThreshold: numberOf(targetHealthCheck.healthyThreshold).default(
    targetHealthCheckDefaults.healthyThreshold,
  ),
  /**
   * Bad answers in a row that make a task unhealthy.
   *
   * @default 2
   */
  unhealthyThreshold: numberOf(targetHealthCheck.unhealthyThreshold).default(
    targetHealthCheckDefaults.unhealthyThreshold,
  ),
  /**
   * Seconds after its start during which a task's bad answers are ignored.
   *
   * @default 60
   */
  startPeriodSeconds: numberOf(targetHealthCheck.startPeriodSeconds).default(
    targetHealthCheckDefaults.startPeriodSeconds,
  ),
});

const weight = whole(0, 255, "give the runtime's share of the sum of both weights");

/** What runs a service: one runtime, or both side by side, with the weight of their DNS answers. */
const runtimeSchema = z.union([
  z.enum(["fargate", "app-runner"]),
  section({
    /**
     * Share of App Runner in the answers.
     *
     * @default - App Runner does not run it
     */
    "app-runner": weight.optional(),
    /**
     * Share of Fargate in the answers.
     *
     * @default - Fargate does not run it
     */
    fargate: weight.optional(),
  }),
]);

/** A service of an environment. */
export const serviceSchema = section({
  /**
   * What runs it. App Runner is closed to new customers, see {@link EnvironmentInput} `appRunner`.
   * A service moves from one to the other by weights: `{ "app-runner": 100, fargate: 0 }` lets both
   * stand, the weights shift the users, and `{ fargate: 100 }` removes what is left behind.
   *
   * @default "fargate"
   */
  runtime: runtimeSchema.default("fargate"),
  /** What it runs. */
  image: imageSchema,
  /** Port that the container listens on. */
  port: portNumber,
  /**
   * What the container runs instead of the image's command, word by word.
   *
   * @default - the image's command
   */
  command: listOf(z.string()).optional(),
  /** CPU units of a task, 1024 a processor. */
  cpu: z.number(),
  /** Memory of a task. */
  memoryMiB: z.number(),
  /** Tasks in each region. */
  capacity: capacitySchema,
  /**
   * When it runs more or fewer tasks.
   *
   * @default - holds 60 percent CPU
   */
  scaling: scalingSchema.prefault({}),
  /** How the load balancer asks a task whether it is well. */
  healthCheck: healthCheckSchema,
  /**
   * How the world finds it.
   *
   * @default - latency routing under the service's name
   */
  routing: routingSchema.prefault({}),
  /**
   * Environment variables, never secrets.
   *
   * @default - none
   */
  environment: variables.prefault({}),
  /**
   * Secrets by the variable that the container sees. The value names a Secrets Manager secret
   * (`web/database`) or one key of its JSON (`web/database:password`), an SSM parameter (a name that
   * starts with `/`), or gives the ARN of either.
   * A name is looked up in each region; an ARN belongs to one.
   *
   * @default - none
   */
  secrets: mapOf(variableName, z.string()).prefault({}),
  /**
   * ARNs of the KMS keys of those secrets, where they are not encrypted with AWS's own. A region gets
   * the keys of its own region.
   *
   * @default - none
   */
  secretKeyArns: listOf(keyArn).prefault([]),
  /**
   * What its code may do in AWS, besides what `uses` and `secrets` give it.
   *
   * @default - nothing
   */
  permissions: listOf(permissionSchema).prefault([]),
  /**
   * Where it may connect to besides HTTPS, by a name that says what is there. Nothing else is open.
   *
   * @default - HTTPS only
   */
  egress: mapOf(containerName, egressSchema).prefault({}),
  /**
   * What it uses of the environment, by the variable that tells it where that is. Variables, permissions
   * and egress follow: `{ ORDERS_TABLE: { of: "tables.orders", access: "read-write" } }`.
   *
   * @default - nothing
   */
  uses: mapOf(variableName, useSchema).prefault({}),
  /**
   * The jurisdiction that its data must not leave, one of `jurisdictions`.
   *
   * @default - none
   */
  jurisdiction: z.string().optional(),
  /**
   * Regions that it runs in.
   *
   * @default - all regions of its jurisdiction, else of the environment
   */
  regions: listOf(z.string()).optional(),
  /**
   * Tasks that serve the peak of the whole environment. The minimum capacity of the regions that
   * are left when `recovery.survives` regions are lost must reach it.
   *
   * @default - not said, so whether capacity holds is not proved
   */
  peakTasks: whole(1, 100_000, "give the tasks that serve the peak of all regions together").optional(),
  /**
   * Containers that run beside it in each task.
   *
   * @default - none
   */
  sidecars: listOf(sidecarSchema).prefault([]),
  /**
   * Whether operators may open a shell in a task (ECS Exec).
   *
   * @default false
   */
  exec: z.boolean().default(false),
  /**
   * Whether containers may write below `scratchPaths` only.
   *
   * @default true
   */
  readonlyRootFilesystem: z.boolean().default(true),
  /**
   * Directories that are writable, and empty at the start of each task. A user other than root can
   * write only where the image declares the directory as a `VOLUME` of that user.
   *
   * @default - none
   */
  scratchPaths: listOf(textOf(absoluteDirectory)).prefault([]),
  /**
   * Days that its logs are kept.
   *
   * @default - as the environment
   */
  logRetentionDays: retention.optional(),
  /**
   * Processor architecture of the image.
   *
   * @default "X86_64"
   */
  cpuArchitecture: z.enum(["X86_64", "ARM64"]).default("X86_64"),
});

formerKeys.add(serviceSchema.unwrap(), { tables: usesInsteadOfTables });

/** One service of an environment, checked value by value. */
export type ParsedService = z.output<typeof serviceSchema>;

/** How the load balancer asks a task whether it is well. */
export type ServiceHealthCheck = z.output<typeof healthCheckSchema>;

/** What can run a service. */
export type Runtime = "fargate" | "app-runner";

/** How the world finds a service, with nothing left to derive. */
export interface ServiceRouting {
  /** Name below the environment's domain or private zone; `@` is the domain itself. */
  readonly subdomain: string;
  /** The full name, without a trailing dot. */
  readonly hostname: string;
  /** The name that leads to the regions: its own, or behind a distribution the one that this asks. */
  readonly regionsHostname: string;
  /** How DNS chooses among the regions. */
  readonly policy: RoutingPolicySettings;
  /** What users meet first. */
  readonly entry: RoutingEntry;
}

/** A service with nothing left to derive. */
export interface Service extends Omit<
  ParsedService,
  "runtime" | "routing" | "uses" | "regions" | "logRetentionDays"
> {
  /** What runs it, with the weight of each in the answers of DNS. */
  readonly runtimes: Readonly<Partial<Record<Runtime, number>>>;
  /**
   * Whether DNS shares its answers out by those weights. It does so for every service on App Runner,
   * so that no record has to change its kind when the service moves.
   */
  readonly isWeightedByRuntime: boolean;
  /** How the world finds it. */
  readonly routing: ServiceRouting;
  /** What it uses of the environment, by variable. */
  readonly uses: Readonly<Record<string, ServiceUse>>;
  /** Regions that it runs in. */
  readonly regions: readonly string[];
  /** Days that its logs are kept. */
  readonly logRetentionDays: LogRetentionPeriod;
}
