import { ServiceError } from "../answer";
import type { Call } from "../call";
import { listAt, objectAt, parseJson, queryInput, scalar } from "../toolkit";
import type { Interference } from "./interference";
import type { Unkindness } from "./switches";

/** How long something new stays hidden. AWS names no bound; its SDKs and tools wait up to two minutes. */
const hiddenMilliseconds = 3_000;

/** Which calls make a thing, which ones look for it, and what those hear as long as it is hidden. */
interface Kind {
  readonly service: string;
  readonly noun: string;
  readonly writes: RegExp;
  readonly reads: RegExp;
  /** What identifies the thing in a call; nothing where the call speaks of no particular one. */
  readonly nameIn: (input: Input) => string | undefined;
  readonly refusal: (name: string) => ServiceError;
}

type Input = Readonly<Record<string, unknown>>;

const kinds: readonly Kind[] = [
  ...["Role", "InstanceProfile"].map((noun) => ({
    service: "iam",
    noun,
    writes: new RegExp(`^Create${noun}$`),
    reads: new RegExp(`^(Get|List|Simulate)\\w*${noun}\\w*$`),
    nameIn: (input: Input) => text(input[`${noun}Name`]),
    refusal: (name: string) =>
      new ServiceError(
        "NoSuchEntity",
        `The ${noun === "Role" ? "role with name" : "Instance Profile"} ${name} cannot be found.`,
        404,
      ),
  })),
  {
    service: "iam",
    noun: "RolePolicy",
    writes: /^PutRolePolicy$/,
    reads: /^GetRolePolicy$/,
    nameIn: ({ RoleName, PolicyName }) => joined(RoleName, PolicyName),
    refusal: (name) =>
      new ServiceError("NoSuchEntity", `The role policy with name ${name} cannot be found.`, 404),
  },
  {
    service: "iam",
    noun: "Policy",
    writes: /^CreatePolicy$/,
    reads: /^(Get|List)Policy\w*$/,
    nameIn: ({ PolicyName, PolicyArn }) => text(PolicyName) ?? text(PolicyArn)?.split("/").at(-1),
    refusal: (name) =>
      new ServiceError("NoSuchEntity", `Policy ${name} does not exist or is not attachable.`, 404),
  },
  {
    service: "ecr",
    noun: "Repository",
    writes: /^CreateRepository$/,
    reads: /^(DescribeRepositories|Get\w+Policy|DescribeImages|ListImages|BatchGetImage)$/,
    nameIn: ({ repositoryName, repositoryNames }) =>
      text(repositoryName) ?? (Array.isArray(repositoryNames) ? text(repositoryNames[0]) : undefined),
    refusal: (name) =>
      new ServiceError(
        "RepositoryNotFoundException",
        `The repository with name '${name}' does not exist in the registry with id '123456789012'`,
      ),
  },
  {
    service: "ecr",
    noun: "Image",
    writes: /^PutImage$/,
    reads: /^(DescribeImages|DescribeImageScanFindings)$/,
    nameIn: (input) => {
      const [first] = listAt(input, "imageIds");
      const tag = input.imageTag ?? objectAt(input, "imageId").imageTag ?? first?.imageTag;
      return joined(input.repositoryName, tag);
    },
    refusal: (name) => new ServiceError("ImageNotFoundException", `The image '${name}' does not exist`),
  },
];

/** How services say that they cannot use a role that IAM does not show them yet. */
const users: Readonly<Record<string, { readonly writes: RegExp; readonly refusal: ServiceError }>> = {
  lambda: {
    writes: /^POST .*\/functions\/?$/,
    refusal: new ServiceError(
      "InvalidParameterValueException",
      "The role defined for the function cannot be assumed by Lambda.",
    ),
  },
  kms: {
    writes: /^(CreateKey|PutKeyPolicy|ReplicateKey)$/,
    refusal: new ServiceError(
      "MalformedPolicyDocumentException",
      "Policy contains a statement with one or more invalid principals.",
    ),
  },
};

/**
 * Reads that come right after a write of IAM or ECR do not see it yet.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export function eventualConsistency(unkind: Unkindness, now: () => number = Date.now): Interference {
  /** When a thing becomes visible, by kind and name. */
  const visibleAt = new Map<string, number>();
  const isHidden = (key: string): boolean => (visibleAt.get(key) ?? 0) > now();

  return {
    before: (call) => {
      if (!unkind.isOn("eventual-consistency")) {
        return;
      }
      const input = inputOf(call);
      for (const { service, noun, reads, nameIn, refusal } of kinds) {
        const name = service === call.service && reads.test(call.action) ? nameIn(input) : undefined;
        if (name !== undefined && isHidden(keyOf(call, noun, name))) {
          throw refusal(name);
        }
      }
      const user = users[call.service];
      if (user?.writes.test(call.action) === true) {
        for (const [, name] of call.body
          .toString("utf8")
          .matchAll(/:role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]+)/g)) {
          if (isHidden(keyOf({ service: "iam" }, "Role", name ?? ""))) {
            throw user.refusal;
          }
        }
      }
    },
    after: (call, { status }) => {
      if (status >= 300 || !unkind.isOn("eventual-consistency")) {
        return;
      }
      for (const { service, noun, writes, nameIn } of kinds) {
        const name = service === call.service && writes.test(call.action) ? nameIn(inputOf(call)) : undefined;
        if (name !== undefined) {
          visibleAt.set(keyOf(call, noun, name), now() + hiddenMilliseconds);
        }
      }
    },
  };
}

/** IAM is one for all regions. */
function keyOf({ service, region = "" }: Partial<Call>, noun: string, name: string): string {
  return `${service === "iam" ? "" : region} ${noun} ${name}`;
}

function inputOf({ service, protocol, body }: Call): Input {
  if (protocol === "query") {
    return queryInput(body);
  }
  return service === "ecr" && protocol === "json" ? parseJson(body) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function joined(...parts: unknown[]): string | undefined {
  return parts.every((part) => typeof part === "string")
    ? parts.map((part) => scalar(part)).join("/")
    : undefined;
}
