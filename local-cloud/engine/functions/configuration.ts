import { randomUUID } from "node:crypto";
import { ServiceError } from "../../answer";
import { listAt, objectAt, omit, pick, scalar, textsAt, type JsonObject } from "../../toolkit";
import type { Code, Configuration, Version } from "./function";
import { arnOf } from "./store";

/** Names that a function's own variables may not have; see configuration-envvars.html. */
const reserved = new Set([
  ..."_HANDLER _X_AMZN_TRACE_ID AWS_DEFAULT_REGION AWS_REGION AWS_EXECUTION_ENV".split(" "),
  ..."AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_VERSION".split(" "),
  ..."AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME".split(" "),
  ..."AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN".split(" "),
  ..."AWS_LAMBDA_RUNTIME_API LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR".split(" "),
]);

/** Most bytes of all variables. */
const variablesLimit = 4_096;

/** Fields that a caller sets and that come back as they were put. */
const settable = [
  ..."Role Handler Description Timeout MemorySize Runtime KMSKeyArn DeadLetterConfig FileSystemConfigs".split(
    " ",
  ),
];

/**
 * Everything that is wrong with a configuration, in Lambda's own words.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
export function checkConfiguration(input: JsonObject): void {
  const problems = [
    ...outside(input, "Timeout", 1, 900),
    ...outside(input, "MemorySize", 128, 10_240),
    ...outside(objectAt(input, "EphemeralStorage"), "Size", 512, 10_240),
  ];
  if (problems.length > 0) {
    const count = `${problems.length} validation error${problems.length === 1 ? "" : "s"} detected`;
    throw new ServiceError("ValidationException", `${count}: ${problems.join("; ")}`);
  }
  const variables = objectAt(objectAt(input, "Environment"), "Variables");
  const taken = Object.keys(variables).filter((name) => reserved.has(name));
  if (taken.length > 0) {
    throw invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${taken.join(", ")}`,
    );
  }
  if (JSON.stringify(variables).length > variablesLimit) {
    throw invalid(
      "Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.",
    );
  }
}

function outside(input: JsonObject, name: string, least: number, most: number): string[] {
  const value = input[name];
  if (value === undefined || (Number(value) >= least && Number(value) <= most)) {
    return [];
  }
  const bound = Number(value) < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  const at = name.charAt(0).toLowerCase() + name.slice(1);
  return [
    `Value '${scalar(value)}' at '${at}' failed to satisfy constraint: Member must have value ${bound}`,
  ];
}

/** The first version of a function. */
export function newVersion(
  region: string,
  name: string,
  input: JsonObject,
  code: Code | undefined,
  now: Date,
): Version {
  const base: JsonObject = {
    FunctionName: name,
    FunctionArn: arnOf(region, name),
    Version: "$LATEST",
    PackageType: scalar(input.PackageType, "Zip"),
    Description: "",
    Timeout: 3,
    MemorySize: 128,
    Architectures: ["x86_64"],
    TracingConfig: { Mode: "PassThrough" },
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${name}` },
    State: "Active",
    LastUpdateStatus: "Successful",
  };
  const first = { configuration: base as Configuration, code };
  return changed(first, input, code, now);
}

/** A version after a change of its configuration, its code or both. */
export function changed(
  { configuration }: Version,
  input: JsonObject,
  code: Code | undefined,
  now: Date,
): Version {
  const next: JsonObject = {
    ...configuration,
    ...pick(input, ...settable, "Architectures", "TracingConfig", "EphemeralStorage", "Environment"),
    ...derived(input, configuration.FunctionName),
    CodeSha256: code?.sha256 ?? configuration.CodeSha256 ?? "",
    CodeSize: code?.zip.length ?? configuration.CodeSize ?? 0,
    LastModified: now.toISOString().replace("Z", "+0000"),
    RevisionId: randomUUID(),
  };
  return { configuration: withoutEmpty(next) as Configuration, code };
}

/** Settings that come back in another shape than they were put in. */
function derived(input: JsonObject, name: string): JsonObject {
  const shapes: Readonly<Record<string, () => JsonObject>> = {
    LoggingConfig: () => ({ LoggingConfig: logging(objectAt(input, "LoggingConfig"), name) }),
    SnapStart: () => ({ SnapStart: { ...objectAt(input, "SnapStart"), OptimizationStatus: "Off" } }),
    ImageConfig: () => ({ ImageConfigResponse: { ImageConfig: input.ImageConfig } }),
    VpcConfig: () => ({ VpcConfig: network(objectAt(input, "VpcConfig")) }),
    Layers: () => ({ Layers: textsAt(input, "Layers").map((Arn) => ({ Arn, CodeSize: 0 })) }),
  };
  const given = Object.entries(shapes).filter(([field]) => input[field] !== undefined);
  return Object.assign({}, ...given.map(([, shape]) => shape())) as JsonObject;
}

function logging(given: JsonObject, name: string): JsonObject {
  const LogFormat = scalar(given.LogFormat, "Text");
  const levels = LogFormat === "JSON" ? { ApplicationLogLevel: "INFO", SystemLogLevel: "INFO" } : {};
  return { LogGroup: `/aws/lambda/${name}`, ...levels, ...given, LogFormat };
}

function network(given: JsonObject): JsonObject | undefined {
  return textsAt(given, "SubnetIds").length === 0
    ? undefined
    : { VpcId: "vpc-00000000", Ipv6AllowedForDualStack: false, ...given };
}

/** What was set to nothing does not come back. */
function withoutEmpty(configuration: JsonObject): JsonObject {
  const empty = Object.entries({
    Environment: Object.keys(objectAt(objectAt(configuration, "Environment"), "Variables")).length === 0,
    DeadLetterConfig: scalar(objectAt(configuration, "DeadLetterConfig").TargetArn) === "",
    FileSystemConfigs: listAt(configuration, "FileSystemConfigs").length === 0,
    KMSKeyArn: scalar(configuration.KMSKeyArn) === "",
    VpcConfig: configuration.VpcConfig === undefined,
  });
  return omit(configuration, ...empty.filter(([, isEmpty]) => isEmpty).map(([name]) => name));
}

/** A value that the service refuses. */
export function invalid(message: string): ServiceError {
  return new ServiceError("InvalidParameterValueException", message);
}
