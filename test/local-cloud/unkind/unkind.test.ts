import type { Call } from "../../../local-cloud/call";
import { eventualConsistency } from "../../../local-cloud/unkind/consistency";
import { missingLinkedRole } from "../../../local-cloud/unkind/linked-roles";
import { refusals } from "../../../local-cloud/unkind/refusals";
import { Unkindness } from "../../../local-cloud/unkind";
import { GatewayUnderTest } from "../support/cloud";

describe("the switches of the local cloud", () => {
  let cloud: GatewayUnderTest;

  afterEach(() => {
    cloud.stop();
  });

  const put = (names: unknown) =>
    cloud.raw("PUT", "/_meridian/unkind", {}, JSON.stringify({ switches: names }));
  const switchedOn = async () =>
    (JSON.parse((await cloud.raw("GET", "/_meridian/status", {})).text) as { unkind: string[] }).unkind;

  /** One attempt of a call as an SDK makes it. */
  const attempt = (id: number, number: number, service = "sts", max = 3) =>
    cloud.send(service, service === "s3" ? "GET" : "POST", "/", {
      "content-type": "application/x-www-form-urlencoded",
      "amz-sdk-invocation-id": String(id),
      "amz-sdk-request": `attempt=${number}; max=${max}`,
    });

  /** How many times a client that repeats is refused, for calls one after the other. */
  async function refusalsOf(calls: number, max = 3, service = "sts"): Promise<number[]> {
    const counts: number[] = [];
    for (let id = 1; id <= calls; id += 1) {
      let number = 1;
      while ((await attempt(id, number, service, max)).status !== 200) {
        number += 1;
      }
      counts.push(number - 1);
    }
    return counts;
  }

  it("are all off at first, and are turned on and off while it runs", async () => {
    cloud = await GatewayUnderTest.start();

    expect(await switchedOn()).toEqual([]);
    await put(["quotas", "throttling"]);
    expect(await switchedOn()).toEqual(["throttling", "quotas"]);
    await put([]);
    expect(await switchedOn()).toEqual([]);
  });

  it("refuses switches that do not exist, with the nearest, and changes nothing", async () => {
    cloud = await GatewayUnderTest.start();
    await put(["quotas"]);

    const { status, text } = await put(["throtling", "throttling", "quota"]);

    expect(status).toBe(400);
    expect((JSON.parse(text) as { message: string }).message).toContain(
      "there is no switch 'throtling'; did you mean 'throttling'?\nthere is no switch 'quota'; did you mean 'quotas'?\nThe switches are: throttling, ",
    );
    expect(await switchedOn()).toEqual(["quotas"]);
  });

  it("refuses every third call and answers it when it is repeated, every ninth at the second time", async () => {
    cloud = await GatewayUnderTest.start(undefined, undefined, new Unkindness("throttling"));

    expect(await refusalsOf(9)).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 2]);
  });

  it("answers what its client calls the last attempt, and what has no second", async () => {
    cloud = await GatewayUnderTest.start(undefined, undefined, new Unkindness("throttling", "server-errors"));

    expect(await refusalsOf(9, 2)).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1]);
    expect(await refusalsOf(9, 1)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect((await cloud.send("sts", "POST", "/")).status).toBe(200);
  });

  it.each([
    ["sts", 400, "<Code>Throttling</Code>"],
    ["ec2", 503, "<Code>RequestLimitExceeded</Code>"],
    ["s3", 503, "<Code>SlowDown</Code>"],
  ])("throttles %s in the service's own words", async (service, status, code) => {
    cloud = await GatewayUnderTest.start(undefined, [], new Unkindness("throttling"));
    await attempt(1, 1, service);
    await attempt(2, 1, service);

    const refused = await attempt(3, 1, service);

    expect(refused.status).toBe(status);
    expect(refused.text).toContain(code);
  });

  it.each([
    ["sts", 403, "<Code>ExpiredToken</Code>"],
    ["ec2", 403, "<Code>RequestExpired</Code>"],
    ["s3", 400, "<Code>ExpiredToken</Code>"],
  ])("refuses every call of %s in its own words once tokens have expired", async (service, status, code) => {
    cloud = await GatewayUnderTest.start(undefined, [], new Unkindness("expired-token"));

    for (const number of [1, 2, 3]) {
      const refused = await attempt(1, number, service);
      expect(refused.status).toBe(status);
      expect(refused.text).toContain(code);
    }
  });

  it("refuses every call because of its rate, however often it is repeated", async () => {
    cloud = await GatewayUnderTest.start(undefined, [], new Unkindness("used-up-rate"));

    for (const number of [1, 2, 3]) {
      expect((await attempt(1, number)).text).toContain("<Code>Throttling</Code>");
    }
  });

  it("fails with 500 and 503 in turn", async () => {
    cloud = await GatewayUnderTest.start(undefined, undefined, new Unkindness("server-errors"));
    const statuses: number[] = [];
    for (let id = 1; id <= 6; id += 1) {
      statuses.push((await attempt(id, 1)).status);
    }

    expect(statuses).toEqual([200, 200, 500, 200, 200, 503]);
  });

  it("lets a region hold no more than a new account may have", async () => {
    const held = { vpcs: 4 };
    cloud = await GatewayUnderTest.start(
      ({ body }) => ({
        text: body.includes("DescribeVpcs") ? "<isDefault>false</isDefault>".repeat(held.vpcs) : "made",
      }),
      [],
      new Unkindness("quotas"),
    );

    const fifth = await cloud.query("ec2", { Action: "CreateVpc", CidrBlock: "10.0.0.0/16" });
    held.vpcs = 5;
    const sixth = await cloud.query("ec2", { Action: "CreateVpc", CidrBlock: "10.0.0.0/16" });

    expect(fifth).toMatchObject({ status: 200, text: "made" });
    expect(sixth.status).toBe(400);
    expect(sixth.text).toContain("<Code>VpcLimitExceeded</Code>");
  });

  it("counts what is made at the same moment", async () => {
    let made = 0;
    cloud = await GatewayUnderTest.start(
      ({ body }) =>
        body.includes("DescribeAddresses")
          ? { text: "<allocationId>x</allocationId>".repeat(made) }
          : { text: `made ${(made += 1)}` },
      [],
      new Unkindness("quotas"),
    );

    const answers = await Promise.all(
      Array.from({ length: 8 }, () => cloud.query("ec2", { Action: "AllocateAddress" })),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(made).toBe(5);
  });
});

describe("eventual consistency", () => {
  const at = { now: 0 };
  const interference = (unkind = new Unkindness("eventual-consistency")) =>
    eventualConsistency(unkind, () => at.now);

  function call(service: string, action: string, input: Record<string, unknown>, region = "eu-west-1"): Call {
    const isQuery = service === "iam";
    const body = isQuery
      ? new URLSearchParams(input as Record<string, string>).toString()
      : JSON.stringify(input);
    return {
      service,
      region,
      action,
      protocol: isQuery ? "query" : "json",
      method: "POST",
      url: new URL("http://127.0.0.1/"),
      headers: {},
      body: Buffer.from(body),
    };
  }

  const made = { status: 200, headers: {}, body: Buffer.from("") };
  const forward = () => Promise.resolve(made);

  beforeEach(() => {
    at.now = 0;
  });

  it.each([
    ["iam", "CreateRole", { RoleName: "web" }, "GetRole", { RoleName: "web" }, "NoSuchEntity"],
    [
      "iam",
      "CreateRole",
      { RoleName: "web" },
      "ListAttachedRolePolicies",
      { RoleName: "web" },
      "NoSuchEntity",
    ],
    [
      "iam",
      "CreatePolicy",
      { PolicyName: "read" },
      "GetPolicy",
      { PolicyArn: "arn:aws:iam::123456789012:policy/read" },
      "NoSuchEntity",
    ],
    [
      "iam",
      "CreateInstanceProfile",
      { InstanceProfileName: "web" },
      "GetInstanceProfile",
      { InstanceProfileName: "web" },
      "NoSuchEntity",
    ],
    [
      "iam",
      "PutRolePolicy",
      { RoleName: "web", PolicyName: "read" },
      "GetRolePolicy",
      { RoleName: "web", PolicyName: "read" },
      "NoSuchEntity",
    ],
    [
      "ecr",
      "CreateRepository",
      { repositoryName: "web" },
      "DescribeRepositories",
      { repositoryNames: ["web"] },
      "RepositoryNotFoundException",
    ],
    [
      "ecr",
      "PutImage",
      { repositoryName: "web", imageTag: "1" },
      "DescribeImages",
      { repositoryName: "web", imageIds: [{ imageTag: "1" }] },
      "ImageNotFoundException",
    ],
  ])("hides from %s what %s made (%j) for some seconds", (service, write, input, read, question, code) => {
    const unkind = interference();
    const ask = () => unkind.before(call(service, read, question), forward);

    unkind.after?.(call(service, write, input), made);

    expect(ask).toThrow(expect.objectContaining({ code }) as Error);
    at.now = 3_000;
    expect(ask).not.toThrow();
  });

  it("keeps a function and a key from using a new role", () => {
    const unkind = interference();
    const arn = "arn:aws:iam::123456789012:role/path/web";
    const uses = [
      call("lambda", "POST /2015-03-31/functions", { Role: arn }),
      call("kms", "CreateKey", { Policy: JSON.stringify({ Principal: { AWS: arn } }) }),
    ];
    unkind.after?.(call("iam", "CreateRole", { RoleName: "web" }), made);

    const codes = uses.map((use) => {
      try {
        void unkind.before(use, forward);
        return undefined;
      } catch (error) {
        return (error as { code: string }).code;
      }
    });

    expect(codes).toEqual(["InvalidParameterValueException", "MalformedPolicyDocumentException"]);
  });

  it("shows other names, other regions, what was refused, and everything while the switch is off", () => {
    const unkind = interference();
    const off = interference(new Unkindness());
    const write = call("ecr", "CreateRepository", { repositoryName: "web" });
    const read = (name: string, region: string) =>
      call("ecr", "DescribeRepositories", { repositoryNames: [name] }, region);
    unkind.after?.(write, made);
    unkind.after?.(call("ecr", "CreateRepository", { repositoryName: "api" }), { ...made, status: 400 });
    off.after?.(write, made);

    for (const [each, question] of [
      [unkind, read("other", "eu-west-1")],
      [unkind, read("web", "eu-central-1")],
      [unkind, read("api", "eu-west-1")],
      [off, read("web", "eu-west-1")],
    ] as const) {
      expect(() => each.before(question, forward)).not.toThrow();
    }
  });
});

describe("faults in a whole environment", () => {
  it("come every 50th call after the first 500, so that they hold it up no longer than they need to", () => {
    const faults = refusals(new Unkindness("throttling"));
    const isRefused = (id: number): boolean => {
      try {
        void faults.before(
          {
            ...{ service: "sts", action: "GetCallerIdentity", region: "eu-west-1", protocol: "query" },
            ...{ method: "POST", url: new URL("http://127.0.0.1/"), body: Buffer.alloc(0) },
            headers: { "amz-sdk-invocation-id": String(id), "amz-sdk-request": "attempt=1; max=3" },
          },
          () => Promise.reject(new Error("not in this test")),
        );
        return false;
      } catch {
        return true;
      }
    };
    const refused = Array.from({ length: 700 }, (_, index) => index + 1).filter(isRefused);

    expect(refused.filter((id) => id <= 9)).toEqual([3, 6, 9]);
    expect(refused.filter((id) => id > 495)).toEqual([498, 550, 600, 650, 700]);
  });
});

describe("the missing service-linked role of ECS", () => {
  const call = (service: string, action: string): Call => ({
    ...{ service, action, region: "eu-west-1", protocol: "json", method: "POST", headers: {} },
    url: new URL("http://127.0.0.1/"),
    body: Buffer.from("{}"),
  });
  const iam = (text: string) => () => Promise.resolve({ status: 200, headers: {}, body: Buffer.from(text) });
  const [present, absent] = [
    iam("<RoleName>AWSServiceRoleForECS</RoleName>"),
    iam("<Code>NoSuchEntity</Code>"),
  ];
  const message =
    "Unable to assume the service linked role. Please verify that the ECS service linked role exists.";

  it("refuses clusters until it is made and some seconds have passed, and nothing else", async () => {
    const at = { now: 0 };
    const unkind = missingLinkedRole(new Unkindness("missing-linked-role"), () => at.now);
    const cluster = call("ecs", "CreateCluster");

    await expect(unkind.before(cluster, absent)).rejects.toThrow(message);
    await expect(unkind.before(call("ecs", "DescribeClusters"), absent)).resolves.toBeUndefined();
    unkind.after?.(call("iam", "CreateServiceLinkedRole"), {
      ...{ status: 200, headers: {}, body: Buffer.alloc(0) },
    });
    await expect(unkind.before(cluster, present)).rejects.toThrow(message);
    at.now = 3_000;
    await expect(unkind.before(cluster, present)).resolves.toBeUndefined();
  });

  it("refuses nothing while the switch is off", async () => {
    const off = missingLinkedRole(new Unkindness());

    await expect(off.before(call("ecs", "CreateCluster"), absent)).resolves.toBeUndefined();
  });
});
