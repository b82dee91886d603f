import { installClient, type NodeSettings, proxyLines } from "./user-data";

/** What else than packages, Slurm, MPI and the agent an image holds, in the order that it is installed. */
export const imageContents = ["lustre", "efs", "nvidia", "directory"] as const;
export type ImageContent = (typeof imageContents)[number];

/** What the machine that builds a ready image is told: the settings of nodes that decide what is installed. */
export interface ImageSettings extends Pick<
  NodeSettings,
  | "region"
  | "bucket"
  | "prefix"
  | "slurmVersion"
  | "efaInstallerVersion"
  | "efa"
  | "openMpi"
  | "proxy"
  | "mirror"
> {
  readonly contents: readonly ImageContent[];
}

/**
 * What makes a ready image of a stock one: the same boot script as of nodes, which installs and leaves nothing of the
 * cluster's behind.
 */
export function renderImageBuild({ contents, ...settings }: ImageSettings): string[] {
  const told = { ...settings, role: "image", imageHolds: contents.join(" ") };
  return [
    "set -eu",
    "mkdir -p /etc/meridian /opt/meridian",
    `echo ${Buffer.from(JSON.stringify(told)).toString("base64")} | base64 -d > /etc/meridian/node.json`,
    `export AWS_DEFAULT_REGION=${settings.region}`,
    ...proxyLines(settings.proxy),
    ...installClient,
    `aws s3 cp --quiet s3://${settings.bucket}/${settings.prefix}/nodes/bootstrap.sh /opt/meridian/bootstrap.sh`,
    "bash /opt/meridian/bootstrap.sh image",
  ];
}

/** What tries the image on a machine that was started from it. */
export function renderImageTest({ region, bucket, prefix, proxy }: ImageSettings): string[] {
  return [
    "set -eu",
    `export AWS_DEFAULT_REGION=${region}`,
    ...proxyLines(proxy),
    `aws s3 cp --quiet s3://${bucket}/${prefix}/nodes/image-test.sh /run/image-test.sh`,
    "bash /run/image-test.sh",
  ];
}
