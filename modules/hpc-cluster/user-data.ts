import type { CustomActionConfiguration } from "./cluster-keys";

/** What a node is told about itself and its cluster: `/etc/meridian/node.json`. */
export interface NodeSettings {
  readonly role: "head" | "compute" | "login";
  readonly cluster: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly hostName?: string;
  readonly headAddress?: string;
  readonly slurmVersion: string;
  readonly efaInstallerVersion: string;
  readonly efa: boolean;
  readonly ephemeralDirectory: string;
  readonly sharedHome: boolean;
  readonly sudo: boolean;
  readonly securedImds: boolean;
  readonly ec2HostNames: boolean;
  /** Whether the operating system turns off the second thread of each core; EC2 does, but not of `metal` types. */
  readonly threadsOff?: boolean;
  /** Whether the node's GPUs are checked before each job. */
  readonly gpuHealthCheck?: boolean;
  /** The Auto Scaling group that waits for a login node. */
  readonly autoScalingGroup?: string;
  readonly proxy?: string;
  readonly mungeKeySecretArn?: string;
  readonly databaseSecretArn?: string;
  /** Where logs go in CloudWatch; logs stay on the node when absent. */
  readonly logGroup?: string;
  readonly logRotation: boolean;
  /** The address of the file that `CustomSlurmSettingsIncludeFile` names. */
  readonly slurmIncludeFile?: string;
  readonly customActions: Readonly<Record<string, readonly ActionSettings[]>>;
}

/** One script to run. */
export interface ActionSettings {
  readonly Script: string;
  readonly Args?: readonly string[];
}

/** Slurm that Amazon Linux nodes build; other systems have their own package. */
export const slurmVersion = "24.05.8";

/** The EFA installer that nodes with EFA run. */
export const efaInstallerVersion = "1.51.0";

/**
 * What cloud-init runs on a node: it writes the node's settings, installs the AWS client where the
 * image lacks it, fetches the bootstrap script from the cluster's bucket and runs it. All else is in
 * the bucket, so that user data stays far below EC2's 16 KB and changes rarely.
 *
 * The settings are encoded here, because Terraform's own encoding takes no double quotes; the head
 * node's address is known to Terraform only and stands beside them.
 */
export function renderUserData({ headAddress, ...settings }: NodeSettings): string {
  const encoded = Buffer.from(JSON.stringify(settings)).toString("base64");
  const proxy = settings.proxy;
  return [
    "#!/bin/bash",
    "set -eu",
    "mkdir -p /etc/meridian /opt/meridian",
    `echo ${encoded} | base64 -d > /etc/meridian/node.json`,
    ...(headAddress === undefined ? [] : [`echo ${headAddress} > /etc/meridian/head-address`]),
    `export AWS_DEFAULT_REGION=${settings.region}`,
    ...(proxy === undefined
      ? []
      : [`export http_proxy=${proxy} https_proxy=${proxy} no_proxy=169.254.169.254`]),
    "command -v aws >/dev/null || { curl -sf https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m).zip -o /tmp/aws.zip && python3 -m zipfile -e /tmp/aws.zip /tmp && chmod -R a+x /tmp/aws && bash /tmp/aws/install; }",
    // A role that was made just now takes seconds to be known everywhere.
    `for _ in $(seq 30); do ! aws s3 cp --quiet s3://${settings.bucket}/${settings.prefix}/nodes/bootstrap.sh /opt/meridian/bootstrap.sh || break; sleep 10; done`,
    `bash /opt/meridian/bootstrap.sh ${settings.role}`,
    "",
  ].join("\n");
}

/** The scripts of a file's `CustomActions`, by the moment that they run at. */
export function actionsOf(
  actions: Readonly<Record<string, CustomActionConfiguration | undefined>> | undefined,
): Record<string, readonly ActionSettings[]> {
  return Object.fromEntries(
    Object.entries(actions ?? {})
      .filter((entry): entry is [string, CustomActionConfiguration] => entry[1] !== undefined)
      .map(([moment, action]) => [moment, "Sequence" in action ? action.Sequence : [action]]),
  );
}
