import {
  account,
  found,
  jsonService,
  listAt,
  objectAt,
  pick,
  randomHex,
  required,
  Store,
  tagOperations,
  Tags,
  textAt,
  textsAt,
  type Context,
  type JsonObject,
  type JsonOperation,
  type StandIn,
} from "../../toolkit";

const invalid = "BadRequest";

/** FSx: file systems, available at once, and data repository associations of Lustre. */
export function fsx(): StandIn {
  const tags = new Tags();
  const fileSystems = new Store<JsonObject>();
  return jsonService({
    service: "fsx",
    complete: false,
    operations: {
      ...fileSystemOperations(fileSystems, tags),
      ...associationOperations(fileSystems, tags),
      ...tagOperations(tags, "ResourceARN"),
    },
  });
}

const configurations = [
  "LustreConfiguration",
  "WindowsConfiguration",
  "OntapConfiguration",
  "OpenZFSConfiguration",
];
const updatable = ["StorageCapacity", "FileSystemTypeVersion", "StorageType"];

function fileSystemOperations(fileSystems: Store<JsonObject>, tags: Tags): Record<string, JsonOperation> {
  const at = (region: string, id: unknown) => fileSystemAt(fileSystems, region, id);
  const describe = (each: JsonObject) => ({ ...each, Tags: tags.list(String(each.ResourceARN)) });
  return {
    CreateFileSystem: async (input, context) => {
      const { FileSystemType } = required(input, invalid, "FileSystemType", "SubnetIds");
      const FileSystemId = `fs-${randomHex(17)}`;
      const lustre = objectAt(input, "LustreConfiguration");
      const isPersistent = String(lustre.DeploymentType).startsWith("PERSISTENT");
      const fileSystem: JsonObject = {
        FileSystemId,
        OwnerId: account,
        CreationTime: Date.now() / 1000,
        ResourceARN: context.arn("fsx", `file-system/${FileSystemId}`),
        Lifecycle: "AVAILABLE",
        StorageType: "SSD",
        ...pick(
          input,
          "FileSystemType",
          "FileSystemTypeVersion",
          "StorageCapacity",
          "StorageType",
          "SubnetIds",
        ),
        VpcId: await vpcOf(textsAt(input, "SubnetIds")[0] ?? "", context),
        NetworkInterfaceIds: textsAt(input, "SubnetIds").map(() => `eni-${randomHex(17)}`),
        DNSName: `${FileSystemId}.fsx.${context.region}.amazonaws.com`,
        ...(isPersistent || FileSystemType !== "LUSTRE"
          ? { KmsKeyId: input.KmsKeyId ?? context.arn("kms", "key/00000000-0000-4000-8000-0000000000f5") }
          : {}),
        ...pick(input, ...configurations),
        ...(FileSystemType === "LUSTRE" ? { LustreConfiguration: lustreConfiguration(lustre) } : {}),
      };
      if (FileSystemType === "LUSTRE") {
        fileSystem.FileSystemTypeVersion ??= "2.10";
      }
      fileSystems.in(context.region).set(FileSystemId, fileSystem);
      tags.addList(String(fileSystem.ResourceARN), listAt(input, "Tags"));
      return { FileSystem: describe(fileSystem) };
    },
    DescribeFileSystems: (input, { region }) => {
      const ids = textsAt(input, "FileSystemIds");
      const chosen = ids.length > 0 ? ids.map((id) => at(region, id)) : [...fileSystems.in(region).values()];
      return { FileSystems: chosen.map(describe) };
    },
    UpdateFileSystem: (input, { region }) => {
      const fileSystem = at(region, input.FileSystemId);
      Object.assign(fileSystem, pick(input, ...updatable));
      for (const name of configurations.filter((each) => each in input)) {
        fileSystem[name] = { ...objectAt(fileSystem, name), ...objectAt(input, name) };
      }
      return { FileSystem: describe(fileSystem) };
    },
    DeleteFileSystem: (input, context) => {
      const { FileSystemId, ResourceARN } = at(context.region, input.FileSystemId);
      fileSystems.in(context.region).delete(String(FileSystemId));
      tags.drop(String(ResourceARN));
      if (context.isTerraform) {
        // Told that the file system is being deleted, the provider waits ten minutes before it looks.
        at(context.region, FileSystemId);
      }
      return { FileSystemId, Lifecycle: "DELETING" };
    },
  };
}

function fileSystemAt(fileSystems: Store<JsonObject>, region: string, id: unknown): JsonObject {
  return found(
    fileSystems.in(region).get(String(id)),
    "FileSystemNotFound",
    `File system '${String(id)}' does not exist.`,
  );
}

function lustreConfiguration(given: JsonObject): JsonObject {
  const { ImportPath, ExportPath, ImportedFileChunkSize, AutoImportPolicy, ...rest } = given;
  const type = textAt(given, "DeploymentType") ?? "SCRATCH_1";
  const isPersistent = type.startsWith("PERSISTENT");
  return {
    DeploymentType: type,
    MountName: isPersistent ? randomHex(8) : "fsx",
    WeeklyMaintenanceStartTime: "1:05:00",
    DataCompressionType: "NONE",
    CopyTagsToBackups: false,
    LogConfiguration: { Level: "DISABLED" },
    ...(isPersistent ? { DailyAutomaticBackupStartTime: "05:00", AutomaticBackupRetentionDays: 0 } : {}),
    ...rest,
    ...(ImportPath === undefined
      ? {}
      : {
          DataRepositoryConfiguration: {
            Lifecycle: "AVAILABLE",
            ImportPath,
            ExportPath: ExportPath ?? ImportPath,
            ImportedFileChunkSize: ImportedFileChunkSize ?? 1024,
            AutoImportPolicy: AutoImportPolicy ?? "NONE",
          },
        }),
  };
}

async function vpcOf(subnet: string, context: Context): Promise<string | undefined> {
  const parameters = { Action: "DescribeSubnets", Version: "2016-11-15", "SubnetId.1": subnet };
  return /<vpcId>([^<]+)</.exec(await context.motoQuery("ec2", parameters))?.[1];
}

function associationOperations(fileSystems: Store<JsonObject>, tags: Tags): Record<string, JsonOperation> {
  const associations = new Store<JsonObject>();
  const at = (region: string, id: unknown) =>
    found(
      associations.in(region).get(String(id)),
      "DataRepositoryAssociationNotFound",
      `Data repository association '${String(id)}' does not exist.`,
    );
  const describe = (each: JsonObject) => ({ ...each, Tags: tags.list(String(each.ResourceARN)) });
  return {
    CreateDataRepositoryAssociation: (input, context) => {
      required(input, invalid, "FileSystemId", "DataRepositoryPath");
      const { FileSystemId } = fileSystemAt(fileSystems, context.region, input.FileSystemId);
      const AssociationId = `dra-${randomHex(17)}`;
      const association = {
        AssociationId,
        ResourceARN: context.arn("fsx", `association/${String(FileSystemId)}/${AssociationId}`),
        FileSystemId,
        Lifecycle: "AVAILABLE",
        BatchImportMetaDataOnCreate: false,
        ImportedFileChunkSize: 1024,
        ...pick(
          input,
          "FileSystemPath",
          "DataRepositoryPath",
          "BatchImportMetaDataOnCreate",
          "ImportedFileChunkSize",
          "S3",
        ),
        CreationTime: Date.now() / 1000,
      };
      associations.in(context.region).set(AssociationId, association);
      tags.addList(association.ResourceARN, listAt(input, "Tags"));
      return { Association: describe(association) };
    },
    DescribeDataRepositoryAssociations: (input, { region }) => {
      const ids = textsAt(input, "AssociationIds");
      const chosen = ids.length > 0 ? ids.map((id) => at(region, id)) : [...associations.in(region).values()];
      return { Associations: chosen.map(describe) };
    },
    UpdateDataRepositoryAssociation: (input, { region }) => {
      const association = at(region, input.AssociationId);
      Object.assign(association, pick(input, "ImportedFileChunkSize", "S3"));
      return { Association: describe(association) };
    },
    DeleteDataRepositoryAssociation: (input, context) => {
      const { AssociationId, ResourceARN } = at(context.region, input.AssociationId);
      associations.in(context.region).delete(String(AssociationId));
      tags.drop(String(ResourceARN));
      if (context.isTerraform) {
        at(context.region, AssociationId);
      }
      return {
        AssociationId,
        Lifecycle: "DELETING",
        DeleteDataInFileSystem: input.DeleteDataInFileSystem ?? false,
      };
    },
  };
}
