import type { CustomActionConfiguration } from "../file/cluster-keys";

/** What a node is told about itself and its cluster: `/etc/meridian/node.json`. */
export interface NodeSettings {
  readonly role: "head" | "compute" | "login";
  readonly cluster: string;
  readonly region: string;
  /** The table in which the head node says how its boot ended. */
  readonly table: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly hostName?: string;
  readonly headAddress?: string;
  readonly slurmVersion: string;
  readonly efaInstallerVersion: string;
  /** Whether the node has EFA interfaces. */
  readonly efa: boolean;
  /** Whose Open MPI all nodes of the cluster have. */
  readonly openMpi: "efa" | "distribution";
  readonly ephemeralDirectory: string;
  readonly sharedHome: boolean;
  readonly sudo: boolean;
  readonly securedImds: boolean;
  readonly ec2HostNames: boolean;
  /** Whether the operating system turns off the second thread of each core; EC2 does, but not of `metal` types. */
  readonly threadsOff?: boolean;
  /** Whether the node's GPUs are checked before each job. */
  readonly gpuHealthCheck?: boolean;
  /** Whether the cluster has login nodes, which take their host keys from the head node. */
  readonly loginNodes?: boolean;
  /** The Auto Scaling group that waits for a login node. */
  readonly autoScalingGroup?: string;
  readonly proxy?: string;
  /** The bucket that has copies of what nodes download. */
  readonly mirror?: string;
  readonly mungeKeySecretArn?: string;
  readonly databaseSecretArn?: string;
  /** Whether the node joins the cluster's directory. */
  readonly directory?: boolean;
  /** The secret, or the parameter, that holds the password of the directory's user; the head node's only. */
  readonly directoryPasswordArn?: string;
  /** Whether users of the directory get a key at their first login. */
  readonly directorySshKeys?: boolean;
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

/** Slurm that Amazon Linux nodes build; other systems have their own package. Its checksum is in the boot script. */
export const slurmVersion = "24.05.8";

/** The EFA installer, which brings the Open MPI of clusters with EFA. */
export const efaInstallerVersion = "1.51.0";

/**
 * The key that AWS signs it with; the boot script has it too.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html
 */
export const efaKeyFingerprint = "4E9091BCBB97A96B26B15E59A05480B1DD2D3CCC";

/** The AWS client that nodes install whose image has none. */
export const awsClientVersion = "2.36.40";

/**
 * The public key that AWS signs its client with, FB5D B77F D5C1 18B8 0511 ADA8 A631 0ACC 4672 475C.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html
 */
export const awsClientKey = [
  "mQINBF2Cr7UBEADJZHcgusOJl7ENSyumXh85z0TRV0xJorM2B/JL0kHOyigQluUGZMLhENaG0bYatdrKP+3H91lvK050pXwnO/R7",
  "fB/FSTouki4ciIx5OuLlnJZIxSzxPqGl0mkxImLNbGWoi6Lto0LYxqHN2iQtzlwTVmq9733zd3XfcXrZ3+LblHAgEt5GTfNxEKJ8",
  "soPLyWmwDH6HWCnjZ/aIQRBTIQ05uVeEoYxSh6wOai7ss/KveoSNBbYzgbdzoqI2Y8cgH2nbfgp3DSasaLZEdCSsIsK1u05CinE7",
  "k2qZ7KgKAUIcT/cR/grkC6VwsnDU0OUCideXcQ8WeHutqvgZH1JgKDbznoIzeQHJD238GEu+eKhRHcz8/jeG94zkcgJOz3KbZGYM",
  "iTh277Fvj9zzvZsbMBCedV1BTg3TqgvdX4bdkhf5cH+7NtWOlrFj6UwAsGukBTAOxC0l/dnSmZhJ7Z1KmEWilro/gOrjtOxqRQut",
  "lIqG22TaqoPGfYVN+en3Zwbt97kcgZDwqbuykNt64oZWc4XKCa3mprEGC3IbJTBFqglXmZ7l9ywGEEUJYOlb2XrSuPWml39beWdK",
  "M8kzr1OjnlOm6+lpTRCBfo0wa9F8YZRhHPAkwKkXXDeOGpWRj4ohOx0d2GWkyV5xyN14p2tQOCdOODmz80yUTgRpPVQUtOEhXQAR",
  "AQABtCFBV1MgQ0xJIFRlYW0gPGF3cy1jbGlAYW1hem9uLmNvbT6JAlQEEwEIAD4WIQT7Xbd/1cEYuAURraimMQrMRnJHXAUCXYKv",
  "tQIbAwUJB4TOAAULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRCmMQrMRnJHXJIXEAChLUIkg80uPUkGjE3jejvQSA1aWuAMyzy6",
  "fdpdlRUz6M6nmsUhOExjVIvibEJpzK5mhuSZ4lb0vJ2ZUPgCv4zs2nBd7BGJMxKiWgBReGvTdqZ0SzyYH4PYCJSE732x/Fw9hfnh",
  "1dMTXNcrQXzwOmmFNNegG0Oxau+VnpcR5Kz3smiTrIwZbRudo1ijhCYPQ7t5CMp9kjC6bObvy1hSIg2xNbMAN/DoikebAl36uA6Y",
  "/Uczjj3GxZW4ZWeFirMidKbtqvUz2y0UFszobjiBSqZZHCreC34Bhw9bFNpuWC/0SrXgohdsc6vK50pDGdV5kM2qo9tMQ/izsAwT",
  "h/d/GzZv8H4lV9eOtEis+EpR497PaxKKh9tJf0N6Q1YLRHof5xePZtOIlS3gfvsH5hXA3HJ9yIxb8T0HQYmVr3aIUes20i6meI3f",
  "uV36VFupwfrTKaL7VXnsrK2fq5cRvyJLNzXucg0WAjPFRrAGLzY7nP1xeg1a0aeP+pdsqjqlPJom8OCWc1+6DWbg0jsC74WoesAq",
  "gBItODMBrsal1y/q+bPzpsnWjzHV8+1/EtZmSc8ZUGSJOPkfC7hObnfkl18h+1QtKTjZme4dH17gsBJr+opwJw/Zio2LMjQBOqlm",
  "3K1A4zFTh7wBC7He6KPQea1p2XAMgtvATtNeYLZATHZKTJyiqA==",
].join("");

/**
 * What cloud-init runs on a node: it writes the node's settings, installs the AWS client where the
 * image lacks it, fetches the bootstrap script from the cluster's bucket and runs it. All else is in
 * the bucket, so that user data stays far below EC2's 16 KB and changes rarely.
 *
 * The settings and what is done at the end are encoded here, because Terraform's own encoding takes no double quotes; the head
 * node's address is known to Terraform only and stands beside them.
 */
export function renderUserData({ headAddress, ...settings }: NodeSettings): string {
  const encoded = Buffer.from(JSON.stringify(settings)).toString("base64");
  const bootEnd = settings.role === "head" ? headBootEnd(settings) : nodeBootEnd;
  const proxy = settings.proxy;
  return [
    "#!/bin/bash",
    "set -eu",
    "mkdir -p /etc/meridian /opt/meridian",
    `echo ${encoded} | base64 -d > /etc/meridian/node.json`,
    `echo ${Buffer.from([...bootEnd, ""].join("\n")).toString("base64")} | base64 -d > /etc/meridian/boot-end.sh`,
    "trap 'bash /etc/meridian/boot-end.sh || true' EXIT",
    ...(headAddress === undefined ? [] : [`echo ${headAddress} > /etc/meridian/head-address`]),
    `export AWS_DEFAULT_REGION=${settings.region}`,
    ...proxyLines(proxy),
    ...installClient,
    // A role that was made just now takes seconds to be known everywhere.
    `for _ in $(seq 30); do ! aws s3 cp --quiet s3://${settings.bucket}/${settings.prefix}/nodes/bootstrap.sh /opt/meridian/bootstrap.sh || break; sleep 10; done`,
    `bash /opt/meridian/bootstrap.sh ${settings.role}`,
    "",
  ].join("\n");
}

/** A key ring of this one key is all that gpgv trusts, whatever else a signature brings along. */
export const installClient: readonly string[] = [
  "if ! command -v aws >/dev/null; then",
  `  client=https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m)-${awsClientVersion}.zip; work=$(mktemp -d)`,
  "  curl -sSf $client -o $work/aws.zip; curl -sSf $client.sig -o $work/aws.sig",
  `  echo ${awsClientKey} | base64 -d > $work/key`,
  "  gpgv --keyring $work/key $work/aws.sig $work/aws.zip",
  "  python3 -m zipfile -e $work/aws.zip $work; chmod -R a+x $work/aws; bash $work/aws/install; rm -rf $work",
  "fi",
];

const bootLog = ["log=/var/log/meridian-bootstrap.log", "[ -s $log ] || log=/var/log/cloud-init-output.log"];

/**
 * A compute or login node that does not boot ends itself: nobody could use it, and it would cost. What went wrong goes to
 * the console, which EC2 keeps; the agent has half a minute for the log.
 */
const nodeBootEnd = [
  "[ ! -e /run/meridian-ready ] || exit 0",
  ...bootLog,
  '{ echo "meridian: this node did not boot and shuts itself down"; tail -n 50 $log; } > "${MERIDIAN_CONSOLE:-/dev/console}" 2>&1',
  'sleep "${MERIDIAN_LINGER:-30}"',
  "systemctl poweroff",
];

/** Prints the item of the table: what came of the boot, of which instance, and the end of the log on its standard input. */
const bootReport = [
  "import json, sys, time",
  's = lambda text: {"S": text or "-"}',
  'log = sys.stdin.buffer.read()[-20000:].decode("utf-8", "replace")',
  'at = {"N": str(int(time.time()))}',
  'print(json.dumps({"Id": s("HEAD"), "Status": s(sys.argv[1]), "InstanceId": s(sys.argv[2]), "At": at, "Log": s(log)}))',
].join("; ");

/** A head node says in its table how its boot ended, with the end of its log: `meridian deploy` waits for that. */
function headBootEnd({ table, region }: Pick<NodeSettings, "table" | "region">): string[] {
  const metadata = "http://169.254.169.254/latest";
  return [
    "status=FAILED; [ ! -e /run/meridian-ready ] || status=READY",
    ...bootLog,
    `token=$(curl -sfX PUT ${metadata}/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 300')`,
    `id=$(curl -sf -H "X-aws-ec2-metadata-token: $token" ${metadata}/meta-data/instance-id)`,
    `tail -n 100 $log | python3 -c '${bootReport}' $status "$id" > /run/meridian-boot.json`,
    `aws dynamodb put-item --region ${region} --table-name ${table} --item file:///run/meridian-boot.json`,
  ];
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

/** How a script reaches the internet by a proxy; the instance's own metadata is asked without. */
export function proxyLines(proxy: string | undefined): string[] {
  return proxy === undefined
    ? []
    : [`export http_proxy=${proxy} https_proxy=${proxy} no_proxy=169.254.169.254`];
}
