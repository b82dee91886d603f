import { listed, queuesOf, resourcesOf, type Check } from "./check";

/**
 * Settings that the module writes itself, by level and in lower case. A custom setting of the same
 * name would break the fleet.
 */
export const deniedSettings = {
  SlurmConf: [
    "epilog",
    "grestypes",
    "launchparameters",
    "prolog",
    "reconfigflags",
    "resumefailprogram",
    "resumeprogram",
    "resumetimeout",
    "slurmctldhost",
    "slurmctldlogfile",
    "slurmctldparameters",
    "slurmdlogfile",
    "slurmuser",
    "suspendexcnodes",
    "suspendprogram",
    "suspendtime",
    "taskplugin",
    "treewidth",
  ],
  Accounting: [
    "accountingstoragetype",
    "accountingstoragehost",
    "accountingstorageport",
    "accountingstorageuser",
    "jobacctgathertype",
  ],
  Queue: ["nodes", "partitionname", "resumetimeout", "state", "suspendtime", "oversubscribe"],
  ComputeResource: ["cpus", "features", "gres", "nodeaddr", "nodehostname", "nodename", "state", "weight"],
} as const;

/** Settings of `SlurmConf` that a partition may have for itself. */
const ofPartitions: readonly string[] = ["resumetimeout", "suspendtime"];

const longestDomain = 190;

/**
 * The settings of `deny` that Slurm would read, those inside a value too: a line may hold several, so that
 * `MaxNodes: "5 State=DOWN"` sets two. https://slurm.schedmd.com/slurm.conf.html
 */
function denied(settings: Readonly<Record<string, string>>, deny: readonly string[]): string[] {
  return Object.entries(settings)
    .flatMap(([key, value]) => [key, ...[...value.matchAll(/\s(\w+)\s*=/g)].map(([, inner]) => inner ?? "")])
    .filter((key) => deny.includes(key.toLowerCase()));
}

/** Keys and values that would not stay the one setting that they are written as. */
const settingForms: Check = {
  code: "CustomSlurmSettingsForm",
  run: (cluster, { error }) => {
    const all = [
      ...(cluster.Scheduling.SlurmSettings?.CustomSlurmSettings ?? []).map((settings, index) => ({
        path: `Scheduling.SlurmSettings.CustomSlurmSettings[${index}]`,
        settings,
      })),
      ...queuesOf(cluster).map(({ queue, path }) => ({
        path: `${path}.CustomSlurmSettings`,
        settings: queue.CustomSlurmSettings ?? {},
      })),
      ...resourcesOf(cluster).map(({ resource, resourcePath }) => ({
        path: `${resourcePath}.CustomSlurmSettings`,
        settings: resource.CustomSlurmSettings ?? {},
      })),
    ];
    for (const { path, settings } of all) {
      for (const [key, value] of Object.entries(settings)) {
        if (!/^[A-Za-z]\w*$/.test(key)) {
          error(
            path,
            `a setting's name must be letters and digits, got ${JSON.stringify(key)}`,
            "write the name as slurm.conf documents it",
          );
        }
        if (/[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(value)) {
          error(
            `${path}.${key}`,
            `the value must be on one line, got ${JSON.stringify(value)}`,
            "remove line breaks and control characters",
          );
        }
      }
    }
  },
};

const customSettings: Check = {
  code: "CustomSlurmSettings",
  run: (cluster, { error }) => {
    const settings = cluster.Scheduling.SlurmSettings;
    const accounting = (settings?.Database ?? settings?.ExternalSlurmdbd) !== undefined;
    const refuse = (path: string, names: readonly string[]) => {
      for (const name of names) {
        error(
          `${path}.${name}`,
          `${name} is written by the module and cannot be set here`,
          "remove the setting",
        );
      }
    };
    const atCluster = [...deniedSettings.SlurmConf, ...(accounting ? deniedSettings.Accounting : [])];
    (settings?.CustomSlurmSettings ?? []).forEach((one, index) => {
      // A partition of one's own has settings that the cluster has too.
      const isPartition = Object.keys(one).some((key) => key.toLowerCase() === "partitionname");
      const deny = isPartition ? atCluster.filter((key) => !ofPartitions.includes(key)) : atCluster;
      refuse(`Scheduling.SlurmSettings.CustomSlurmSettings[${index}]`, denied(one, deny));
    });
    for (const { queue, path } of queuesOf(cluster)) {
      refuse(`${path}.CustomSlurmSettings`, denied(queue.CustomSlurmSettings ?? {}, deniedSettings.Queue));
    }
    for (const { resource, resourcePath } of resourcesOf(cluster)) {
      refuse(
        `${resourcePath}.CustomSlurmSettings`,
        denied(resource.CustomSlurmSettings ?? {}, deniedSettings.ComputeResource),
      );
    }
  },
};

const nodeNames: Check = {
  code: "CustomSlurmNodeNames",
  run: (cluster, { error }) => {
    (cluster.Scheduling.SlurmSettings?.CustomSlurmSettings ?? []).forEach((settings, index) => {
      for (const [key, value] of Object.entries(settings)) {
        if (key.toLowerCase() === "nodename" && /-(st|dy)-/.test(value)) {
          error(
            `Scheduling.SlurmSettings.CustomSlurmSettings[${index}].${key}`,
            `the node name '${value}' holds -st- or -dy-, which mark the cluster's own nodes`,
            "rename the node",
          );
        }
      }
    });
  },
};

const includeFile: Check = {
  code: "CustomSlurmSettingsIncludeFileOnly",
  run: ({ Scheduling: { SlurmSettings } }, { error }) => {
    if (
      SlurmSettings?.CustomSlurmSettings !== undefined &&
      SlurmSettings.CustomSlurmSettingsIncludeFile !== undefined
    ) {
      error(
        "Scheduling.SlurmSettings.CustomSlurmSettingsIncludeFile",
        "CustomSlurmSettings and CustomSlurmSettingsIncludeFile cannot be combined",
        "keep one of them",
      );
    }
  },
};

const priorities: Check = {
  code: "SlurmNodePrioritiesWarning",
  run: (cluster, { warn }) => {
    for (const { queue, path } of queuesOf(cluster)) {
      const statics = queue.ComputeResources.filter(({ MinCount }) => MinCount > 0);
      const dynamics = queue.ComputeResources.filter(({ MinCount, MaxCount }) => MaxCount > MinCount);
      const lowest = Math.min(...dynamics.map(({ DynamicNodePriority }) => DynamicNodePriority));
      const bad = statics.filter(({ StaticNodePriority }) => StaticNodePriority >= lowest);
      if (bad.length > 0) {
        warn(
          `${path}.ComputeResources`,
          `the static nodes of ${listed(bad.map(({ Name }) => Name))} are used after dynamic nodes, whose lowest priority is ${lowest}`,
          "give static nodes the lower number",
        );
      }
    }
  },
};

const accounting: Check = {
  code: "ExternalSlurmdbd",
  run: ({ Scheduling: { SlurmSettings } }, { error, warn }) => {
    if (SlurmSettings?.ExternalSlurmdbd === undefined) {
      return;
    }
    const path = "Scheduling.SlurmSettings.ExternalSlurmdbd";
    if (SlurmSettings.Database !== undefined) {
      error(path, "Database and ExternalSlurmdbd cannot be combined", "keep one of them");
    }
    if (SlurmSettings.MungeKeySecretArn === undefined) {
      error(path, "an external slurmdbd needs the same munge key", "add MungeKeySecretArn");
    }
    warn(path, "traffic to an external slurmdbd is not encrypted", "keep both in a trusted network");
  },
};

const databaseUri: Check = {
  code: "DatabaseUri",
  run: ({ Scheduling: { SlurmSettings } }, { error, note }) => {
    const uri = SlurmSettings?.Database?.Uri;
    const path = "Scheduling.SlurmSettings.Database.Uri";
    if (uri === undefined) {
      return;
    }
    if (uri.includes("://")) {
      error(path, `'${uri}' must be without a scheme`, "write it as host:port");
    } else if (!/^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(uri)) {
      error(path, `'${uri}' is not a host with an optional port`, "write it as host:port");
    } else if (!uri.includes(":")) {
      note(path, "no port is given, so 3306 is used", "add the port to be sure");
    }
  },
};

const schedulerMemory: Check = {
  code: "ScaledownIdletime",
  run: ({ Scheduling: { SlurmSettings } }, { warn }) => {
    if (SlurmSettings?.ScaledownIdletime === -1) {
      warn(
        "Scheduling.SlurmSettings.ScaledownIdletime",
        "idle nodes are never given back and stay billed",
        "set the minutes after which a node is given back",
      );
    }
  },
};

const hostedZone: Check = {
  code: "HostedZone",
  run: ({ Scheduling: { SlurmSettings } }, { error }, { name }) => {
    const dns = SlurmSettings?.Dns;
    if (dns?.HostedZoneId !== undefined && dns.DisableManagedDns) {
      error(
        "Scheduling.SlurmSettings.Dns.HostedZoneId",
        "a hosted zone is given but managed DNS is off",
        "remove one of them",
      );
    }
    if (dns?.HostedZoneId !== undefined && (name ?? "").length > longestDomain) {
      error(
        "Scheduling.SlurmSettings.Dns.HostedZoneId",
        "the cluster's name is too long for names in the zone",
        "shorten the cluster's name",
      );
    }
  },
};

/** Checks of Slurm's own settings. */
export const slurmChecks: readonly Check[] = [
  settingForms,
  customSettings,
  nodeNames,
  includeFile,
  priorities,
  accounting,
  databaseUri,
  schedulerMemory,
  hostedZone,
];
