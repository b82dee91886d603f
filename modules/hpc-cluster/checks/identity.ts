import { regionOfArn } from "../../../core";
import type { ClusterConfiguration } from "../file/cluster-keys";
import { listed, queuesOf, repeated, resourcesOf, type Check } from "./check";

const reservedPrefixes = ["parallelcluster:", "aws:", "meridian:"];
const mostTags = 40;
const longest = { prefixName: 30, prefixPath: 512 };

interface IamAt {
  readonly path: string;
  readonly at?: {
    readonly InstanceRole?: string;
    readonly InstanceProfile?: string;
    readonly AdditionalIamPolicies?: unknown;
    readonly S3Access?: unknown;
  };
}

function iamSections(cluster: ClusterConfiguration): IamAt[] {
  return [
    { path: "HeadNode.Iam", at: cluster.HeadNode?.Iam },
    ...queuesOf(cluster).map(({ queue, path }) => ({ path: `${path}.Iam`, at: queue.Iam })),
    ...(cluster.LoginNodes?.Pools ?? []).map((pool, index) => ({
      path: `LoginNodes.Pools[${index}].Iam`,
      at: pool.Iam,
    })),
  ];
}

const exclusiveIam: Check = {
  code: "Iam",
  run: (cluster, { error }) => {
    for (const { path, at } of iamSections(cluster)) {
      const given = (["InstanceRole", "InstanceProfile", "AdditionalIamPolicies"] as const).filter(
        (key) => at?.[key] !== undefined,
      );
      if (given.length > 1) {
        error(path, `${listed(given)} cannot be combined`, "keep one of them");
      }
      const own = at?.InstanceRole ?? at?.InstanceProfile;
      if (own !== undefined && at?.S3Access !== undefined) {
        error(
          `${path}.S3Access`,
          "S3Access is granted to the module's own role, but the file gives another",
          "remove S3Access, and grant it to your role",
        );
      }
    }
  },
};

const closedMetadata: Check = {
  code: "OpenMetadata",
  run: (cluster, { note }) => {
    const parts = [
      ...queuesOf(cluster).map(({ queue, path }) => ({ path, part: queue })),
      ...(cluster.LoginNodes?.Pools ?? []).map((part, index) => ({
        path: `LoginNodes.Pools[${index}]`,
        part,
      })),
    ];
    const closed = parts.filter(({ part }) => !part.Meridian.OpenMetadata && givesMore(part.Iam));
    for (const { path } of closed) {
      note(
        `${path}.Iam`,
        "only root and Slurm of these nodes get the credentials of their role, so jobs of users cannot use what it is granted here",
        `set ${path}.Meridian.OpenMetadata to true where every user of the nodes may have it`,
      );
    }
  },
};

function givesMore(iam: IamAt["at"]): boolean {
  return (["InstanceRole", "InstanceProfile", "AdditionalIamPolicies", "S3Access"] as const).some(
    (key) => iam?.[key] !== undefined,
  );
}

const resourcePrefix: Check = {
  code: "IamResourcePrefix",
  run: ({ Iam }, { error }) => {
    const prefix = Iam.ResourcePrefix;
    if (prefix === undefined) {
      return;
    }
    const at = prefix.lastIndexOf("/") + 1;
    const [path, name] = [prefix.slice(0, at), prefix.slice(at)];
    if (!/^((\/[\w+=,.@-]+)+\/)?[\w+=,.@-]*$/.test(prefix)) {
      error(
        "Iam.ResourcePrefix",
        `'${prefix}' must be a name, a path between single slashes, or a path and a name`,
        "write it as name, /path/ or /path/name",
      );
    }
    if (name.length > longest.prefixName || path.length > longest.prefixPath) {
      error(
        "Iam.ResourcePrefix",
        `the name has at most ${longest.prefixName} characters and the path ${longest.prefixPath}`,
        "shorten it",
      );
    }
  },
};

const tags: Check = {
  code: "Tags",
  run: (cluster, { error }) => {
    const lists = [
      { path: "Tags", list: cluster.Tags ?? [] },
      ...queuesOf(cluster).map(({ queue, path }) => ({ path: `${path}.Tags`, list: queue.Tags ?? [] })),
      ...resourcesOf(cluster).map(({ resource, resourcePath }) => ({
        path: `${resourcePath}.Tags`,
        list: resource.Tags ?? [],
      })),
    ];
    for (const { path, list } of lists) {
      for (const key of repeated(list.map(({ Key }) => Key))) {
        error(path, `the tag '${key}' is listed more than once`, "remove the repeated tag");
      }
      for (const { Key } of list.filter((tag) =>
        reservedPrefixes.some((prefix) => tag.Key.startsWith(prefix)),
      )) {
        error(
          path,
          `the tag '${Key}' begins with a reserved prefix`,
          `choose a key that begins with none of ${listed(reservedPrefixes)}`,
        );
      }
    }
  },
};

const overlappingTags: Check = {
  code: "ComputeResourceTags",
  run: (cluster, { error, warn }) => {
    const keys = (list: readonly { Key: string }[] | undefined) => (list ?? []).map(({ Key }) => Key);
    for (const { queue, resource, resourcePath } of resourcesOf(cluster)) {
      const levels = [keys(cluster.Tags), keys(queue.Tags), keys(resource.Tags)];
      const all = new Set(levels.flat());
      const overridden = repeated(levels.flatMap((level) => [...new Set(level)]));
      if (overridden.length > 0) {
        warn(
          `${resourcePath}.Tags`,
          `${listed(overridden)} is set at several levels, and the one nearest to the compute resource ${resource.Name} wins`,
          "set each tag at one level",
        );
      }
      if (all.size > mostTags) {
        error(
          `${resourcePath}.Tags`,
          `the instances of ${resource.Name} would have ${all.size} tags, and at most ${mostTags} fit beside the module's own`,
          "remove tags",
        );
      }
    }
  },
};

const secretRegions: Check = {
  code: "SecretRegion",
  run: (cluster, { error }, { region }) => {
    const settings = cluster.Scheduling.SlurmSettings;
    const secrets = [
      { path: "Scheduling.SlurmSettings.MungeKeySecretArn", arn: settings?.MungeKeySecretArn },
      {
        path: "Scheduling.SlurmSettings.Database.PasswordSecretArn",
        arn: settings?.Database?.PasswordSecretArn,
      },
      { path: "DirectoryService.PasswordSecretArn", arn: cluster.DirectoryService?.PasswordSecretArn },
    ];
    for (const { path, arn } of secrets) {
      const at = arn === undefined ? undefined : regionOfArn(arn);
      if (at !== undefined && region !== undefined && at !== region) {
        error(
          path,
          `the secret is in ${at}, but the cluster is in ${region}`,
          `replicate the secret to ${region} and name that copy`,
        );
      }
    }
  },
};

/** Checks of roles, tags and secrets. */
export const identityChecks: readonly Check[] = [
  exclusiveIam,
  closedMetadata,
  resourcePrefix,
  tags,
  overlappingTags,
  secretRegions,
];
