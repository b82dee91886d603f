import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Aws } from "../../../cli/aws/aws";
import type { ParentAnswer } from "../../../cli/probes/delegation";
import type { RingingAlarm } from "../../../cli/aws/alarms";
import type { ImageScan } from "../../../cli/aws/scans";
import type { TaggedResource } from "../../../cli/aws/tagged";
import type { Workloads } from "../../../cli/aws/workloads";
import type { ObjectPlace, Objects, ObjectVersion } from "../../../cli/aws/objects";
import type { Context } from "../../../cli/session/context";
import type { TargetEnvironment } from "../../../cli/base/target-environment";
import type { Item } from "../../../cli/aws/fleet-table";
import type { LogEvent } from "../../../cli/aws/log-events";
import type { ImageBuild, ReadyImage } from "../../../cli/aws/image-builder";
import type { Machine } from "../../../cli/aws/machines";
import { Interrupts } from "../../../cli/base/interrupts";
import type { State } from "../../../cli/stacks/state-file";
import { Workspace } from "../../../cli/base/workspace";
import { type FixtureStack, writeStacks } from "./fixture-stacks";

/** An environment in AWS that may be destroyed and asks for a yes. */
export const devEnvironment: TargetEnvironment = {
  name: "dev",
  account: "111122223333",
  target: "aws",
  homeRegion: "eu-west-1",
  regions: { "eu-west-1": {} },
  state: { bucket: "states", replicaRegion: "us-east-1", location: "home" },
  deletionProtection: false,
  confirmation: "yes",
  rollout: { bakeSeconds: 0, regionsPerWave: 1, maximumChanges: 100, settleSeconds: 60 },
};

/** Objects with all their versions, the newest last; a version that holds nothing is a mark of deletion. */
export class FakeObjects implements Objects {
  public readonly versionsByKey = new Map<string, (string | undefined)[]>();

  public constructor(private readonly states: ReadonlyMap<string, State>) {}

  public list(...[, , prefix]: Parameters<Objects["list"]>): Promise<string[]> {
    const keys = [...this.versionsByKey.keys()].filter((key) => this.latest(key) !== undefined);
    return Promise.resolve(
      [...new Set([...keys, ...this.states.keys()])].filter((key) => key.startsWith(prefix)).sort(),
    );
  }

  public read(...[, { key }, versionId]: Parameters<Objects["read"]>): Promise<string | undefined> {
    const versions = this.versionsByKey.get(key) ?? [];
    return Promise.resolve(versionId === undefined ? versions.at(-1) : versions[Number(versionId)]);
  }

  public write(...[, place, text, condition]: Parameters<Objects["write"]>): Promise<boolean> {
    if (condition === "absent" && this.latest(place.key) !== undefined) {
      return Promise.resolve(false);
    }
    this.put(place, text);
    return Promise.resolve(true);
  }

  public remove(...[, place]: Parameters<Objects["remove"]>): Promise<void> {
    this.put(place, undefined);
    return Promise.resolve();
  }

  public versions(...[, { key }]: Parameters<Objects["versions"]>): Promise<ObjectVersion[]> {
    const versions = (this.versionsByKey.get(key) ?? []).map((text, index, { length }) => ({
      id: String(index),
      modifiedAt: new Date(Date.UTC(2026, 10, 1 + index)),
      isLatest: index === length - 1,
      isDeleted: text === undefined,
    }));
    return Promise.resolve(versions.reverse());
  }

  private latest(key: string): string | undefined {
    return this.versionsByKey.get(key)?.at(-1);
  }

  private put({ key }: Pick<ObjectPlace, "key">, text: string | undefined): void {
    this.versionsByKey.set(key, [...(this.versionsByKey.get(key) ?? []), text]);
  }
}

/** S3 with one bucket of states, KMS, CloudWatch and STS. */
export class FakeAws implements Aws {
  public account = devEnvironment.account;
  public bucket: "present" | "absent" | "forbidden" = "present";
  /** States by key. */
  public readonly states = new Map<string, State>();
  public readonly objects = new FakeObjects(this.states);
  /** The key of the bucket; nothing where it has none. */
  public key: string | undefined = "arn:aws:kms:eu-west-1:111122223333:key/1";
  /** Alarms that ring. */
  public readonly ringing: RingingAlarm[] = [];

  public readonly keys: Aws["keys"] = {
    ofBucket: () => Promise.resolve(this.key),
    newDataKey: (_access, _region, _key, context) => {
      const plain = new Uint8Array(32).fill(7);
      return Promise.resolve({ plain, encrypted: Buffer.from(JSON.stringify([context, [...plain]])) });
    },
    openDataKey: (_access, _region, encrypted, context) => {
      const [bound, plain] = JSON.parse(Buffer.from(encrypted).toString()) as [unknown, number[]];
      return JSON.stringify(bound) === JSON.stringify(context)
        ? Promise.resolve({
            plain: Uint8Array.from(plain),
            ...(this.key === undefined ? {} : { keyArn: this.key }),
          })
        : Promise.reject(new Error("InvalidCiphertextException"));
    },
  };

  public readonly alarms: Aws["alarms"] = {
    ringing: (_access, region, names) =>
      Promise.resolve(this.ringing.filter((alarm) => alarm.region === region && names.includes(alarm.name))),
  };

  /** What has tags, by region. */
  public readonly taggedByRegion = new Map<string, TaggedResource[]>();

  public readonly tagged: Aws["tagged"] = {
    find: (_access, region, key, value) =>
      Promise.resolve((this.taggedByRegion.get(region) ?? []).filter(({ tags }) => tags[key] === value)),
  };

  /** Parameters of Systems Manager by name. */
  public readonly parameterValues = new Map<string, string>();

  public readonly parameters: Aws["parameters"] = {
    create: (_access, _region, name, value) => {
      const isNew = !this.parameterValues.has(name);
      if (isNew) {
        this.parameterValues.set(name, value);
      }
      return Promise.resolve(isNew);
    },
    read: (_access, _region, name) => Promise.resolve(this.parameterValues.get(name)),
    remove: (_access, _region, name) => {
      this.parameterValues.delete(name);
      return Promise.resolve();
    },
  };

  /** Addresses of images that nobody pushed, as `region/repository:version`. */
  public readonly absentImages = new Set<string>();
  /** Repositories that were deleted, as `region/repository`. */
  public readonly deletedRepositories: string[] = [];

  /** What scans found, as `region/repository:version`; else nothing in an image that is complete. */
  public readonly scansByImage = new Map<string, ImageScan[]>();

  public readonly scans: Aws["scans"] = {
    of: (_access, { region, repository, version }) =>
      Promise.resolve(
        this.scansByImage.get(`${region}/${repository}:${version}`) ?? [
          { digest: `sha256:${"0".repeat(64)}`, status: "COMPLETE", counts: {} },
        ],
      ),
  };

  /** Service-linked roles that the account lacks, and those that were made, by service. */
  public readonly lackingRoles = new Set<string>();
  public readonly madeRoles: string[] = [];

  public readonly linkedRoles: Aws["linkedRoles"] = {
    isThere: (_access, _region, name) => Promise.resolve(!this.lackingRoles.has(name)),
    make: (_access, _region, service) => {
      this.madeRoles.push(service);
      return Promise.resolve();
    },
  };

  /** Families of task definitions whose revisions were deregistered, as `region/family`. */
  public readonly endedFamilies: string[] = [];

  public readonly taskDefinitions: Aws["taskDefinitions"] = {
    endFamily: (_access, region, family) => {
      this.endedFamilies.push(`${region}/${family}`);
      return Promise.resolve();
    },
  };

  /** Instances of HPC clusters, which a termination ends at once. */
  public machinesOfClusters: readonly Machine[] = [];
  /** What instances wrote to their consoles, by id. */
  public readonly consoles = new Map<string, string>();
  /** The items of the tables of HPC clusters, by the table's name. */
  public readonly fleetItems = new Map<string, Item[]>();
  /** What was asked of the fleets. */
  public readonly fleetRequests: string[] = [];

  public readonly machines: Aws["machines"] = {
    of: (_access, _region, cluster) =>
      Promise.resolve(this.machinesOfClusters.filter(({ tags }) => tags["meridian:cluster"] === cluster)),
    terminate: (_access, _region, ids) => {
      this.machinesOfClusters = this.machinesOfClusters.map((machine) =>
        ids.includes(machine.id) ? { ...machine, state: "terminated" } : machine,
      );
      return Promise.resolve();
    },
    console: (_access, _region, id) => Promise.resolve(this.consoles.get(id)),
  };

  /** The states that a build goes through, one a look; the last stays. */
  public imageBuilds: ImageBuild[] = [];
  /** The images of clusters that passed their test, by cluster; a cluster that is not here has no pipeline. */
  public readonly readyImages = new Map<string, ReadyImage[]>();
  /** Builds that were started. */
  public readonly startedBuilds: string[] = [];

  public readonly imageBuilder: Aws["imageBuilder"] = {
    pipeline: (_access, _region, cluster) =>
      Promise.resolve(this.readyImages.has(cluster) ? `arn:pipeline/${cluster}` : undefined),
    start: (_access, _region, pipeline, cluster) => {
      this.startedBuilds.push(`${pipeline} for ${cluster}`);
      return Promise.resolve(this.imageBuilds[0]?.arn ?? "");
    },
    build: () => {
      const [build] = this.imageBuilds;
      if (build === undefined) {
        throw new Error("the test has no build");
      }
      this.imageBuilds = this.imageBuilds.length > 1 ? this.imageBuilds.slice(1) : this.imageBuilds;
      return Promise.resolve(build);
    },
    builds: () => Promise.resolve(this.startedBuilds.length === 0 ? [] : this.imageBuilds),
    images: (_access, _region, cluster) => Promise.resolve(this.readyImages.get(cluster) ?? []),
  };

  /** What logs of CloudWatch hold, by log group. */
  public readonly logEvents = new Map<string, LogEvent[]>();

  public readonly logs: Aws["logs"] = {
    events: (_access, _region, { group, since, streamPrefix = "" }) =>
      Promise.resolve(
        this.logEvents.get(group)?.filter(({ at, stream }) => at >= since && stream.startsWith(streamPrefix)),
      ),
  };

  public readonly fleetTable: Aws["fleetTable"] = (_access, _region, table) => ({
    items: () => Promise.resolve(this.fleetItems.get(table)),
    request: (status) => {
      this.fleetRequests.push(status);
      return Promise.resolve();
    },
    diagnose: () => Promise.resolve(),
  });

  public readonly images: Aws["images"] = {
    isPresent: (_access, { region, repository, version }) =>
      Promise.resolve(!this.absentImages.has(`${region}/${repository}:${version}`)),
    pushEmpty: (_access, { repository, version }) => {
      for (const address of this.absentImages) {
        if (address.endsWith(`/${repository}:${version}`)) {
          this.absentImages.delete(address);
        }
      }
      return Promise.resolve();
    },
    deleteRepository: (_access, region, repository) => {
      this.deletedRepositories.push(`${region}/${repository}`);
      return Promise.resolve();
    },
  };

  /** What the zones above domains say, in the order of the questions; the last answer stays. */
  public readonly parentAnswers: (ParentAnswer | Error)[] = [];

  public parentOf(): Promise<ParentAnswer> {
    const answer = this.parentAnswers.length > 1 ? this.parentAnswers.shift() : this.parentAnswers[0];
    return answer instanceof Error
      ? Promise.reject(answer)
      : Promise.resolve(answer ?? { nameServers: [], dsRecords: [] });
  }

  /** Nothing runs; tests of rollouts answer for themselves. */
  public readonly workloads: Workloads = {
    ecsService: () => Promise.resolve(undefined),
    stoppedTasks: () => Promise.resolve([]),
    targets: () => Promise.resolve([]),
    appRunnerService: () => Promise.resolve(undefined),
  };

  public readonly entries: Aws["entries"] = {
    status: () => Promise.resolve(200),
    appRunner: () => Promise.resolve(undefined),
    parameter: (_access, region, name) => Promise.resolve(this.parameterValues.get(`${region}${name}`)),
  };

  /** Whether routing controls are on, by ARN. */
  public readonly controls = new Map<string, boolean>();

  public readonly routingControls: Aws["routingControls"] = {
    states: () => Promise.resolve(new Map(this.controls)),
    set: (_access, _endpoints, wanted) => {
      wanted.forEach((state, arn) => this.controls.set(arn, state === "On"));
      return Promise.resolve();
    },
  };

  public callerIdentity(): ReturnType<Aws["callerIdentity"]> {
    return Promise.resolve({ account: this.account, arn: `arn:aws:iam::${this.account}:user/ada` });
  }

  public bucketStatus(): ReturnType<Aws["bucketStatus"]> {
    return Promise.resolve(this.bucket);
  }

  public readState(...[, backend]: Parameters<Aws["readState"]>): ReturnType<Aws["readState"]> {
    return Promise.resolve(this.states.get(String(backend.settings.key)));
  }
}

/** A context that writes into memory and answers questions from a list. */
export interface FakeContext extends Context {
  readonly aws: FakeAws;
  readonly written: { out: string; err: string };
  readonly questions: string[];
  readonly answers: string[];
}

/** Makes a context around a new, empty project directory. */
export function fakeContext(
  stacks: readonly FixtureStack[] = [],
  overrides: Partial<Context> = {},
): FakeContext {
  const written = { out: "", err: "" };
  const questions: string[] = [];
  const answers: string[] = [];
  const directory = mkdtempSync(join(tmpdir(), "meridian-test-"));
  return {
    workspace: new Workspace(directory),
    terminal: {
      isInteractive: false,
      columns: 80,
      out: (text) => (written.out += text),
      err: (text) => (written.err += text),
      ask: (question) => {
        questions.push(question);
        return Promise.resolve(answers.shift() ?? "no");
      },
    },
    interrupts: new Interrupts((line) => (written.err += `${line}\n`)),
    localCloud: {
      start: () => Promise.reject(new Error("not in this test")),
      stop: () => Promise.resolve(false),
      status: () => Promise.resolve(undefined),
      environment: () => ({}),
      setUnkindness: () => Promise.reject(new Error("not in this test")),
      switches: () => ({}),
    },
    preflight: () => Promise.resolve([]),
    run: () => Promise.reject(new Error("not in this test")),
    askUrl: () => Promise.resolve(200),
    variables: { TERRAFORM_BINARY_NAME: fakeTerraformIn(directory) },
    now: () => new Date("2026-11-20T12:00:00Z"),
    sleep: () => Promise.resolve(),
    environments: () => Promise.resolve([devEnvironment]),
    synthesize: (_environment, directory) => {
      writeStacks(directory, stacks);
      return Promise.resolve();
    },
    ...overrides,
    aws: (overrides.aws as FakeAws | undefined) ?? new FakeAws(),
    written,
    questions,
    answers,
  };
}

/** A program that answers `terraform version` and nothing else. */
function fakeTerraformIn(directory: string): string {
  const file = join(directory, "terraform");
  writeFileSync(file, `#!/bin/sh\necho '{"terraform_version":"1.11.4"}'\n`, { mode: 0o755 });
  return file;
}

/** A state with that many resources and these outputs. */
export function stateWith(
  resources: number,
  outputs: Record<string, unknown> = {},
  lineage = "l",
  serial = 1,
): State {
  return {
    lineage,
    serial,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value }])),
    resources:
      resources === 0
        ? []
        : [
            {
              mode: "managed",
              type: "terraform_data",
              name: "thing",
              instances: new Array(resources).fill({}),
            },
          ],
  };
}
