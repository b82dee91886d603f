import type { Call } from "../call";
import type { Forward } from "../stand-in";
import { parseXml, type XmlValue } from "../xml";
import type { Policy } from "./policy";

/** A role and what it may do. */
export interface Role {
  /** Who may assume it. */
  readonly trust: Policy;
  /** What it may do: its own policies and those that are attached. */
  readonly policies: readonly Policy[];
}

/** Asks moto as the account itself, so that nothing is evaluated twice. */
export async function askAsRoot(
  forward: Forward,
  call: Pick<Call, "service" | "region" | "protocol" | "method"> & { readonly path: string },
  headers: Record<string, string>,
  body = "",
): Promise<{ readonly status: number; readonly text: string }> {
  const { service, region, protocol, method, path } = call;
  const authorization = `AWS4-HMAC-SHA256 Credential=testing/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const content = Buffer.from(body);
  const answer = await forward({
    ...{ service, region, protocol, method, body: content },
    action: "",
    url: new URL(path, "http://127.0.0.1"),
    headers: { host: "127.0.0.1", authorization, ...headers, "content-length": String(content.length) },
  });
  return { status: answer.status, text: answer.body.toString("utf8") };
}

/** The roles of the account, as IAM knows them at the moment. */
export class Roles {
  private readonly known = new Map<string, Role | undefined>();
  private readonly managed = new Map<string, Policy>();

  /** Forgets everything but AWS's own policies: something in IAM changed. */
  forget(): void {
    this.known.clear();
  }

  /** The role of that name, or `undefined` when there is none. */
  async named(name: string, forward: Forward): Promise<Role | undefined> {
    if (!this.known.has(name)) {
      this.known.set(name, await this.read(name, forward));
    }
    return this.known.get(name);
  }

  private async read(RoleName: string, forward: Forward): Promise<Role | undefined> {
    const role = await iam(forward, { Action: "GetRole", RoleName });
    const [trust] = valuesOf(role, "AssumeRolePolicyDocument");
    if (trust === undefined) {
      return undefined;
    }
    const own = await iam(forward, { Action: "ListRolePolicies", RoleName });
    const attached = await iam(forward, { Action: "ListAttachedRolePolicies", RoleName });
    const policies = [
      ...valuesOf(own, "PolicyNames").map(async (PolicyName) => {
        const answer = await iam(forward, { Action: "GetRolePolicy", RoleName, PolicyName });
        return documentOf(valuesOf(answer, "PolicyDocument")[0]);
      }),
      ...valuesOf(attached, "PolicyArn").map((arn) => this.managedPolicy(arn, forward)),
    ];
    return { trust: documentOf(trust), policies: await Promise.all(policies) };
  }

  private async managedPolicy(PolicyArn: string, forward: Forward): Promise<Policy> {
    const ofAws = PolicyArn.includes(":iam::aws:");
    const kept = ofAws ? this.managed.get(PolicyArn) : undefined;
    if (kept !== undefined) {
      return kept;
    }
    const policy = await iam(forward, { Action: "GetPolicy", PolicyArn });
    const [VersionId = "v1"] = valuesOf(policy, "DefaultVersionId");
    const version = await iam(forward, { Action: "GetPolicyVersion", PolicyArn, VersionId });
    const document = documentOf(valuesOf(version, "Document")[0]);
    this.managed.set(PolicyArn, document);
    return document;
  }
}

async function iam(forward: Forward, parameters: Record<string, string>): Promise<XmlValue> {
  const { text } = await askAsRoot(
    forward,
    { service: "iam", region: "us-east-1", protocol: "query", method: "POST", path: "/" },
    { "content-type": "application/x-www-form-urlencoded" },
    new URLSearchParams({ Version: "2010-05-08", ...parameters }).toString(),
  );
  return parseXml(text);
}

/** The texts of all elements of a name, in order; of lists, those of the members. */
function valuesOf(value: XmlValue, name: string): string[] {
  if (typeof value === "string") {
    return [];
  }
  if (Array.isArray(value)) {
    return value.flatMap((each) => valuesOf(each, name));
  }
  return Object.entries(value).flatMap(([key, each]) =>
    key === name ? textsIn(each) : valuesOf(each, name),
  );
}

function textsIn(value: XmlValue): string[] {
  if (typeof value === "string") {
    return value.trim() === "" ? [] : [value];
  }
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(textsIn);
}

/** IAM answers with documents in URL encoding. */
function documentOf(text = "{}"): Policy {
  return JSON.parse(text.trimStart().startsWith("{") ? text : decodeURIComponent(text)) as Policy;
}
