/** A known failure, explained. */
export interface Explanation {
  /** Stable name, for machine-readable results. */
  readonly kind: string;
  /** What happened. */
  readonly message: string;
  /** What to do. */
  readonly remedy: string;
  /**
   * Whether AWS refuses only until it has let go of something: what was refused succeeds later, unchanged.
   *
   * @default false
   */
  readonly isPassing?: boolean;
}

interface Pattern {
  readonly kind: string;
  /** See {@link Explanation.isPassing}. */
  readonly isPassing?: boolean;
  /** Matched against the text with all white space folded: Terraform wraps lines. */
  readonly pattern: RegExp;
  readonly message: string | ((match: RegExpExecArray, text: string) => string);
  readonly remedy: string | ((match: RegExpExecArray, text: string) => string);
}

const notSaved = /Failed to (?:save|persist) state|errored\.tfstate/;

/** The first that matches explains: causes stand before what they lead to. */
const patterns: readonly Pattern[] = [
  {
    kind: "lock-held",
    pattern: /Error acquiring the state lock.*Lock Info:/,
    message: (_match, text) => {
      const lock = lockIn(text);
      return `The state is locked by ${lock.who ?? "somebody"} (${lock.operation ?? "unknown operation"}, since ${lock.created ?? "an unknown time"}).`;
    },
    remedy: (_match, text) =>
      `Wait until that run ends, or give --lock-timeout 10m. If you know that it is dead, release the lock with \`meridian unlock <env> <stack> --lock-id ${lockIn(text).id ?? "<lock id>"}\`.`,
  },
  {
    kind: "expired-credentials",
    pattern:
      /ExpiredToken|RequestExpired|security token included in the request is expired|SSO session (?:associated with this profile )?has expired|token has expired/i,
    message: "The AWS credentials have expired.",
    remedy: "Get new ones (`aws sso login`, or a fresh session token) and run the command again.",
  },
  {
    kind: "profile-missing",
    pattern:
      /failed to get shared config profile, (\S+)|Could not resolve credentials using profile: \[(\S+)\]/,
    message: (match) => `There is no AWS profile '${match[1] ?? match[2] ?? ""}'.`,
    remedy: "Correct AWS_PROFILE, or add the profile to ~/.aws/config.",
  },
  {
    kind: "no-credentials",
    pattern:
      /No valid credential sources found|Could not load credentials from any providers|CredentialsProviderError|no EC2 IMDS role found/,
    message: "There are no AWS credentials.",
    remedy:
      "Sign in (`aws sso login` and AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), then run the command again.",
  },
  {
    kind: "bad-credentials",
    pattern:
      /InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure/,
    message: "AWS does not accept the credentials.",
    remedy: "Check the access key, and that the machine's clock is right.",
  },
  {
    kind: "wrong-account",
    pattern: /AWS account ID not allowed: (\d{12})/,
    message: (match) => `The credentials are for account ${match[1] ?? ""}, which is not the environment's.`,
    remedy: "Sign in to the account that the environment names.",
  },
  {
    kind: "state-unreadable",
    pattern:
      /Unsupported state file format|state snapshot was created by|state data in S3 does not have the expected content/,
    message: "The state is unreadable, or was written by a newer version.",
    remedy:
      "Nothing was changed. `meridian state list <env> <stack>` shows the versions of the state; go back to the latest good one with `meridian state restore <env> <stack> <version>`, or use the newer Terraform.",
  },
  {
    kind: "state-not-saved",
    pattern: notSaved,
    message: "Terraform could not store the state; it kept it in errored.tfstate in the stack's directory.",
    remedy: "Run `meridian recover <env>`, which stores it; do not delete the file.",
  },
  {
    kind: "stale-plan",
    pattern: /Saved plan is stale/,
    message: "Somebody changed the state after this plan was made.",
    remedy: "Nothing was changed. Run the command again for a new plan.",
  },
  {
    kind: "bucket-absent",
    pattern: /S3 bucket "?([^"\s]+)"? does not exist|NoSuchBucket/,
    message: (match) => `The state bucket ${match[1] ?? ""} does not exist.`,
    remedy: "Run `meridian bootstrap <env>` first.",
  },
  {
    kind: "bucket-not-empty",
    pattern: /BucketNotEmpty/,
    message: "A bucket still holds objects.",
    remedy: "Empty it (all versions of every object), then run the command again.",
  },
  {
    kind: "vpc-in-use",
    pattern: /DependencyViolation: The vpc '(vpc-\w+)' has dependencies/,
    message: (match) => `Something that Terraform did not create is still in ${match[1] ?? "the network"}.`,
    // https://docs.aws.amazon.com/global-accelerator/latest/dg/best-practices-aga.html
    remedy: (match) =>
      `Global Accelerator leaves its security group \`GlobalAccelerator\` behind: delete it, and what else \`aws ec2 describe-network-interfaces\` and \`describe-security-groups\` show with \`--filters Name=vpc-id,Values=${match[1] ?? ""}\`, then run the command again.`,
  },
  {
    kind: "connector-in-use",
    // https://github.com/aws/apprunner-roadmap/issues/161
    pattern: /VPC connector arn is being used by other services\. ARN: *(\S+?)[,.]?(?: |$)/,
    message: (match) =>
      `App Runner says that the VPC connector ${/vpcconnector\/([^/]+)/.exec(match[1] ?? "")?.[1] ?? ""} is still being used.`,
    remedy:
      "App Runner keeps a connector for some time after its last service is deleted. Run the command again later: it continues where it stopped. If that does not help, a service that is not in the code may use it: `aws apprunner list-services` lists all.",
    isPassing: true,
  },
  {
    kind: "two-policies",
    pattern: /InvalidChangeBatch.*?RRSet with DNS name (\S+?)\.?,.*?cannot be created/,
    message: (match) =>
      `Route 53 accepts no record with another policy for ${match[1] ?? "the name"} while records with the old one exist.`,
    remedy:
      "Run the command again at once: the old records are deleted by now, and the name does not resolve until the new ones exist.",
  },
  {
    kind: "backend-changed",
    pattern: /Backend (?:configuration changed|initialization required)/,
    message: "The location of the state changed since the stack was last used here.",
    remedy:
      "If that is intended, move the state with `<terraform> init -migrate-state`; otherwise, restore the environment's `state` setting.",
  },
  {
    kind: "lock-file-version",
    pattern: /locked provider (\S+) (\S+) does not match configured version constraint ([^;]+)/,
    message: (match) =>
      `terraform.lock.hcl selects ${match[1] ?? ""} ${match[2] ?? ""}, but the stacks need ${match[3] ?? ""}.`,
    remedy:
      "Update terraform.lock.hcl: run `<terraform> init -upgrade -backend=false`, then copy the .terraform.lock.hcl of that directory over it.",
  },
  {
    kind: "lock-file-checksum",
    pattern: /doesn't match any of the checksums previously recorded/,
    message: "A provider is not the one whose checksum terraform.lock.hcl records.",
    remedy:
      "If the file was made on another platform, add this one: run `<terraform> providers lock -platform=linux_amd64 -platform=darwin_arm64`, then copy the .terraform.lock.hcl of that directory over it. Otherwise, do not use that provider.",
  },
  {
    kind: "terraform-version",
    pattern: /Unsupported Terraform Core version.*does not support Terraform version (\S+?)\.? To proceed/,
    message: (match) => `The stacks do not support Terraform ${match[1] ?? ""}.`,
    remedy: "Install a version that the stack's required_version allows.",
  },
  {
    kind: "no-registry",
    pattern: /could not connect to (registry\.\S+?):|failed to request discovery document/,
    message: (match) => `The provider registry ${match[1] ?? ""} cannot be reached.`,
    remedy:
      "Connect to the network, or fill a mirror elsewhere with `terraform providers mirror <directory>` and name it in MERIDIAN_PROVIDER_MIRROR.",
  },
  {
    kind: "provider-missing",
    pattern:
      /Failed to query available provider packages.*(?:provider (\S+?):|no available releases match)|Required plugins are not installed|provider registry does not have a provider named/,
    message: (match) => `Terraform finds no usable version of provider ${match[1] ?? "named above"}.`,
    remedy:
      "Run `meridian doctor` to see where providers are looked for; name a mirror in MERIDIAN_PROVIDER_MIRROR, or connect to the network.",
  },
  {
    kind: "throttled",
    pattern:
      /ThrottlingException|Throttling\b|RequestLimitExceeded|TooManyRequestsException|SlowDown|Rate exceeded/,
    message: "AWS refuses calls because there are too many of them, however often they are repeated.",
    remedy:
      "Wait some minutes, then run the command again: it continues where it stopped. Fewer stacks at once (`--parallelism 1`) make fewer calls; other tools in the account share its rates.",
  },
  {
    kind: "port-in-use",
    pattern: /EADDRINUSE|address already in use|port \d+ of \S+ is in use/i,
    message: "The port is in use by another program.",
    remedy: "End that program, or choose another port with `meridian local start --port <number>`.",
  },
  {
    kind: "not-implemented",
    pattern: /NotImplemented/,
    message: "The local cloud does not implement a call that this resource needs.",
    remedy: "The local cloud's log (`meridian local status`) names the call.",
  },
  {
    kind: "already-exists",
    pattern:
      /(BucketAlreadyOwnedByYou|EntityAlreadyExists|\w*AlreadyExists(?:Exception)?|ResourceInUseException)/,
    message: (match) =>
      `A resource of that name already exists in AWS, but not in the state (${match[1] ?? ""}).`,
    remedy:
      "If an earlier run made it, import it with `<terraform> import <address> <id>`. Otherwise, choose another name.",
  },
  {
    kind: "access-denied",
    pattern: /AccessDenied|UnauthorizedOperation|is not authorized to perform: ?(\S+)/,
    message: (_match, text) => {
      const [, who, action] = /User: (\S+) is not authorized to perform: (\S+)/.exec(text) ?? [];
      return who === undefined ? "AWS denied access." : `${who} may not ${action ?? ""}.`;
    },
    remedy: "Use credentials that have the permission, or add it to that role.",
  },
  {
    kind: "quota",
    pattern: /(\w*LimitExceeded\w*|ServiceQuotaExceeded\w*)/,
    message: (match) => `A service quota of the account is used up (${match[1] ?? ""}).`,
    remedy:
      "Ask for a higher quota in the Service Quotas console (`meridian preflight <env>` compares all quotas with what the environment needs), then run the command again: it continues where it stopped.",
  },
  {
    kind: "prevent-destroy",
    pattern: /Instance cannot be destroyed.*?Resource (\S+) has lifecycle\.prevent_destroy/,
    message: (match) => `${match[1] ?? "A resource"} holds data and is protected from being destroyed.`,
    remedy: "If it must go, set deletionProtection to false in the environment, deploy that, and try again.",
  },
  {
    // Before what its clients say of the connection that is gone.
    kind: "provider-ended",
    pattern:
      /Plugin did not respond|The plugin encountered an error, and failed to respond|plugin exited before we could connect|rpc error: code = Unavailable desc = (?:error reading from server: EOF|transport)/,
    message:
      "The provider ended in the middle of its work: it was killed, probably because memory ran out, or crashed.",
    remedy:
      "Give the machine more memory, or run fewer stacks at once (`--parallelism 1`; each takes about 1 GiB). Then run `meridian recover <env>`, which imports what was created into the state, and the command again.",
  },
  {
    kind: "no-network",
    pattern:
      /connection refused|no such host|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|i\/o timeout|network is unreachable|TimeoutError/,
    message: "AWS cannot be reached.",
    remedy: "Check the network and proxy settings; for the local cloud, run `meridian local status`.",
  },
  {
    kind: "disk-full",
    pattern: /no space left on device|ENOSPC/,
    message: "The disk is full.",
    remedy: "Free some space; `.meridian/runs` and `.meridian/plugin-cache` may be deleted.",
  },
];

/** Explains what a program said, if it is one of the known failures. */
export function explain(text: string): Explanation | undefined {
  const folded = text.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");
  const cause = causeIn(folded);
  // What kept Terraform from storing the state is the cause, and the state is what is lost.
  return cause === undefined || cause.kind === "state-not-saved" || !notSaved.test(folded)
    ? cause
    : {
        ...cause,
        message: `${cause.message} Terraform could not store the state; it kept it in errored.tfstate in the stack's directory.`,
        remedy: `${cause.remedy} Before that, run \`meridian recover <env>\`, which stores the state; do not delete the file.`,
      };
}

function causeIn(folded: string): Explanation | undefined {
  for (const { kind, pattern, message, remedy, isPassing } of patterns) {
    const match = pattern.exec(folded);
    if (match !== null) {
      return {
        kind,
        message: typeof message === "string" ? message : message(match, folded),
        remedy: typeof remedy === "string" ? remedy : remedy(match, folded),
        ...(isPassing === true ? { isPassing } : {}),
      };
    }
  }
  return undefined;
}

interface StateLock {
  readonly id: string | undefined;
  readonly who: string | undefined;
  readonly operation: string | undefined;
  readonly created: string | undefined;
}

function lockIn(text: string): StateLock {
  const field = (name: string, value: string): string | undefined =>
    new RegExp(`\\b${name}: +(${value})`).exec(text)?.[1];
  return {
    id: field("ID", "[0-9a-f-]{36}"),
    who: field("Who", "\\S+"),
    operation: field("Operation", "\\S+")
      ?.replace(/^OperationType/, "")
      .toLowerCase(),
    created: field("Created", "[0-9-]+ [0-9:]+"),
  };
}
