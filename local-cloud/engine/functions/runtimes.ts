import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { ServiceError } from "../../answer";
import type { Configuration } from "./function";

/** What the machine has to run functions with. */
export interface Machine {
  /** A Python 3, preferably one with boto3 as Lambda's has. */
  readonly python: () => Promise<string>;
  /** URL of the gateway. */
  readonly endpoint: () => string;
  /** An access key that acts as a role, in the name of a function. */
  readonly accessKey: (role: string, session: string) => string;
}

/** A program with its arguments. */
export type Command = readonly [program: string, ...parameters: string[]];

const run = promisify(execFile);

const assets = join(__dirname, "..", "runtimes");

/**
 * What runs a function whose package lies in a folder.
 *
 * @throws ServiceError that names a runtime for which there is nothing on this machine.
 */
export async function commandOf(
  { Runtime = "", PackageType, MemorySize }: Configuration,
  folder: string,
  machine: Machine,
): Promise<Command> {
  if (PackageType === "Zip" && Runtime.startsWith("nodejs")) {
    return [process.execPath, `--max-old-space-size=${MemorySize}`, join(assets, "node.cjs")];
  }
  if (PackageType === "Zip" && Runtime.startsWith("python3")) {
    return [await interpreterOf(await machine.python()), join(assets, "python_runtime.py")];
  }
  const bootstrap = join(folder, "bootstrap");
  if (PackageType === "Zip" && Runtime.startsWith("provided") && existsSync(bootstrap)) {
    return [bootstrap];
  }
  throw new ServiceError(
    "NotImplemented",
    `the local cloud runs no function of ${PackageType === "Image" ? "package type Image" : `runtime ${Runtime}`}; ` +
      "it runs nodejs*, python3* and provided* with a file 'bootstrap'",
  );
}

/** The interpreter itself, where the name on the PATH is a script that finds it by the user's environment. */
async function interpreterOf(python: string): Promise<string> {
  const { stdout } = await run(python, ["-c", "import sys; print(sys.executable)"]);
  return stdout.trim();
}

/**
 * The whole environment of a function: nothing of the gateway's own gets in.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function environmentOf(
  {
    FunctionName,
    Version,
    Handler = "",
    MemorySize,
    Role,
    Environment,
    Runtime = "",
    LoggingConfig,
  }: Configuration,
  place: {
    readonly folder: string;
    readonly temporary: string;
    readonly region: string;
    readonly logStream: string;
  },
  machine: Machine,
  runtimeApi: string,
): Record<string, string> {
  const key = machine.accessKey(Role.slice(Role.lastIndexOf("/") + 1), FunctionName);
  return {
    PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    TMPDIR: place.temporary,
    LAMBDA_TASK_ROOT: place.folder,
    LAMBDA_RUNTIME_DIR: assets,
    PYTHONUNBUFFERED: "1",
    PYTHONDONTWRITEBYTECODE: "1",
    ...Environment?.Variables,
    _HANDLER: Handler,
    AWS_REGION: place.region,
    AWS_DEFAULT_REGION: place.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: FunctionName,
    AWS_LAMBDA_FUNCTION_VERSION: Version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: LoggingConfig.LogGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: place.logStream,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_SESSION_TOKEN: "testing",
    AWS_ENDPOINT_URL: machine.endpoint(),
    // Without these an SDK would find the user's own settings by the home directory.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
