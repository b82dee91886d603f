import { type Alarms, cloudWatchAlarms } from "./alarms";
import { ecrImages, type Images } from "./images";
import { ecrScans, type ImageScans } from "./scans";
import { clientSettings, statusOf } from "./client";
import { type Keys, kmsKeys } from "./keys";
import { dynamodbTable, type OpenFleetTable } from "./fleet-table";
import { cloudWatchLogs, type Logs } from "./log-events";
import { awsImageBuilder, type ImageBuilder } from "./image-builder";
import { ec2Machines, type Machines } from "./machines";
import { type Objects, s3Client, s3Objects } from "./objects";
import { askParent, type ParentAnswer } from "../probes/delegation";
import { type Parameters, ssmParameters } from "./parameters";
import { iamLinkedRoles, type LinkedRoles } from "./linked-roles";
import { ecsTaskDefinitions, type TaskDefinitions } from "./task-definitions";
import { type Entries, regionalEntries } from "./entries";
import { clusterRoutingControls, type RoutingControls } from "./routing-controls";
import { type Tagged, taggedResources } from "./tagged";
import { runningWorkloads, type Workloads } from "./workloads";
import type { Backend } from "../stacks/manifest";
import { CommandError } from "../base/errors";
import { parseState, readLocalState, type State } from "../stacks/state-file";
import type { AwsAccess, BucketStatus } from "./access";

/** Who the credentials belong to. */
export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
}

/** The few questions that the runner asks AWS itself; Terraform asks all others. */
export interface Aws {
  /** STS GetCallerIdentity. */
  callerIdentity(access: AwsAccess, region: string): Promise<CallerIdentity>;
  /** Whether a bucket exists and may be used with these credentials. */
  bucketStatus(access: AwsAccess, bucket: string, region: string): Promise<BucketStatus>;
  /** The state that a backend holds, or nothing when it holds none. */
  readState(access: AwsAccess, backend: Backend): Promise<State | undefined>;
  /** What the zone above a domain says of it, as its own name servers tell over DNS. */
  parentOf(access: AwsAccess, domain: string): Promise<ParentAnswer>;
  readonly objects: Objects;
  readonly keys: Keys;
  readonly alarms: Alarms;
  readonly images: Images;
  /** What scans of images found. */
  readonly scans: ImageScans;
  /** What has a tag. */
  readonly tagged: Tagged;
  readonly parameters: Parameters;
  /** The roles in whose names services work. */
  readonly linkedRoles: LinkedRoles;
  readonly taskDefinitions: TaskDefinitions;
  /** The instances of HPC clusters. */
  readonly machines: Machines;
  /** Ready images of HPC clusters. */
  readonly imageBuilder: ImageBuilder;
  /** Logs of CloudWatch. */
  readonly logs: Logs;
  /** Opens the table of an HPC cluster's nodes. */
  readonly fleetTable: OpenFleetTable;
  /** What runs of what was deployed. */
  readonly workloads: Workloads;
  /** How regions are entered. */
  readonly entries: Entries;
  /** The switches that take regions out. */
  readonly routingControls: RoutingControls;
}

/** The AWS SDK's answers. Loaded on first use: most commands ask nothing. */
export const awsSdk: Aws = {
  async callerIdentity(access, region) {
    const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
    const client = new STSClient(clientSettings(access, region));
    const identity = await client.send(new GetCallerIdentityCommand({}));
    return { account: identity.Account ?? "", arn: identity.Arn ?? "" };
  },

  async bucketStatus(access, bucket, region) {
    const { HeadBucketCommand } = await import("@aws-sdk/client-s3");
    const client = await s3Client(access, region);
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
      return "present";
    } catch (error) {
      switch (statusOf(error)) {
        case 404:
          return "absent";
        case 403:
          return "forbidden";
        // The bucket lives in another region than the environment's home region.
        case 301:
        case 400:
          return "forbidden";
        default:
          throw error;
      }
    }
  },

  async readState(access, backend) {
    if (backend.type === "local") {
      return readLocalState(String(backend.settings.path));
    }
    if (backend.type !== "s3") {
      throw new CommandError(`State in a '${backend.type}' backend cannot be read.`, "Keep state in S3.");
    }
    const { bucket = "", key = "", region = "" } = backend.settings as Record<string, string>;
    const body = await s3Objects.read(access, { bucket, key, region });
    return body === undefined ? undefined : parseState(body, `s3://${bucket}/${key}`);
  },

  parentOf({ endpoint }, domain) {
    if (endpoint === undefined) {
      return askParent(domain);
    }
    // The local cloud answers for the zones above its own, on the port of its end point.
    const { hostname, port } = new URL(endpoint);
    return askParent(domain, [{ address: hostname, port: Number(port) }]);
  },

  objects: s3Objects,
  keys: kmsKeys,
  alarms: cloudWatchAlarms,
  images: ecrImages,
  scans: ecrScans,
  tagged: taggedResources,
  parameters: ssmParameters,
  linkedRoles: iamLinkedRoles,
  taskDefinitions: ecsTaskDefinitions,
  machines: ec2Machines,
  imageBuilder: awsImageBuilder,
  logs: cloudWatchLogs,
  fleetTable: dynamodbTable,
  workloads: runningWorkloads,
  entries: regionalEntries,
  routingControls: clusterRoutingControls,
};
