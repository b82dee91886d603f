import { randomBytes } from "node:crypto";
import { ServiceError, type Answer } from "../answer";
import type { Call } from "../call";
import type { Forward } from "../stand-in";
import { account } from "../toolkit";
import type { Interference, Unkindness } from "../unkind";
import type { Models, Operation } from "./models";
import { permissionsOf, type Permission } from "./permissions";
import { decide, type Decision } from "./policy";
import { askAsRoot, Roles } from "./roles";

/** A session of a role. */
interface Session {
  readonly role: string;
  readonly name: string;
}

/** What a role did: how often each action was allowed and refused. */
export interface Usage {
  readonly allowed: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * Lets a session of a role do what the role's identity-based policies allow, while its switch is on. Callers
 * without a session are the account itself. What is not evaluated, the README of the local cloud says.
 */
export class Enforcement implements Interference {
  private readonly sessions = new Map<string, Session>();
  private readonly roles = new Roles();
  private readonly usage = new Map<
    string,
    { allowed: Record<string, number>; refused: Record<string, number> }
  >();

  constructor(
    private readonly unkind: Unkindness,
    private readonly models: Models | undefined,
  ) {}

  /** What each role did while its policies were enforced, by the role's name. */
  used(): Record<string, Usage> {
    return Object.fromEntries(this.usage);
  }

  /** An access key of a new session of a role, as a service has that acts in the role's name. */
  openSession(role: string, name: string): string {
    const key = `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`;
    this.sessions.set(key, { role, name });
    return key;
  }

  /** Whether a role's own policies allow something; where they cannot be evaluated, they are not in the way. */
  async mayRole(role: string, permission: Permission, forward: Forward): Promise<boolean> {
    const { policies } = (await this.roles.named(role, forward)) ?? { policies: [] };
    try {
      return decide(policies, permission) === "allowed";
    } catch {
      return true;
    }
  }

  async before(call: Call, forward: Forward): Promise<void> {
    if (!this.unkind.isOn("enforced-policies")) {
      return;
    }
    if (isAssumption(call)) {
      await this.checkTrust(call, forward);
    }
    const session = this.sessions.get(accessKeyOf(call));
    if (session !== undefined) {
      await this.checkPolicies(call, session, forward);
    }
  }

  after(call: Call, answer: Answer): void {
    if (isAssumption(call) && answer.status === 200) {
      const key = /<AccessKeyId>(.*?)<\/AccessKeyId>/.exec(answer.body.toString("utf8"))?.[1];
      const form = new URLSearchParams(call.body.toString("utf8"));
      const role = roleName(form.get("RoleArn") ?? "");
      if (key !== undefined) {
        this.sessions.set(key, { role, name: form.get("RoleSessionName") ?? "" });
      }
    }
    if (call.service === "iam" && !/^(Get|List)/.test(call.action)) {
      this.roles.forget();
    }
  }

  private async checkPolicies(call: Call, session: Session, forward: Forward): Promise<void> {
    const { policies } = (await this.roles.named(session.role, forward)) ?? { policies: [] };
    const operation = await this.requireModels().operationOf(call);
    for (const permission of [
      ...permissionsOf(call, operation),
      ...(await this.keysOfBucket(call, operation, forward)),
    ]) {
      // Everyone may ask who they are.
      const decision =
        permission.action === "sts:GetCallerIdentity" ? "allowed" : decide(policies, permission);
      this.count(session, permission, decision);
      if (decision !== "allowed") {
        throw refusal(call, session, permission, decision);
      }
    }
  }

  /** S3 asks KMS in the caller's name where a bucket is encrypted with a key of the account. */
  private async keysOfBucket(
    { service }: Call,
    { operation, input }: Operation,
    forward: Forward,
  ): Promise<Permission[]> {
    const action = { GetObject: "kms:Decrypt", PutObject: "kms:GenerateDataKey" }[operation];
    if (service !== "s3" || action === undefined) {
      return [];
    }
    const key = await keyOf(String(input.Bucket), forward);
    return key === undefined ? [] : [{ action, resource: key }];
  }

  private async checkTrust(call: Call, forward: Forward): Promise<void> {
    const form = new URLSearchParams(call.body.toString("utf8"));
    const arn = form.get("RoleArn") ?? "";
    const role = await this.roles.named(roleName(arn), forward);
    const token = form.get("WebIdentityToken");
    const claims = token === null ? {} : claimsOf(token);
    const issuer = (typeof claims.iss === "string" ? claims.iss : "").replace(/^https:\/\//, "");
    const session = this.sessions.get(accessKeyOf(call));
    const caller =
      session === undefined ? `arn:aws:iam::${account}:root` : `arn:aws:iam::${account}:role/${session.role}`;
    const decision =
      role === undefined
        ? "not allowed"
        : decide([role.trust], {
            action: `sts:${call.action}`,
            resource: arn,
            context: Object.fromEntries(
              Object.entries(claims).map(([name, value]) => [
                `${issuer}:${name}`.toLowerCase(),
                String(value),
              ]),
            ),
            principal:
              token === null
                ? { kind: "AWS", values: [caller, account, `arn:aws:iam::${account}:root`] }
                : { kind: "Federated", values: [`arn:aws:iam::${account}:oidc-provider/${issuer}`] },
          });
    if (decision !== "allowed") {
      throw new ServiceError(
        "AccessDenied",
        token === null
          ? `User: ${caller} is not authorized to perform: sts:${call.action} on resource: ${arn}`
          : `Not authorized to perform sts:${call.action}`,
        403,
      );
    }
  }

  private count({ role }: Session, { action }: Permission, decision: Decision): void {
    const usage = this.usage.get(role) ?? { allowed: {}, refused: {} };
    this.usage.set(role, usage);
    const counts = decision === "allowed" ? usage.allowed : usage.refused;
    counts[action] = (counts[action] ?? 0) + 1;
  }

  private requireModels(): Models {
    if (this.models === undefined) {
      throw new Error("the API models were not found");
    }
    return this.models;
  }
}

/** The default key of a bucket, where it is one of KMS. */
async function keyOf(bucket: string, forward: Forward): Promise<string | undefined> {
  const { text } = await askAsRoot(
    forward,
    {
      service: "s3",
      region: "us-east-1",
      protocol: "rest-xml",
      method: "GET",
      path: `/${bucket}?encryption`,
    },
    {},
  );
  return /<KMSMasterKeyID>(.*?)<\/KMSMasterKeyID>/.exec(text)?.[1];
}

function isAssumption({ service, action }: Call): boolean {
  return (service === "sts" || service === "") && /^AssumeRole(WithWebIdentity)?$/.test(action);
}

function accessKeyOf({ headers, url }: Call): string {
  const header = /Credential=([^/,\s]+)/.exec(headers.authorization ?? "")?.[1];
  return header ?? (url.searchParams.get("X-Amz-Credential") ?? "").split("/")[0] ?? "";
}

function roleName(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** What a token says. Its signature is not checked: nobody but the user of this machine can bring one. */
function claimsOf(token: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as Record<
      string,
      unknown
    >;
  } catch {
    throw new ServiceError("InvalidIdentityToken", "the token is no JSON web token");
  }
}

/** A refusal as the service would say it. */
function refusal(
  { service, protocol }: Call,
  { role, name }: Session,
  { action, resource }: Permission,
  decision: Decision,
): ServiceError {
  const reason =
    decision === "denied"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${action} action`;
  const message = `User: arn:aws:sts::${account}:assumed-role/${role}/${name} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
  if (protocol === "ec2") {
    return new ServiceError("UnauthorizedOperation", message, 403);
  }
  return protocol === "json" || protocol === "cbor"
    ? new ServiceError("AccessDeniedException", message, 400)
    : new ServiceError(
        service === "s3" || protocol === "query" ? "AccessDenied" : "AccessDeniedException",
        message,
        403,
      );
}
