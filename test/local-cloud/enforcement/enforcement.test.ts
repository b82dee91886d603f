import { Unkindness } from "../../../local-cloud/unkind";
import type { Models, Operation } from "../../../local-cloud/enforcement";
import { GatewayUnderTest, type Received } from "../support/cloud";

const bucket = "arn:aws:s3:::state";
const key = "arn:aws:kms:eu-west-1:123456789012:key/state";

/** What the role `planner` may do and who may be it. */
const policies = {
  trust: {
    Effect: "Allow",
    Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/issuer.example" },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringEquals: { "issuer.example:sub": "repo:acme/platform:pull_request" } },
  },
  own: [
    { Effect: "Allow", Action: ["s3:GetObject", "ec2:Describe*"], Resource: "*" },
    { Effect: "Allow", Action: "kms:Decrypt", Resource: key },
    { Effect: "Deny", Action: "s3:GetObject", NotResource: `${bucket}/*` },
  ],
};

function xmlOfMoto({ body, path }: Received): string {
  const document = (Statement: unknown): string =>
    encodeURIComponent(JSON.stringify({ Version: "2012-10-17", Statement }));
  const answers: Record<string, string> = {
    GetRole: `<R><Role><AssumeRolePolicyDocument>${document(policies.trust)}</AssumeRolePolicyDocument></Role></R>`,
    ListRolePolicies: "<R><PolicyNames><member>plan</member></PolicyNames></R>",
    GetRolePolicy: `<R><PolicyDocument>${document(policies.own)}</PolicyDocument></R>`,
    ListAttachedRolePolicies: "<R><AttachedPolicies></AttachedPolicies></R>",
    AssumeRoleWithWebIdentity: "<R><AccessKeyId>SESSION</AccessKeyId></R>",
  };
  if (path.endsWith("?encryption")) {
    return path.startsWith("/state") ? `<R><KMSMasterKeyID>${key}</KMSMasterKeyID></R>` : "<R></R>";
  }
  return answers[new URLSearchParams(body).get("Action") ?? ""] ?? "<Moto/>";
}

/** The two operations that the tests ask for, without the Python that reads models. */
const models = {
  operationOf: ({ url, body }: { url: URL; body: Buffer }): Promise<Operation> => {
    const [, Bucket = "", ...path] = url.pathname.split("/");
    const operation = new URLSearchParams(body.toString()).get("Action");
    return Promise.resolve(
      operation === null
        ? { service: "s3", operation: "GetObject", input: { Bucket, Key: path.join("/") } }
        : { service: "ec2", operation, input: {} },
    );
  },
} as unknown as Models;

function token(sub: string): string {
  const claims = { iss: "https://issuer.example", aud: "sts.amazonaws.com", sub };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`;
}

describe("The enforcement of policies", () => {
  const unkind = new Unkindness("enforced-policies");
  let cloud: GatewayUnderTest;

  beforeEach(async () => {
    cloud = await GatewayUnderTest.start((request) => ({ text: xmlOfMoto(request) }), [], unkind, models);
  });
  afterEach(() => {
    cloud.stop();
  });

  const assume = (sub: string) =>
    cloud.raw(
      "POST",
      "/",
      { "content-type": "application/x-www-form-urlencoded" },
      new URLSearchParams({
        ...{ Action: "AssumeRoleWithWebIdentity", Version: "2011-06-15", RoleSessionName: "run" },
        ...{ RoleArn: "arn:aws:iam::123456789012:role/planner", WebIdentityToken: token(sub) },
      }).toString(),
    );
  const call = (service: string, path: string, body = "", accessKey = "SESSION") =>
    cloud.raw(
      body === "" ? "GET" : "POST",
      path,
      {
        authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/20261121/eu-west-1/${service}/aws4_request`,
        ...(body === "" ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
      body,
    );

  it("gives a session to a token that the role trusts, and refuses every other", async () => {
    expect((await assume("repo:acme/platform:pull_request")).status).toBe(200);

    const refused = await assume("repo:another/platform:pull_request");

    expect(refused.status).toBe(403);
    expect(refused.text).toContain("Not authorized to perform sts:AssumeRoleWithWebIdentity");
  });

  it("lets a session do what its role may, also what S3 does with a key in its name", async () => {
    await assume("repo:acme/platform:pull_request");

    expect((await call("s3", "/state/a/b")).status).toBe(200);
    expect((await call("ec2", "/", "Action=DescribeVpcs")).status).toBe(200);
    expect(JSON.parse((await cloud.raw("GET", "/_meridian/permissions", {})).text)).toEqual({
      planner: { allowed: { "s3:GetObject": 1, "kms:Decrypt": 1, "ec2:DescribeVpcs": 1 }, refused: {} },
    });
  });

  it("refuses what is denied and what nothing allows, in the words of IAM", async () => {
    await assume("repo:acme/platform:pull_request");

    const denied = await call("s3", "/other/a");
    const notAllowed = await call("ec2", "/", "Action=CreateVpc");

    const user = "User: arn:aws:sts::123456789012:assumed-role/planner/run is not authorized to perform:";
    expect([denied.status, notAllowed.status]).toEqual([403, 403]);
    expect(denied.text).toContain(
      `<Code>AccessDenied</Code><Message>${user} s3:GetObject on resource: arn:aws:s3:::other/a with an explicit deny in an identity-based policy</Message>`,
    );
    expect(notAllowed.text).toContain(
      `<Code>UnauthorizedOperation</Code><Message>${user} ec2:CreateVpc on resource: * because no identity-based policy allows the ec2:CreateVpc action</Message>`,
    );
  });

  it("asks nothing of the account itself, nor of a session while it is switched off", async () => {
    await assume("repo:acme/platform:pull_request");

    expect((await call("ec2", "/", "Action=CreateVpc", "testing")).status).toBe(200);
    unkind.set([]);
    expect((await call("ec2", "/", "Action=CreateVpc")).status).toBe(200);
    unkind.set(["enforced-policies"]);
  });
});
