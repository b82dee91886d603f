import { z } from "zod";

import { dnsFirewallSchema } from "./dns-firewall";
import { listOf, mapOf, section, text, whole } from "./fields";
import { managedRuleGroupSchema } from "./firewall";
import { hpcSchema } from "./hpc";
import { privateDnsSchema } from "./private-dns";
import { registrySchema } from "./registry";
import { rolloutSchema } from "./rollout";
import { domainName, routingSchema, type RoutingEntry, type RoutingPolicySettings } from "./routing";
import { tableName, tableSchema } from "./tables";

/**
 * Days that CloudWatch can keep logs.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
export const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const retention = z.literal(logRetentionDays);

const containerName = text(
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
      /^[a-z0-9-]+:[A-Za-z0-9*]+$/,
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

const serviceSchema = section({
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

const regionSchema = section({
  /** The network's block: private, canonical, /16 to /22. */
  ipv4CidrBlock: z.string(),
  /** Availability zones by name, at least two. */
  zones: listOf(z.string()),
  /**
   * NAT gateways of the private subnets. With `none` tasks reach AWS through interface endpoints
   * and nothing else.
   *
   * @default "one-per-zone"
   */
  natGateways: z.enum(["none", "single", "one-per-zone"]).default("one-per-zone"),
  /**
   * The region's part in failover routing.
   *
   * @default - none: it serves latency routing only
   */
  role: z.enum(["primary", "secondary"]).optional(),
});

const domainSchema = section({
  /** The domain without a trailing dot. */
  name: domainName,
  /**
   * Whether the foundation creates the hosted zone or finds it.
   *
   * @default "create"
   */
  zone: z.enum(["create", "existing"]).default("create"),
  /**
   * Whether the zone is signed with DNSSEC. Resolvers check signatures only once the zone above
   * holds the DS record, which the foundation shows as its output `ds_record`.
   *
   * @default false
   */
  dnssec: z.boolean().default(false),
  /**
   * Whether the queries that reach a zone created here are logged.
   *
   * @default true
   */
  queryLog: z.boolean().default(true),
});

const stateSchema = section({
  /**
   * Bucket of the Terraform states.
   *
   * @default - `<name>-<account>-meridian-state`
   */
  bucket: text(
    /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9](?<!-s3alias|--ol-s3|--x-s3)$/,
    "be a bucket name of 3 to 63 lower-case letters, digits and hyphens",
    "shorten or respell it, or leave it out for the default",
  ).optional(),
  /**
   * Region that the bucket is replicated to, so that the state outlives the home region.
   *
   * @default - the first other region of the environment, else `eu-west-1`, else `us-east-1`
   */
  replicaRegion: z.string().optional(),
});

/** The schema of one environment, checked value by value. What spans values is in `checks/`. */
export const environmentSchema = section({
  /** Name: the first part of every stack id, so it has no hyphen. */
  name: text(
    /^[a-z][a-z0-9]{1,11}$/,
    "be 2 to 12 lower-case letters and digits, starting with a letter",
    'write it like "prod"; stack ids put a hyphen after it',
  ),
  /** The AWS account, 12 digits, as text. */
  account: text(/^[0-9]{12}$/, "be the 12 digits of an AWS account", "quote it, so that leading zeros stay"),
  /**
   * Where it is deployed to: AWS, or the local cloud that stands in for it.
   *
   * @default "aws"
   */
  target: z.enum(["aws", "local-cloud"]).default("aws"),
  /** The region that holds the state and what exists once; one of `regions`. */
  homeRegion: z.string(),
  /** The domain that services are found under. */
  domain: domainSchema,
  /**
   * Names that only the networks know.
   *
   * @default - none
   */
  privateDns: privateDnsSchema.optional(),
  /**
   * What the machines of the networks may look up.
   *
   * @default - everything
   */
  dnsFirewall: dnsFirewallSchema.optional(),
  /**
   * Where the Terraform states live.
   *
   * @default - a bucket in the home region, replicated to another region
   */
  state: stateSchema.prefault({}),
  /**
   * Whether it is reached over IPv6 as well as IPv4: dual-stack networks, load balancers and
   * accelerators, and AAAA records beside the A records. It can be switched on at any time; switching
   * it off takes more than one deployment.
   *
   * @default false
   */
  ipv6: z.boolean().default(false),
  /** Networks by region code. */
  regions: mapOf(z.string(), regionSchema),
  /**
   * Services by name.
   *
   * @default - none
   */
  services: mapOf(containerName, serviceSchema).prefault({}),
  /**
   * Tables by name, replicated between the regions.
   *
   * @default - none
   */
  tables: mapOf(tableName, tableSchema).prefault({}),
  /**
   * High-performance computing.
   *
   * @default - no clusters
   */
  hpc: hpcSchema.prefault({}),
  /**
   * The container registries.
   *
   * @default - basic scanning, no caches
   */
  registry: registrySchema.prefault({}),
  /**
   * Sets of regions that some users' data must not leave, by name. Services of a jurisdiction that
   * are entered by an accelerator get one that knows no other region.
   *
   * @default - none
   */
  jurisdictions: mapOf(containerName, listOf(z.string())).prefault({}),
  /**
   * Global Accelerator, for the services whose `routing.entry` is `accelerator`.
   *
   * @default - all regions fully open, load balancers public
   */
  accelerator: section({
    /**
     * Percentage of the traffic that is nearest to a region which does go there; the rest goes to
     * the next one. Failover does not look at it.
     *
     * @default - 100 in every region
     */
    trafficDialPercentages: mapOf(z.string(), whole(0, 100, "give a percentage")).prefault({}),
    /**
     * Whether the load balancers are private, so that the accelerator is the only way to them.
     * Every service on Fargate must then be entered by it, and there is no fallback.
     *
     * @default false
     */
    onlyEntry: z.boolean().default(false),
  }).prefault({}),
  /**
   * CloudFront, for the services whose `routing.entry` is `distribution`.
   *
   * @default - load balancers open to the internet
   */
  distribution: section({
    /**
     * Whether the load balancers admit nobody but CloudFront and the health checkers of Route 53.
     * Every service on Fargate must then be entered by a distribution. CloudFront asks for all of its
     * customers from the same addresses, so a stranger's distribution is not kept out.
     *
     * @default false
     */
    onlyEntry: z.boolean().default(false),
  }).prefault({}),
  /** What a lost region may cost. */
  recovery: section({
    /** Seconds until new connections avoid a region that is lost. */
    rtoSeconds: whole(1, 86_400, "give the recovery time in seconds, at most a day"),
    /** Regions that may be lost with the peak still served. */
    survives: z.literal([0, 1, 2]),
  }),
  /**
   * What the network refuses.
   *
   * @default - nothing beyond the security groups
   */
  firewall: section({
    /**
     * Blocks that no network of the environment takes traffic from.
     *
     * @default - none
     */
    blockedIpv4CidrBlocks: listOf(z.string()).prefault([]),
    /**
     * Whether `environments/<name>.blocklist.txt` lists more blocks, with reasons and expiry dates.
     *
     * @default false
     */
    blockList: z.boolean().default(false),
    /**
     * Addresses and blocks that are let in before any other rule is asked.
     *
     * @default - none
     */
    allowedIpCidrBlocks: listOf(z.string()).prefault([]),
    /**
     * Countries that are turned away, by their codes of two capital letters.
     *
     * @default - none
     */
    blockedCountries: listOf(
      text(/^[A-Z]{2}$/, "be a code of two capital letters", 'write it like "KP"'),
    ).optional(),
    /**
     * Groups of rules that AWS keeps up to date, in their order. A group that only counts shows in
     * the metrics what it would turn away: promote it to `block` when that is right. Where a group
     * needs settings, they stand in place of the word, which is then their `mode`.
     *
     * @default - the IP reputation list, the known bad inputs and the common rule set, all blocking
     */
    managedRuleGroups: mapOf(
      text(
        /^AWSManagedRules[A-Za-z0-9]+$/,
        "be a managed rule group of AWS",
        'write it like "AWSManagedRulesCommonRuleSet"',
      ),
      z.union([z.enum(["block", "count"]), managedRuleGroupSchema]),
    ).optional(),
    /**
     * Domains whose tokens are taken, with all names below them: a browser that has solved a challenge
     * for one of them need not do so again for the next.
     *
     * @default - the name that is asked for alone
     */
    tokenDomains: listOf(domainName).optional(),
    /**
     * How much of a body the rules see in front of CloudFront and App Runner. Load balancers hand over
     * 8 KiB and no more; above 16 requests cost extra.
     *
     * @default - 16
     */
    bodyInspectionKiB: z.literal([16, 32, 48, 64]).optional(),
    /**
     * Requests in five minutes above which an address is turned away.
     *
     * @default 2000
     */
    requestsPerFiveMinutes: whole(10, 2_000_000_000, "choose a limit that AWS WAF accepts").default(2_000),
  }).prefault({}),
  /**
   * Who delivers it: the GitHub repository whose workflows plan and apply through OIDC.
   *
   * @default - no delivery roles are made
   */
  delivery: section({
    /** The repository as `owner/name`. */
    repository: text(
      /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/,
      "be a GitHub repository as owner/name",
      'write it like "acme/platform"',
    ),
    /**
     * Whether the account has the provider of GitHub's tokens already; it has one at most.
     *
     * @default "create"
     */
    oidcProvider: z.enum(["create", "existing"]).default("create"),
  }).optional(),
  /**
   * The acknowledgement that App Runner needs: it takes no new customers since 2026-04-30.
   *
   * @default - no service may use App Runner
   * @see https://docs.aws.amazon.com/apprunner/latest/dg/apprunner-availability-change.html
   */
  appRunner: section({
    /** The account used App Runner before it was closed. */
    existingCustomer: z.literal(true),
    /**
     * Whether the services on App Runner send traces to AWS X-Ray. Their code must emit them.
     *
     * @default false
     * @see https://docs.aws.amazon.com/apprunner/latest/dg/monitor-xray.html
     */
    tracing: z.boolean().default(false),
  }).optional(),
  /**
   * Whether what holds data or traffic refuses to be deleted.
   *
   * @default true
   */
  deletionProtection: z.boolean().default(true),
  /**
   * How a person confirms a deployment or destruction: by the environment's name, or by yes.
   *
   * @default "yes"
   */
  confirmation: z.enum(["name", "yes"]).default("yes"),
  /**
   * How a change reaches what already stands.
   *
   * @default - one region after the other, five minutes apart
   */
  rollout: rolloutSchema.prefault({}),
  /**
   * Who hears of alarms.
   *
   * @default - nobody
   */
  alarms: section({
    /**
     * Addresses that confirm a subscription and then get a mail an alarm.
     *
     * @default - none
     */
    emails: listOf(
      text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "be a mail address", 'write it like "oncall@example.com"'),
    ).prefault([]),
  }).prefault({}),
  /**
   * Days that logs are kept.
   *
   * @default 30
   */
  logRetentionDays: retention.default(30),
  /**
   * Whether its networks may be peered with those of other environments, so that their blocks must
   * not overlap.
   *
   * @default true
   */
  mayPeer: z.boolean().default(true),
  /**
   * Tags on everything, besides the platform's own.
   *
   * @default - none
   */
  tags: mapOf(z.string(), z.string()).prefault({}),
});

/** An environment as a person writes it. */
export type EnvironmentInput = z.input<typeof environmentSchema>;

/** An environment whose every value is well-formed, with the defaults that need no other value. */
export type ParsedEnvironment = z.output<typeof environmentSchema>;

/** One service of {@link ParsedEnvironment}. */
export type ParsedService = z.output<typeof serviceSchema>;

/** A region of an environment. */
export type EnvironmentRegion = z.output<typeof regionSchema>;

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
  /** Name below the environment's domain; `@` is the domain itself. */
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
  readonly logRetentionDays: (typeof logRetentionDays)[number];
}

/** A checked environment with every default filled in. Deeply frozen. */
export interface Environment extends Omit<ParsedEnvironment, "state" | "services"> {
  /** Where the Terraform states live. */
  readonly state: {
    /** Bucket in the home region. */
    readonly bucket: string;
    /** Region that the bucket is replicated to. */
    readonly replicaRegion: string;
  };
  /** Services by name. */
  readonly services: Readonly<Record<string, Service>>;
}
