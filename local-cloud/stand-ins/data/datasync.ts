import {
  found,
  jsonService,
  listAt,
  omit,
  pick,
  randomHex,
  required,
  Store,
  tagOperations,
  Tags,
  textAt,
  type Context,
  type JsonObject,
  type JsonOperation,
  type StandIn,
} from "../../toolkit";

const invalid = "InvalidRequestException";

/** What is changed of a task by an update. */
const taskFields = [
  "Name",
  "Options",
  "Schedule",
  "Excludes",
  "Includes",
  "CloudWatchLogGroupArn",
  "TaskReportConfig",
];

/** What AWS says of a task's options where the caller says nothing. */
const taskOptions = {
  VerifyMode: "POINT_IN_TIME_CONSISTENT",
  OverwriteMode: "ALWAYS",
  Atime: "BEST_EFFORT",
  Mtime: "PRESERVE",
  Uid: "INT_VALUE",
  Gid: "INT_VALUE",
  PreserveDeletedFiles: "PRESERVE",
  PreserveDevices: "NONE",
  PosixPermissions: "PRESERVE",
  BytesPerSecond: -1,
  TaskQueueing: "ENABLED",
  LogLevel: "OFF",
  TransferMode: "CHANGED",
  SecurityDescriptorCopyFlags: "NONE",
  ObjectTags: "PRESERVE",
};

/** DataSync: locations in S3 and on NFS servers, and tasks between them. No file is moved. */
export function dataSync(): StandIn {
  const locations = new Store<JsonObject>();
  const tasks = new Store<JsonObject>();
  const tags = new Tags();
  const locationAt = (region: string, arn: unknown) =>
    found(locations.in(region).get(String(arn)), invalid, `Location ${String(arn)} is not found.`);
  const taskAt = (region: string, arn: unknown) =>
    found(tasks.in(region).get(String(arn)), invalid, `Task ${String(arn)} is not found.`);
  const addLocation = (input: JsonObject, uri: string, context: Context) => {
    const LocationArn = context.arn("datasync", `location/loc-${randomHex(17)}`);
    // What the location was made of comes back as its URI alone.
    const fields = omit(input, "Tags", "ServerHostname", "Subdirectory", "S3BucketArn");
    locations.in(context.region).set(LocationArn, {
      ...fields,
      LocationArn,
      LocationUri: uri,
      CreationTime: Date.now() / 1000,
    });
    tags.addList(LocationArn, listAt(input, "Tags"));
    return { LocationArn };
  };
  const describeLocation: JsonOperation = (input, { region }) => locationAt(region, input.LocationArn);
  return jsonService({
    service: "datasync",
    complete: true,
    operations: {
      CreateLocationS3: (input, context) => {
        const { S3BucketArn } = required(input, invalid, "S3BucketArn", "S3Config");
        const path = (textAt(input, "Subdirectory") ?? "/").replace(/^\/?/, "/");
        const uri = `s3://${S3BucketArn.replace(/^.*:/, "")}${path}`;
        return addLocation({ S3StorageClass: "STANDARD", ...input }, uri, context);
      },
      DescribeLocationS3: describeLocation,
      CreateLocationNfs: (input, context) => {
        const { ServerHostname, Subdirectory } = required(
          input,
          invalid,
          "ServerHostname",
          "Subdirectory",
          "OnPremConfig",
        );
        const path = Subdirectory.replace(/\/?$/, "/");
        return addLocation(
          { MountOptions: { Version: "AUTOMATIC" }, ...input },
          `nfs://${ServerHostname}${path}`,
          context,
        );
      },
      DescribeLocationNfs: describeLocation,
      DeleteLocation: (input, { region }) => {
        const { LocationArn } = locationAt(region, input.LocationArn);
        locations.in(region).delete(String(LocationArn));
        tags.drop(String(LocationArn));
      },
      CreateTask: (input, context) => {
        const { region } = context;
        locationAt(region, input.SourceLocationArn);
        locationAt(region, input.DestinationLocationArn);
        const TaskArn = context.arn("datasync", `task/task-${randomHex(17)}`);
        tasks.in(region).set(TaskArn, {
          TaskArn,
          Status: "AVAILABLE",
          TaskMode: "BASIC",
          CreationTime: Date.now() / 1000,
          ...pick(input, "SourceLocationArn", "DestinationLocationArn", ...taskFields),
          Options: { ...taskOptions, ...(input.Options as JsonObject | undefined) },
        });
        tags.addList(TaskArn, listAt(input, "Tags"));
        return { TaskArn };
      },
      DescribeTask: (input, { region }) => taskAt(region, input.TaskArn),
      UpdateTask: (input, { region }) => {
        Object.assign(taskAt(region, input.TaskArn), pick(input, ...taskFields));
      },
      DeleteTask: (input, { region }) => {
        const { TaskArn } = taskAt(region, input.TaskArn);
        tasks.in(region).delete(String(TaskArn));
        tags.drop(String(TaskArn));
      },
      ...tagOperations(tags),
      UntagResource: (input) => {
        tags.remove(String(input.ResourceArn), (input.Keys as string[] | undefined) ?? []);
      },
    },
  });
}
