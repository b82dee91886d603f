import type { EfsMount, LustreMount, Mount } from "../storage/mounts";
import { efaInstallerVersion, efaKeyFingerprint } from "../machines/user-data";

/** What a Batch machine does when it boots. */
export interface BatchMachineProps {
  /** The region's code. */
  readonly region: string;
  /** The storage that it mounts. */
  readonly mounts: readonly Mount[];
  /** Whether jobs use EFA. */
  readonly efa: boolean;
}

const boundary = "MERIDIAN-PART";

/**
 * User data of a Batch machine, which runs before the agent that takes jobs starts: Batch merges its
 * own part into ours, so ours is MIME. It has no double quotes, which Terraform's encoding does not
 * take.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/efa.html
 */
export function batchMachineUserData({ region, mounts, efa }: BatchMachineProps): string {
  return [
    "MIME-Version: 1.0",
    `Content-Type: multipart/mixed; boundary=${boundary}`,
    "",
    `--${boundary}`,
    "Content-Type: text/x-shellscript; charset=us-ascii",
    "",
    "#!/bin/bash",
    "set -eu",
    ...(efa ? efaCommands : []),
    ...mounts.flatMap((mount) => mountCommands(mount, region)),
    "",
    `--${boundary}--`,
    "",
  ].join("\n");
}

/** Batch's own image has no EFA driver, and a job that asks for its devices does not start without them. */
const efaCommands: readonly string[] = [
  `efa=https://efa-installer.amazonaws.com; keys=$(mktemp -d); installer=aws-efa-installer-${efaInstallerVersion}.tar.gz`,
  "for file in $installer $installer.sig aws-efa-installer.key; do curl -sSf $efa/$file -o $keys/$file; done",
  "gpg --homedir $keys --batch --quiet --import $keys/aws-efa-installer.key",
  `gpg --homedir $keys --batch --status-fd 1 --verify $keys/$installer.sig $keys/$installer | grep -q 'VALIDSIG .* ${efaKeyFingerprint}$'`,
  "tar xzf $keys/$installer -C /tmp",
  "(cd /tmp/aws-efa-installer && ./efa_installer.sh -y)",
  "sysctl -w kernel.yama.ptrace_scope=0 || true",
];

/** Whether the Lustre name of a file system is known to FSx only. */
export function isNamedByFsx(mount: Mount): mount is LustreMount {
  return mount.type === "lustre" && mount.mountName === undefined;
}

function mountCommands(mount: Mount, region: string): string[] {
  const make = `mkdir -p ${mount.directory}`;
  switch (mount.type) {
    case "lustre":
      return [
        "command -v mount.lustre || dnf install -qy lustre-client || amazon-linux-extras install -y lustre",
        ...(isNamedByFsx(mount) ? nameCommands(mount, region) : []),
        make,
        `mount -t lustre -o relatime,flock ${mount.dnsName}@tcp:/${mount.mountName ?? "$name"} ${mount.directory}`,
      ];
    case "efs":
      return mount.tls
        ? [
            "command -v mount.efs || dnf install -qy amazon-efs-utils || yum install -qy amazon-efs-utils",
            make,
            `mount -t efs -o ${tlsOptions(mount)} ${mount.fileSystemId}:/ ${mount.directory}`,
          ]
        : [
            make,
            `mount -t nfs4 -o nfsvers=4.1,hard,timeo=600,retrans=2,noresvport ${mount.dnsName}:/ ${mount.directory}`,
          ];
    default:
      return [];
  }
}

function nameCommands({ fileSystemId }: LustreMount, region: string): string[] {
  return [
    "command -v aws || dnf install -qy awscli-2 || yum install -qy awscli",
    `name=$(aws fsx describe-file-systems --region ${region} --file-system-ids ${fileSystemId} --query FileSystems[0].LustreConfiguration.MountName --output text)`,
  ];
}

function tlsOptions({ iam, accessPointId }: EfsMount): string {
  return [
    "tls",
    ...(iam ? ["iam"] : []),
    ...(accessPointId === undefined ? [] : [`accesspoint=${accessPointId}`]),
  ].join(",");
}
