/** Small cluster files for tests: a valid one, and places where a test puts lines of its own. */

/** Lines that a test adds to {@link slurmFile}. Indentation is relative to the place. */
export interface SlurmLines {
  /** Under `HeadNode`. */
  readonly head?: string;
  /** Under `HeadNode.Networking`. */
  readonly headNetworking?: string;
  /** Under `Scheduling.SlurmSettings`. */
  readonly settings?: string;
  /** Under the queue. */
  readonly queue?: string;
  /** Under the queue's `Networking`. */
  readonly networking?: string;
  /** Under the compute resource, which then has no `InstanceType` of its own when it names one. */
  readonly resource?: string;
  /** At the end of the file. */
  readonly rest?: string;
}

/** A valid Slurm file with one queue `q1` and one compute resource `cr1`. */
export function slurmFile(lines: SlurmLines = {}): string {
  const typed = /^(InstanceType|Instances):/m.test(lines.resource ?? "");
  return [
    "Image:",
    "  Os: alinux2023",
    "HeadNode:",
    "  InstanceType: c5.xlarge",
    "  Networking:",
    "    SubnetId: subnet-11111111111111111",
    ...indented(4, lines.headNetworking),
    "  Ssh:",
    "    KeyName: hpc",
    "    AllowedIps: 10.0.0.0/8",
    ...indented(2, lines.head),
    "Scheduling:",
    "  Scheduler: slurm",
    ...(lines.settings === undefined ? [] : ["  SlurmSettings:", ...indented(4, lines.settings)]),
    "  SlurmQueues:",
    "    - Name: q1",
    ...indented(6, lines.queue),
    "      Networking:",
    ...(/^SubnetIds:/m.test(lines.networking ?? "") ? [] : ["        SubnetIds: [subnet-22222222222222222]"]),
    ...indented(8, lines.networking),
    "      ComputeResources:",
    "        - Name: cr1",
    ...(typed ? [] : ["          InstanceType: c5.large"]),
    ...indented(10, lines.resource),
    ...indented(0, lines.rest),
    "",
  ].join("\n");
}

/** A valid Batch file with one queue `b1`. */
export function batchFile(
  lines: { queue?: string; resource?: string; settings?: string; rest?: string } = {},
): string {
  return [
    "Image:",
    "  Os: alinux2023",
    "Scheduling:",
    "  Scheduler: awsbatch",
    ...(lines.settings === undefined ? [] : ["  AwsBatchSettings:", ...indented(4, lines.settings)]),
    "  AwsBatchQueues:",
    "    - Name: b1",
    ...indented(6, lines.queue),
    ...(/^Networking:/m.test(lines.queue ?? "")
      ? []
      : ["      Networking:", "        SubnetIds: [subnet-22222222222222222]"]),
    "      ComputeResources:",
    "        - Name: cr1",
    ...(/^InstanceTypes:/m.test(lines.resource ?? "") ? [] : ["          InstanceTypes: [c5.large]"]),
    ...indented(10, lines.resource),
    ...indented(0, lines.rest),
    "",
  ].join("\n");
}

function indented(spaces: number, lines: string | undefined): string[] {
  return lines === undefined ? [] : lines.split("\n").map((line) => " ".repeat(spaces) + line);
}
