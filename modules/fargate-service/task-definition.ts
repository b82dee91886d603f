import { literalText } from "../../core";

/** Name of the container that the load balancer talks to. */
export const mainContainerName = "app";

/** A container that runs beside the service's own in each task. */
export interface Sidecar {
  /** Name, unique in the task; `app` is taken. */
  readonly name: string;
  /** Its image: registry, repository and tag or digest. */
  readonly image: string;
  /**
   * What it runs instead of the image's command.
   *
   * @default - the image's command
   */
  readonly command?: readonly string[];
  /**
   * CPU units kept for it.
   *
   * @default - it shares the task's
   */
  readonly cpu?: number;
  /**
   * Memory that it may use; it is killed above.
   *
   * @default - it shares the task's
   */
  readonly memoryMiB?: number;
  /**
   * Whether the task stops when it does.
   *
   * @default true
   */
  readonly essential?: boolean;
  /**
   * Environment variables.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Secrets by the variable that it sees, written as those of the service.
   *
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Port that it listens on, for the other containers of the task.
   *
   * @default - none
   */
  readonly port?: number;
}

/** What the containers of a task are made of. */
export interface ContainerPlan {
  readonly image: string;
  readonly containerPort: number;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What to inject, by variable, as ECS calls it. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What to inject into sidecars, by their names and by variable, as ECS calls it. */
  readonly sidecarSecrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly sidecars: readonly Sidecar[];
  readonly readonlyRootFilesystem: boolean;
  /** Directories that stay writable. */
  readonly scratchPaths: readonly string[];
  readonly stopTimeoutSeconds: number;
  readonly logGroupName: string;
  readonly region: string;
}

/** The volume behind a scratch directory: `scratch-tmp` for `/tmp`. */
export function scratchVolumeName(path: string): string {
  return `scratch${path.replace(/[^A-Za-z0-9]+/g, "-")}`;
}

/**
 * The container definitions of a task as ECS reads them.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definitions
 */
export function containerDefinitions(plan: ContainerPlan): object[] {
  const main = {
    ...common(plan, mainContainerName, plan.environment),
    image: plan.image,
    command: plan.command?.map(literalText),
    essential: true,
    portMappings: [portMapping(plan.containerPort)],
    secrets: secretsOf(plan.secrets),
  };
  const sidecars = plan.sidecars.map((sidecar) => ({
    ...common(plan, sidecar.name, sidecar.environment ?? {}),
    image: sidecar.image,
    command: sidecar.command?.map(literalText),
    cpu: sidecar.cpu ?? 0,
    memory: sidecar.memoryMiB,
    essential: sidecar.essential ?? true,
    portMappings: sidecar.port === undefined ? [] : [portMapping(sidecar.port)],
    secrets: sidecar.secrets && secretsOf(plan.sidecarSecrets[sidecar.name] ?? {}),
  }));
  return [main, ...sidecars];
}

/** What all containers of a task have in common. */
function common(plan: ContainerPlan, name: string, environment: Readonly<Record<string, string>>): object {
  return {
    name,
    environment: sorted(environment).map(([key, value]) => ({ name: key, value: literalText(value) })),
    readonlyRootFilesystem: plan.readonlyRootFilesystem,
    mountPoints: plan.scratchPaths.map((containerPath) => ({
      sourceVolume: scratchVolumeName(containerPath),
      containerPath,
      readOnly: false,
    })),
    // Reaps the children that the application leaves behind and passes signals on.
    linuxParameters: { initProcessEnabled: true },
    stopTimeout: plan.stopTimeoutSeconds,
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": plan.logGroupName,
        "awslogs-region": plan.region,
        "awslogs-stream-prefix": name,
        // An application that logs more than CloudWatch takes loses lines instead of standing still.
        mode: "non-blocking",
        "max-buffer-size": "25m",
      },
    },
  };
}

function secretsOf(secrets: Readonly<Record<string, string>>): object[] {
  return sorted(secrets).map(([name, valueFrom]) => ({ name, valueFrom }));
}

function portMapping(port: number): object {
  return { containerPort: port, hostPort: port, protocol: "tcp" };
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
}
