import type { LustreSettings } from "../file/cluster-keys";
import { factsOf, listed, repeated, resourcesOf, storagesOf, type Check, type Report } from "./check";

/** A managed Lustre file system and where its settings stand. */
interface LustreAt {
  readonly settings: LustreSettings;
  readonly path: string;
}

const emptySettings: LustreSettings = {
  DeploymentType: "SCRATCH_2",
  StorageType: "SSD",
  DeletionPolicy: "Delete",
  Meridian: { EfaEnabled: false, FileSystemTypeVersion: "2.15" },
};

const persistentTypes = ["PERSISTENT_1", "PERSISTENT_2"];

/** Throughput in MB/s for each TiB that each kind of file system offers. */
const throughputs = {
  hdd: [12, 40],
  PERSISTENT_1: [50, 100, 200],
  PERSISTENT_2: [125, 250, 500, 1000],
} as const;

/** Capacity steps in GiB of an EFA-enabled file system by its throughput. */
const efaSteps: Readonly<Record<number, number>> = { 125: 38_400, 250: 19_200, 500: 9_600, 1000: 4_800 };

/** Regions without PERSISTENT_2 when the table was made (aws-hpc-recipes, 2025). */
const regionsWithoutPersistent2 = [
  "af-south-1",
  "ap-south-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-northeast-3",
  "eu-south-1",
  "eu-south-2",
  "eu-west-3",
  "eu-central-2",
  "me-south-1",
  "me-central-1",
  "sa-east-1",
  "us-gov-east-1",
  "us-gov-west-1",
];

const mostAssociations = 8;

function managed(cluster: Parameters<Check["run"]>[0]): LustreAt[] {
  return storagesOf(cluster)
    .filter(
      ({ storage }) =>
        storage.StorageType === "FsxLustre" && storage.FsxLustreSettings?.FileSystemId === undefined,
    )
    .map(({ storage, path }) => ({
      settings: storage.FsxLustreSettings ?? emptySettings,
      path: `${path}.FsxLustreSettings`,
    }));
}

function onManaged(run: (at: LustreAt, error: Report) => void): Check["run"] {
  return (cluster, { error }) => {
    for (const at of managed(cluster)) {
      run(at, error);
    }
  };
}

const existing: Check = {
  code: "FsxExisting",
  run: (cluster, { error }) => {
    for (const { storage, path } of storagesOf(cluster)) {
      const settings = storage.FsxLustreSettings;
      if (settings?.FileSystemId === undefined) {
        continue;
      }
      const own = [
        "StorageCapacity",
        "PerUnitStorageThroughput",
        "ImportPath",
        "ExportPath",
        "BackupId",
        "KmsKeyId",
        "DataRepositoryAssociations",
      ] as const;
      const given = own.filter((key) => settings[key] !== undefined);
      if (given.length > 0) {
        error(
          `${path}.FsxLustreSettings`,
          `an existing file system keeps its own settings, so ${listed(given)} cannot be given`,
          "remove them or remove FileSystemId",
        );
      }
    }
  },
};

const s3: Check = {
  code: "FsxS3",
  run: onManaged(({ settings, path }, error) => {
    for (const key of ["ExportPath", "ImportedFileChunkSize", "AutoImportPolicy"] as const) {
      if (settings[key] !== undefined && settings.ImportPath === undefined) {
        error(`${path}.${key}`, `${key} needs ImportPath`, "add ImportPath or remove the key");
      }
    }
    for (const key of ["ImportPath", "ExportPath"] as const) {
      const value = settings[key];
      if (value !== undefined && !/^s3:\/\/[a-z0-9.-]+(\/.*)?$/.test(value)) {
        error(
          `${path}.${key}`,
          `'${value}' is not the address of a bucket`,
          "write it as s3://bucket/prefix",
        );
      }
    }
    if (settings.ImportPath !== undefined && settings.DeploymentType === "PERSISTENT_2") {
      error(
        `${path}.ImportPath`,
        "PERSISTENT_2 is linked to a bucket by data repository associations only",
        "write the bucket under DataRepositoryAssociations",
      );
    }
  }),
};

const associations: Check = {
  code: "FsxDra",
  run: onManaged(({ settings, path: at }, error) => {
    const all = settings.DataRepositoryAssociations ?? [];
    const path = `${at}.DataRepositoryAssociations`;
    if (all.length === 0) {
      return;
    }
    if ((settings.ImportPath ?? settings.ExportPath) !== undefined) {
      error(path, "associations cannot be combined with ImportPath and ExportPath", "keep the associations");
    }
    if (all.length > mostAssociations) {
      error(
        path,
        `a file system has at most ${mostAssociations} associations, got ${all.length}`,
        "remove some",
      );
    }
    if (settings.DeploymentType === "SCRATCH_1") {
      error(path, "SCRATCH_1 has no data repository associations", "use SCRATCH_2 or a persistent type");
    }
    for (const name of repeated(all.map(({ Name }) => Name))) {
      error(path, `the association '${name}' is listed more than once`, "give each a name of its own");
    }
    all.forEach((association, index) => {
      checkAssociation(association, index, all, `${path}[${index}]`, error);
    });
  }),
};

type Association = NonNullable<LustreSettings["DataRepositoryAssociations"]>[number];

function checkAssociation(
  association: Association,
  index: number,
  all: readonly Association[],
  path: string,
  error: Report,
): void {
  if (!/^s3:\/\/[a-z0-9.-]+(\/.*)?$/.test(association.DataRepositoryPath)) {
    error(
      `${path}.DataRepositoryPath`,
      `'${association.DataRepositoryPath}' is not the address of a bucket`,
      "write it as s3://bucket/prefix",
    );
  }
  const inside = (a: string, b: string) =>
    withSlash(a).startsWith(withSlash(b)) || withSlash(b).startsWith(withSlash(a));
  for (const other of all.slice(0, index)) {
    if (inside(association.FileSystemPath, other.FileSystemPath)) {
      error(
        `${path}.FileSystemPath`,
        `${association.FileSystemPath} overlaps with ${other.FileSystemPath}`,
        "choose directories side by side",
      );
    }
    if (inside(association.DataRepositoryPath, other.DataRepositoryPath)) {
      error(
        `${path}.DataRepositoryPath`,
        `${association.DataRepositoryPath} overlaps with ${other.DataRepositoryPath}`,
        "choose prefixes side by side",
      );
    }
  }
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}

const persistent: Check = {
  code: "FsxPersistentOptions",
  run: onManaged(({ settings, path }, error) => {
    const { DeploymentType } = settings;
    if (persistentTypes.includes(DeploymentType)) {
      if (settings.PerUnitStorageThroughput === undefined && settings.BackupId === undefined) {
        error(
          path,
          `${DeploymentType} needs PerUnitStorageThroughput`,
          `add it with one of ${listed(offered(settings))}`,
        );
      }
      return;
    }
    for (const key of ["KmsKeyId", "PerUnitStorageThroughput"] as const) {
      if (settings[key] !== undefined) {
        error(
          `${path}.${key}`,
          `${key} can be used with ${listed(persistentTypes)} only, not with ${DeploymentType}`,
          "remove the key or change DeploymentType",
        );
      }
    }
  }),
};

function offered(settings: LustreSettings): readonly number[] {
  if (settings.StorageType === "HDD") {
    return throughputs.hdd;
  }
  return settings.DeploymentType === "PERSISTENT_1" ? throughputs.PERSISTENT_1 : throughputs.PERSISTENT_2;
}

const storageType: Check = {
  code: "FsxStorageTypeOptions",
  run: onManaged(({ settings, path }, error) => {
    const { DeploymentType, StorageType, PerUnitStorageThroughput, DriveCacheType } = settings;
    if (StorageType === "HDD" && DeploymentType !== "PERSISTENT_1") {
      error(
        `${path}.StorageType`,
        `HDD is available with PERSISTENT_1 only, not with ${DeploymentType}`,
        "set DeploymentType to PERSISTENT_1 or use SSD",
      );
    }
    if (StorageType !== "HDD" && DriveCacheType !== undefined) {
      error(`${path}.DriveCacheType`, "a drive cache is available with HDD only", "remove DriveCacheType");
    }
    if (
      PerUnitStorageThroughput !== undefined &&
      persistentTypes.includes(DeploymentType) &&
      !offered(settings).includes(PerUnitStorageThroughput)
    ) {
      error(
        `${path}.PerUnitStorageThroughput`,
        `${DeploymentType} on ${StorageType} offers ${listed(offered(settings))} MB/s for each TiB, got ${PerUnitStorageThroughput}`,
        "choose one of them",
      );
    }
  }),
};

const capacity: Check = {
  code: "FsxStorageCapacity",
  run: onManaged(({ settings, path }, error) => {
    const { StorageCapacity: given, BackupId } = settings;
    if (given === undefined && BackupId === undefined) {
      error(path, "the file system needs StorageCapacity", `add it in GiB, at least ${smallest(settings)}`);
    } else if (given !== undefined && BackupId === undefined && !fits(settings, given)) {
      error(
        `${path}.StorageCapacity`,
        `the capacity must be ${rule(settings)} GiB, got ${given}`,
        `use ${listed(around(settings, given))}`,
      );
    }
  }),
};

interface CapacityRule {
  /** Capacities below the first step. */
  readonly small: readonly number[];
  /** Every multiple of it is allowed. */
  readonly step: number;
}

function capacityRule(settings: LustreSettings): CapacityRule {
  const { DeploymentType, StorageType, PerUnitStorageThroughput } = settings;
  if (settings.Meridian.EfaEnabled) {
    return { small: [], step: efaSteps[PerUnitStorageThroughput ?? 125] ?? 38_400 };
  }
  if (StorageType === "HDD") {
    return { small: [], step: PerUnitStorageThroughput === 40 ? 1800 : 6000 };
  }
  return DeploymentType === "SCRATCH_1" ? { small: [1200, 2400], step: 3600 } : { small: [1200], step: 2400 };
}

function fits(settings: LustreSettings, given: number): boolean {
  const { small, step } = capacityRule(settings);
  return small.includes(given) || (given > 0 && given % step === 0);
}

function rule(settings: LustreSettings): string {
  const { small, step } = capacityRule(settings);
  return [...small.map(String), `a multiple of ${step}`].join(" or ");
}

function smallest(settings: LustreSettings): number {
  const { small, step } = capacityRule(settings);
  return small[0] ?? step;
}

function around(settings: LustreSettings, given: number): number[] {
  const { step, small } = capacityRule(settings);
  const below = Math.floor(given / step) * step;
  const candidates = [...small, below, below + step].filter((one) => one > 0);
  const lower = Math.max(...candidates.filter((one) => one < given), 0);
  const higher = Math.min(...candidates.filter((one) => one > given));
  return lower > 0 ? [lower, higher] : [higher];
}

const backups: Check = {
  code: "FsxBackupOptions",
  run: onManaged(({ settings, path }, error) => {
    const { AutomaticBackupRetentionDays: days, DailyAutomaticBackupStartTime, CopyTagsToBackups } = settings;
    if (DailyAutomaticBackupStartTime !== undefined && days === undefined) {
      error(
        `${path}.DailyAutomaticBackupStartTime`,
        "DailyAutomaticBackupStartTime needs AutomaticBackupRetentionDays",
        "add AutomaticBackupRetentionDays",
      );
    }
    if (CopyTagsToBackups !== undefined && days === undefined) {
      error(
        `${path}.CopyTagsToBackups`,
        "CopyTagsToBackups needs AutomaticBackupRetentionDays",
        "add AutomaticBackupRetentionDays",
      );
    }
    if (days !== undefined && days > 0 && !persistentTypes.includes(settings.DeploymentType)) {
      error(
        `${path}.AutomaticBackupRetentionDays`,
        `backups are available with ${listed(persistentTypes)} only`,
        "remove the key or change DeploymentType",
      );
    }
    if (days !== undefined && days > 0 && settings.ImportPath !== undefined) {
      error(
        `${path}.AutomaticBackupRetentionDays`,
        "a file system that is linked to a bucket by ImportPath has no backups",
        "set it to 0, or link the bucket by an association",
      );
    }
  }),
};

const restored: Check = {
  code: "FsxBackupId",
  run: onManaged(({ settings, path }, error) => {
    if (settings.BackupId === undefined) {
      return;
    }
    const fixed = [
      "StorageCapacity",
      "PerUnitStorageThroughput",
      "ImportPath",
      "ExportPath",
      "KmsKeyId",
    ] as const;
    const given = fixed.filter((key) => settings[key] !== undefined);
    if (given.length > 0) {
      error(
        `${path}.BackupId`,
        `a restored file system takes its settings from the backup, so ${listed(given)} cannot be given`,
        "remove them",
      );
    }
  }),
};

const efaEnabled: Check = {
  code: "FsxEfa",
  run: (cluster, { error, warn }) => {
    for (const { settings, path: at } of managed(cluster)) {
      const path = `${at}.Meridian.EfaEnabled`;
      if (!settings.Meridian.EfaEnabled) {
        continue;
      }
      if (settings.DeploymentType !== "PERSISTENT_2" || settings.Meridian.MetadataMode === undefined) {
        error(
          path,
          "EFA needs PERSISTENT_2 and a metadata configuration",
          "set DeploymentType to PERSISTENT_2 and add MetadataMode",
        );
      }
      const without = resourcesOf(cluster).filter(
        ({ resource }) =>
          !resource.Efa.Enabled ||
          factsOf(cluster, resource).some(({ efaInterfaces }) => efaInterfaces === 0),
      );
      if (without.length > 0) {
        warn(
          path,
          `${listed(without.map(({ queue, resource }) => `${queue.Name}/${resource.Name}`))} mount without EFA and get the throughput of TCP`,
          "enable EFA on them where the throughput matters",
        );
      }
    }
  },
};

const metadata: Check = {
  code: "FsxMetadata",
  run: onManaged(({ settings, path: at }, error) => {
    const { MetadataMode, MetadataIops } = settings.Meridian;
    const path = `${at}.Meridian`;
    if (MetadataMode !== undefined && settings.DeploymentType !== "PERSISTENT_2") {
      error(
        `${path}.MetadataMode`,
        `a metadata configuration is available with PERSISTENT_2 only, not with ${settings.DeploymentType}`,
        "change DeploymentType or remove MetadataMode",
      );
    }
    if ((MetadataMode === "USER_PROVISIONED") !== (MetadataIops !== undefined)) {
      error(path, "MetadataMode USER_PROVISIONED and MetadataIops need each other", "give both or neither");
    }
    if (
      MetadataIops !== undefined &&
      ![1500, 3000, 6000].includes(MetadataIops) &&
      MetadataIops % 12_000 !== 0
    ) {
      error(
        `${path}.MetadataIops`,
        `metadata IOPS are 1500, 3000, 6000 or a multiple of 12000, got ${MetadataIops}`,
        "choose one of them",
      );
    }
  }),
};

const regional: Check = {
  code: "FeatureRegion",
  run: (cluster, { warn }, { region }) => {
    for (const { settings, path } of managed(cluster)) {
      if (
        settings.DeploymentType === "PERSISTENT_2" &&
        region !== undefined &&
        regionsWithoutPersistent2.includes(region)
      ) {
        warn(
          `${path}.DeploymentType`,
          `PERSISTENT_2 was not offered in ${region} when the table was made`,
          "check the region's page, or use PERSISTENT_1",
        );
      }
    }
  },
};

const automaticExport: Check = {
  code: "FsxExportPolicy",
  run: onManaged(({ settings, path }, error) => {
    (settings.DataRepositoryAssociations ?? []).forEach(({ AutoExportPolicy, AutoImportPolicy }, index) => {
      for (const [key, events] of Object.entries({ AutoExportPolicy, AutoImportPolicy })) {
        for (const event of repeated(events ?? [])) {
          error(
            `${path}.DataRepositoryAssociations[${index}].${key}`,
            `${event} is listed more than once`,
            "remove the repeated event",
          );
        }
      }
    });
  }),
};

/** Checks of FSx for Lustre. */
export const lustreChecks: readonly Check[] = [
  existing,
  s3,
  associations,
  automaticExport,
  persistent,
  storageType,
  capacity,
  backups,
  restored,
  efaEnabled,
  metadata,
  regional,
];
