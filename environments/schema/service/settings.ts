import { z } from "zod";

import { iamActionPattern, type LogRetentionPeriod, logRetentionPeriods } from "../../../core";
import { listOf, mapOf, section, text, whole } from "../fields";
import { routingSchema, type RoutingEntry, type RoutingPolicySettings } from "../routing/settings";

/** Days that CloudWatch can keep logs, as a field. */
export const retention = z.literal(logRetentionPeriods);

/** A word that names a container, a service or a jurisdiction. */
export const containerName = text(
  /^(?=.{1,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  "be at most 32 lower-case letters, digits and single hyphens, starting with a letter",
  "shorten or respell the name",
);

const portNumber = whole(1, 65_535, "give the port that the container listens on");

const imageUri = text(
  /^[a-z0-9.-]+(:[0-9]+)?\/[a-z0-9._/-]+(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})$/,
  "be a registry, a repository and a tag or digest",
  'write it like "public.ecr.aws/nginx/nginx:1.29.1"',
);

const repositoryName = text(
  /^(?=.{2,256}$)[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/,
  "be 2 to 256 lower-case letters and digits, separated by single '.', '_', '-' or '/'",
  "use the name that the image is pushed under",
);

const imageTag = text(
  /^(?!latest$)[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
  "be the immutable tag of one build, at most 128 letters, digits, '.', '_' and '-', and not 'latest'",
  'write the version that was pushed, such as "1.4.2"',
);

const imageDigest = text(
  /^sha256:[0-9a-f]{64}$/,
  "be 'sha256:' and 64 hexadecimal digits",
  "copy the digest that the registry shows",
);

const variableName = text(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  "be letters, digits and underscores, not starting with a digit",
  "rename the variable",
);

const variables = mapOf(variableName, z.string());

/** Where a service's image comes from. */
const imageSchema = z.union([
  section({
    /** The environment's own repository, replicated from the home region to every region. */
    repository: repositoryName,
    /** The tag that was pushed. Tags are immutable, so `latest` is refused. */
    tag: imageTag,
  }),
  section({
    /** The environment's own repository, replicated from the home region to every region. */
    repository: repositoryName,
    /** The digest of the image, `sha256:` and 64 hexadecimal digits. */
    digest: imageDigest,
  }),
  section({
    /** An image of another registry, with its tag or digest. */
    uri: imageUri,
  }),
]);

/** How many tasks a service runs in each of its regions. */
const capacitySchema = section({
  /** Tasks that always run in each region. */
  minimum: whole(0, 5_000, "give the number of tasks that always run in a region"),
  /** Tasks that scaling may reach in each region. */
  maximum: whole(1, 5_000, "give the number of tasks that a region may grow to"),
  /**
   * Largest share of the tasks that may run on Fargate Spot, in percent.
   *
   * @default 0
   */
  spotPercentage: whole(0, 100, "give a percentage").default(0),
});

/** One capacity for a time of the day, week or year. */
const scheduleSchema = section({
  /** Name, unique in the service. */
  name: containerName,
  /**
   * When it starts: `cron(0 7 ? * MON-FRI *)`, `rate(1 hour)` or `at(2027-01-31T08:00:00)`.
   *
   * @see https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
   */
  schedule: z.string(),
  /** Tasks that always run in each region from then on. */
  minimum: whole(0, 5_000, "give the number of tasks that always run in a region"),
  /** Tasks that scaling may reach in each region from then on. */
  maximum: whole(1, 5_000, "give the number of tasks that a region may grow to"),
  /**
   * IANA time zone that the schedule is read in.
   *
   * @default "UTC"
   */
  timeZone: z.string().default("UTC"),
});

/** Scaling in steps on one utilisation metric. */
const stepsSchema = section({
  /** The utilisation that is watched. */
  metric: z.enum(["cpu", "memory"]),
  /** What to do in which range. Between the ranges nothing happens. */
  changes: listOf(
    section({
      /**
       * The range begins here, in percent of utilisation.
       *
       * @default - no lower bound
       */
      lower: whole(0, 100, "give a percentage").optional(),
      /**
       * The range ends here, in percent of utilisation.
       *
       * @default - no upper bound
       */
      upper: whole(0, 100, "give a percentage").optional(),
      /** Tasks to add; negative to remove. */
      change: whole(-1_000, 1_000, "give the number of tasks to add, or a negative one to remove"),
    }),
  ),
  /**
   * Seconds to wait after one step before the next.
   *
   * @default 300
   */
  cooldownSeconds: whole(0, 3_600, "give at most an hour").default(300),
});

/** When a service runs more or fewer tasks. It has no effect where minimum and maximum are equal. */
const scalingSchema = section({
  /**
   * CPU utilisation to hold, in percent.
   *
   * @default 60
   */
  cpuPercentage: whole(10, 95, "leave room to grow: 60 is a good start").default(60),
  /**
   * Memory utilisation to hold, in percent.
   *
   * @default - memory is not tracked
   */
  memoryPercentage: whole(10, 95, "leave room to grow: 70 is a good start").optional(),
  /**
   * Requests a minute and task to hold.
   *
   * @default - requests are not tracked
   */
  requestsPerTarget: whole(1, 1_000_000, "give the requests a minute that one task serves well").optional(),
  /**
   * Steps on top of target tracking.
   *
   * @default - none
   */
  steps: stepsSchema.optional(),
  /**
   * Capacities for times that are known to be busy or quiet.
   *
   * @default - none
   */
  schedules: listOf(scheduleSchema).prefault([]),
});

/**
 * How the load balancer asks a task whether it is well.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
const healthCheckSchema = section({
  /** Path that answers 200 when the task can serve. */
  path: text(/^\/[\x21-\x7e]{0,1023}$/, "begin with '/' and hold no spaces", 'write it like "/health"'),
  /**
   * Seconds between two checks.
   *
   * @default 10
   */
  intervalSeconds: whole(5, 300, "choose an interval that the load balancer accepts").default(10),
  /**
   * Seconds that an answer may take; less than the interval.
   *
   * @default 4
   */
  timeoutSeconds: whole(2, 120, "choose a timeout that the load balancer accepts").default(4),
  /**
   * Good answers in a row that make a task healthy.
   *
   * @default 2
   */
  healthyThreshold: whole(2, 10, "choose a count that the load balancer accepts").default(2),
  /**
   * Bad answers in a row that make a task unhealthy.
   *
   * @default 2
   */
  unhealthyThreshold: whole(2, 10, "choose a count that the load balancer accepts").default(2),
  /**
   * Seconds after its start during which a task's bad answers are ignored.
   *
   * @default 60
   */
  startPeriodSeconds: whole(0, 7_200, "give the time that a task needs to start, at most two hours").default(
    60,
  ),
});

/** A container that runs beside the service's own in each task. */
const sidecarSchema = section({
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

const keyArn = text(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[A-Za-z0-9-]+$/,
  "be the ARN of a KMS key",
  'copy it whole; it ends like "key/1234abcd-12ab-34cd-56ef-1234567890ab"',
);

/** One thing that a service's code may do in AWS. */
const permissionSchema = section({
  /** Actions as IAM calls them: `sqs:SendMessage`, `s3:Get*`. */
  actions: listOf(
    text(
      iamActionPattern,
      "be a service and an action of IAM",
      'write it like "sqs:SendMessage", and name the service',
    ),
  ),
  /**
   * ARNs, with `*` where many are meant, and `{region}` for the region that the service runs in; `*`
   * alone is for actions that know no resource.
   */
  resources: listOf(
    text(
      /^(\*|arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9*-]*|\{region\}):([0-9]{12}|aws|\*)?:([^\s${}]|\{region\})+)$/,
      "be an ARN, or '*'",
      'write it like "arn:aws:sqs:{region}:111122223333:orders"',
    ),
  ),
  /**
   * Condition keys and their values, by operator: `{ StringEquals: { "s3:prefix": "inbox/" } }`.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
   */
  conditions: mapOf(z.string(), mapOf(z.string(), z.union([z.string(), listOf(z.string())]))).optional(),
});

/** One place that a service connects to. */
const egressSchema = section({
  /** A block of addresses, or `network` for those of the region's own network. */
  to: z.string(),
  /** Port that the other side listens on. */
  port: whole(1, 65_535, "give the port that the other side listens on"),
  /**
   * Protocol above IP.
   *
   * @default "tcp"
   */
  protocol: z.enum(["tcp", "udp"]).default("tcp"),
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
   * What its code may do in AWS, besides what `tables` and `secrets` give it.
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
   * Tables of the environment that it reads and writes, by the variable that tells the container
   * their name.
   *
   * @default - none
   */
  tables: mapOf(variableName, z.string()).prefault({}),
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
   * @default - the minimum capacity of those regions
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
  scratchPaths: listOf(
    text(/^(\/[\w.-]+)+$/, "be an absolute directory below '/'", 'write it like "/tmp"'),
  ).prefault([]),
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

/** One service of an environment, checked value by value. */
export type ParsedService = z.output<typeof serviceSchema>;

/** Where a service's image comes from. */
export type ServiceImage = z.output<typeof imageSchema>;

/** How many tasks a service runs in each of its regions. */
export type ServiceCapacity = z.output<typeof capacitySchema>;

/** When a service runs more or fewer tasks. */
export type ServiceScaling = z.output<typeof scalingSchema>;

/** How the load balancer asks a task whether it is well. */
export type ServiceHealthCheck = z.output<typeof healthCheckSchema>;

/** A container that runs beside the service's own in each task. */
export type ServiceSidecar = z.output<typeof sidecarSchema>;

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
  "runtime" | "routing" | "regions" | "peakTasks" | "logRetentionDays"
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
  /** Regions that it runs in. */
  readonly regions: readonly string[];
  /** Tasks that serve the peak of all regions together. */
  readonly peakTasks: number;
  /** Days that its logs are kept. */
  readonly logRetentionDays: LogRetentionPeriod;
}
