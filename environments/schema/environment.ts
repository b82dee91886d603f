import { z } from "zod";

import { accountId, emailAddress, githubRepository, stateBucketName } from "../../core/forms";
import { dnsFirewallSchema } from "./dns-firewall/settings";
import { listOf, mapOf, section, text, textOf, whole } from "./fields";
import { firewallSchema } from "./firewall/settings";
import { hpcSchema } from "./hpc/settings";
import * as nouns from "./nouns";
import { privateDnsSchema } from "./private-dns/settings";
import { registrySchema } from "./registry/settings";
import { rolloutSchema } from "./rollout/settings";
import { domainName } from "./routing/settings";
import { containerName, retention } from "./service/fields";
import { serviceSchema, type Service } from "./service/settings";
import { tableName, tableSchema } from "./tables/settings";

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
   * Whether the foundation creates the hosted zone or finds it. The first deploy with a new zone stops and shows
   * the name servers and the DS record to enter at the registrar, and goes on when the zone above has them.
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
  bucket: textOf(stateBucketName).optional(),
  /**
   * Region that the bucket is replicated to, so that the state outlives the home region.
   *
   * @default - the first other region of the environment, else `eu-west-1`, else `us-east-1`
   */
  replicaRegion: z.string().optional(),
  /**
   * Which copy is read and written. `replica` moves the states to the replica's region, and the provider of
   * the edge with them, while the home region is dark; then run `meridian state promote-replica <env>`.
   *
   * @default "home"
   */
  location: z.enum(["home", "replica"]).default("home"),
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
  account: textOf(accountId),
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
    /**
     * Routing controls of Application Recovery Controller: a switch for each region, by which
     * `meridian region evacuate` leads users away while no control plane can be reached. Their cluster is
     * charged by the hour, used or not: see modules/routing-controls/README.md. `{}` takes the defaults.
     *
     * @default - none: regions leave and come back by their health alone
     */
    routingControls: section({
      /**
       * Regions that stay on whatever is flipped, unless the safety rule is overridden.
       *
       * @default 1
       */
      minimumOn: whole(1, 9, "give the number of regions that must stay on").default(1),
      /**
       * Seconds after a change in which another one is refused, against flapping.
       *
       * @default 5
       */
      waitPeriodSeconds: whole(0, 60, "give the seconds to wait, at most a minute").default(5),
    }).optional(),
  }),
  /**
   * What the network refuses.
   *
   * @default - nothing beyond the security groups
   */
  firewall: firewallSchema.prefault({}),
  /**
   * Who delivers it: the GitHub repository whose workflows plan and apply through OIDC.
   *
   * @default - no delivery roles are made
   */
  delivery: section({
    /**
     * The repository as `owner/name`, or as `owner@id/name@id` where GitHub writes the ids into its tokens:
     * for every repository that was made, renamed or transferred since 15 July 2026.
     *
     * @see https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
     */
    repository: textOf(githubRepository),
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
    emails: listOf(textOf(emailAddress)).prefault([]),
  }).prefault({}),
  /**
   * Days that logs are kept.
   *
   * @default 30
   */
  logRetentionDays: retention.default(30),
  /**
   * Your KMS keys that encrypt CloudWatch log groups, by region: one for each region of the environment, and
   * one for us-east-1 where Route 53 or CloudFront log there. Their key policies must let
   * `logs.<region>.amazonaws.com` use them for log groups of the account.
   *
   * @default - encrypted with a key that AWS owns
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  logKeyArns: mapOf(z.string(), z.string()).optional(),
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
  ...nouns,
});

/** An environment as a person writes it. */
export type EnvironmentInput = z.input<typeof environmentSchema>;

/** An environment whose every value is well-formed, with the defaults that need no other value. */
export type ParsedEnvironment = z.output<typeof environmentSchema>;

/** A checked environment with every default filled in. Deeply frozen. */
export interface Environment extends Omit<ParsedEnvironment, "state" | "services"> {
  /** Where the Terraform states live. */
  readonly state: {
    /** Bucket in the home region. */
    readonly bucket: string;
    /** Region that the bucket is replicated to. */
    readonly replicaRegion: string;
    /** Which of the two is read and written. */
    readonly location: "home" | "replica";
  };
  /** Services by name. */
  readonly services: Readonly<Record<string, Service>>;
}
