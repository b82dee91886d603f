import type { Environment } from "../environment";
import type { Finding } from "../checks/finding";

/** A shell in a task needs a place to write to. */
export function checkExec({ services }: Environment): Finding[] {
  return Object.entries(services)
    .filter(([, { exec, readonlyRootFilesystem }]) => exec && readonlyRootFilesystem)
    .map(([name]) => ({
      property: `services.${name}.readonlyRootFilesystem`,
      expected: "be false where 'exec' is true, since the agent of ECS Exec writes to the container",
      got: true,
      remedy: "set it to false, or remove 'exec'",
    }));
}
