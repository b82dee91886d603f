import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import type { TerraformPlanJson } from "../../analysis/plan";
import { explain } from "../base/diagnose";
import { CommandError, quoted } from "../base/errors";
import { ensurePrivateDirectory, type Workspace, writePrivateFile } from "../base/workspace";
import type { Stack } from "../stacks/manifest";
import type { TerraformBinary } from "./binary";
import { type ChangeCounts, type Diagnostic, EventCollector, formatDiagnostic, humanLine } from "./events";
import { errorsIn, explainEnd } from "./last-words";
import { namedId } from "./lost-resources";
import type { ProcessResult, RunProcess } from "./process";
import { ProviderLock } from "./provider-lock";
import { RunningTerraforms } from "./running";
import {
  type ApplyOptions,
  type InitOptions,
  type OnEvent,
  type PlanOptions,
  type PlanOutcome,
  type Terraform,
  TerraformError,
} from "./terraform";

/** What {@link TerraformCommand} needs. */
export interface TerraformSettings {
  /** The environment's name. */
  readonly environment: string;
  readonly workspace: Workspace;
  readonly binary: TerraformBinary;
  readonly run: RunProcess;
  /** The user's variables, with those of the environment's AWS on top. */
  readonly variables: NodeJS.ProcessEnv;
  /** The CLI configuration file. */
  readonly configurationFile: string;
  /** Where logs of this run go. */
  readonly runDirectory: string;
}

/** Runs the real program. */
export class TerraformCommand implements Terraform {
  public readonly binary: TerraformBinary;
  private readonly lock: ProviderLock;
  private readonly running: RunningTerraforms;
  private installing: Promise<unknown> = Promise.resolve();

  public constructor(private readonly settings: TerraformSettings) {
    this.binary = settings.binary;
    this.lock = new ProviderLock(settings.workspace);
    this.running = new RunningTerraforms(settings.workspace);
  }

  public async init(stack: Stack, { backend = "configured" }: InitOptions = {}): Promise<void> {
    const stamp = this.stampFile(stack);
    const found = existsSync(stamp) ? readFileSync(stamp, "utf8").split("\n") : [];
    if (found.includes(this.stampOf(stack, backend)) && backend !== "migrate") {
      return;
    }
    const args = ["init", "-input=false", "-no-color", ...initFlags[backend]];
    if (this.lock.covers(stack)) {
      await this.install(stack, args);
    } else {
      // The plugin cache is not safe while several inits fill it.
      const turn = this.installing.then(() => this.install(stack, args));
      this.installing = turn.catch(() => undefined);
      await turn;
    }
    // Of the lock file that `init` left, which may not have been there before.
    const kinds = new Set<InitOptions["backend"]>(["none", backend]);
    writePrivateFile(stamp, [...kinds].map((kind) => this.stampOf(stack, kind)).join("\n"));
  }

  public async validate(stack: Stack): Promise<Diagnostic[]> {
    const result = await this.start(stack, "validate", ["validate", "-json", "-no-color"]);
    try {
      return (JSON.parse(result.output) as { diagnostics: Diagnostic[] }).diagnostics;
    } catch {
      throw this.failure(stack, "validate", result);
    }
  }

  public async plan(stack: Stack, options: PlanOptions, onEvent?: OnEvent): Promise<PlanOutcome> {
    const args = ["plan", "-json", "-input=false", "-detailed-exitcode", `-out=${options.file}`];
    args.push(options.lock === false ? "-lock=false" : `-lock-timeout=${options.lockTimeout}`);
    args.push(...(options.destroy === true ? ["-destroy"] : []));
    args.push(...(options.targets ?? []).map((address) => `-target=${address}`));
    const events = new EventCollector();
    rmSync(options.file, { force: true });
    const result = await this.start(stack, "plan", args, events, onEvent);
    if (result.exitCode !== 0 && result.exitCode !== 2) {
      throw this.failure(stack, "plan", result, events);
    }
    return {
      hasChanges: result.exitCode === 2,
      counts: events.counts,
      changes: events.changes,
      warnings: events.diagnostics.filter(({ severity }) => severity === "warning"),
    };
  }

  public async apply(
    stack: Stack,
    file: string,
    { lockTimeout }: ApplyOptions,
    onEvent?: OnEvent,
  ): Promise<ChangeCounts> {
    const events = new EventCollector();
    const args = ["apply", "-json", "-input=false", `-lock-timeout=${lockTimeout}`, file];
    const result = await this.start(stack, "apply", args, events, onEvent);
    if (result.exitCode !== 0) {
      throw this.failure(stack, "apply", result, events);
    }
    return events.counts;
  }

  public async show(stack: Stack, file: string): Promise<TerraformPlanJson> {
    try {
      const { stdout } = await execute(this.binary.command, ["show", "-json", "-no-color", file], {
        cwd: stack.directory,
        env: terraformVariables(this.settings, stack.name),
        maxBuffer: 1024 ** 3,
      });
      return JSON.parse(stdout) as TerraformPlanJson;
    } catch {
      throw new CommandError(`The plan ${file} of ${stack.name} cannot be read.`, "Plan it again.");
    }
  }

  public async forgetResource(stack: Stack, address: string): Promise<void> {
    await this.succeed(stack, "state-rm", ["state", "rm", "-no-color", address]);
  }

  public async pushState(stack: Stack, file: string): Promise<void> {
    await this.succeed(stack, "state-push", ["state", "push", "-no-color", file]);
  }

  private async succeed(stack: Stack, operation: string, args: readonly string[]): Promise<void> {
    const result = await this.start(stack, operation, args);
    if (result.exitCode !== 0) {
      throw this.failure(stack, operation, result);
    }
  }

  private async install(stack: Stack, args: readonly string[]): Promise<void> {
    this.lock.seed(stack);
    let result = await this.start(stack, "init", args);
    const kind = explain(`${result.output}\n${result.errors}`)?.kind ?? "";
    if (result.exitCode !== 0 && kind.startsWith("lock-file-") && !this.lock.isCommitted) {
      this.lock.clear();
      this.lock.seed(stack);
      result = await this.start(stack, "init", [...args, "-upgrade"]);
    }
    if (result.exitCode !== 0) {
      throw this.failure(stack, "init", result);
    }
    this.lock.merge(stack);
  }

  private async start(
    stack: Stack,
    operation: string,
    args: readonly string[],
    events?: EventCollector,
    onEvent?: OnEvent,
  ): Promise<ProcessResult> {
    const isJson = events !== undefined;
    const result = await this.settings.run({
      command: this.binary.command,
      args,
      directory: stack.directory,
      variables: terraformVariables(this.settings, stack.name),
      log: this.logOf(stack, operation),
      humanLine: isJson ? humanLine : undefined,
      onLine: (line) => {
        const event = events?.add(line);
        if (event !== undefined && events !== undefined) {
          onEvent?.(event, events);
        }
      },
      onStart: (started) => {
        if (usesState.has(operation)) {
          const startedAt = new Date().toISOString();
          this.running.note({ ...started, stack: stack.name, operation, startedAt });
        }
      },
    });
    // One that was cut off may have left its lock behind: the next run asks whose that is.
    if (result.signal === undefined && result.wasHurried !== true) {
      this.running.forget(stack.name);
    }
    return result;
  }

  private failure(
    stack: Stack,
    operation: string,
    result: ProcessResult,
    events = new EventCollector(),
  ): TerraformError {
    // What a failed run says may be the fault of its preparation: the next one prepares again.
    rmSync(this.stampFile(stack), { force: true });
    const errors = events.diagnostics.filter(({ severity }) => severity === "error");
    const said =
      errors.length > 0
        ? errors.map((diagnostic) => formatDiagnostic(diagnostic, stack.configuration)).join("\n")
        : errorsIn(`${result.output}\n${result.errors}`);
    const { signal } = result;
    const known = explainEnd(result, operation, said, this.settings.runDirectory);
    const fallback = said === "" ? `terraform ${operation} ended with exit code ${result.exitCode}.` : said;
    const resources =
      events.failed.length > 0 ? events.failed : errors.flatMap(({ address }) => address ?? []);
    return new TerraformError(
      known === undefined ? fallback : `${known.message}\n${said}`.trimEnd(),
      known === undefined ? undefined : this.asPrinted(known.remedy, stack, resources),
      this.logOf(stack, operation),
      known?.kind,
      [...new Set(resources)],
      operation === "apply" ? events.applied : undefined,
      signal,
      errors.length > 0 &&
        errors.every((diagnostic) => explain(formatDiagnostic(diagnostic))?.isPassing === true),
    );
  }

  /** A remedy that can be copied: with the stack, its environment, and how Terraform is run on it by hand. */
  private asPrinted(remedy: string, stack: Stack, [address]: readonly string[]): string {
    const { environment, workspace, binary } = this.settings;
    const id = address === undefined ? undefined : namedId(address, stack.configuration);
    return remedy
      .replaceAll("<address>", address === undefined ? "<address>" : quoted(address))
      .replaceAll("<id>", id === undefined ? "<id>" : quoted(id))
      .replaceAll("<env>", environment)
      .replaceAll("<stack>", stack.name)
      .replaceAll("<terraform>", terraformByHand(workspace, binary.command, stack));
  }

  private stampFile(stack: Stack): string {
    return join(this.settings.workspace.data(stack.name), "meridian-init");
  }

  private logOf(stack: Stack, operation: string): string {
    return join(this.settings.runDirectory, stack.name, `${operation}.log`);
  }

  /** What an `init` depends on: while it stays the same, the last one still holds. */
  private stampOf(stack: Stack, backend: InitOptions["backend"]): string {
    const override = join(stack.directory, "backend_override.tf.json");
    const lockFile = join(stack.directory, ".terraform.lock.hcl");
    const parts = [
      backend === "none" ? "none" : "backend",
      this.binary.command,
      this.binary.version,
      stack.directory,
      JSON.stringify(stack.configuration.terraform),
      JSON.stringify((stack.configuration as Record<string, unknown>).module ?? null),
      backend !== "none" && existsSync(override) ? readFileSync(override, "utf8") : "",
      existsSync(lockFile) ? readFileSync(lockFile, "utf8") : "",
      readFileSync(this.settings.configurationFile, "utf8"),
    ];
    return createHash("sha256").update(parts.join("\0")).digest("hex");
  }
}

const execute = promisify(execFile);

/** What holds the lock of a state, and so must be found when the run that started it was killed. */
const usesState: ReadonlySet<string> = new Set(["plan", "apply", "init", "state-rm", "state-push"]);

/** How a person runs Terraform on a stack as the runner does, up to the command. */
export function terraformByHand(workspace: Workspace, command: string, stack: Stack): string {
  const settings = [
    `TF_DATA_DIR=${quoted(workspace.data(stack.name))}`,
    ...(existsSync(workspace.terraformConfiguration)
      ? [`TF_CLI_CONFIG_FILE=${quoted(workspace.terraformConfiguration)}`]
      : []),
  ];
  return `${settings.join(" ")} ${quoted(command)} -chdir=${quoted(stack.directory)}`;
}

const initFlags = {
  none: ["-backend=false"],
  configured: [],
  reconfigure: ["-reconfigure"],
  migrate: ["-migrate-state", "-force-copy"],
} as const;

/**
 * The variables that Terraform is started with. What would change the meaning of a stack from
 * outside (`TF_VAR_*`, `TF_CLI_ARGS*`, `TF_WORKSPACE`) is left out.
 */
export function terraformVariables(settings: TerraformSettings, stack: string): NodeJS.ProcessEnv {
  const kept = Object.entries(settings.variables).filter(
    ([name]) => !/^TF_(?:VAR_|CLI_ARGS|WORKSPACE$|DATA_DIR$|INPUT$)/.test(name),
  );
  return {
    TF_PLUGIN_CACHE_DIR: ensurePrivateDirectory(settings.workspace.pluginCache),
    ...Object.fromEntries(kept),
    TF_DATA_DIR: ensurePrivateDirectory(settings.workspace.data(stack)),
    TF_CLI_CONFIG_FILE: settings.configurationFile,
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
    NO_COLOR: "1",
  };
}
