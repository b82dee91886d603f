/**
 * Each answer of a preflight, provoked on the local cloud: the stacks are only synthesized, what is in their
 * way stands before them.
 */
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { clientSettings } from "../../../cli/aws/client";
import { s3Client } from "../../../cli/aws/objects";
import { type Finding, findingsOf } from "../../../cli/preflight";
import { declaredIn, type Subject } from "../../../cli/preflight/subject";
import { checkZones } from "../../../cli/preflight/zones";
import type { ParentAnswer } from "../../../cli/probes/delegation";
import { GatewayUnderTest } from "../../local-cloud/support/cloud";
import { demo, demoStack, LocalRunner } from "../support/local-runner";

jest.setTimeout(300_000);

const home = demo.homeRegion;
const file = join(tmpdir(), `preflight-${process.pid}.json`);

describe("meridian preflight", () => {
  let runner: LocalRunner;

  /** What a preflight of one stack with these blocks finds, as `result where: what: got`. */
  async function findings(blocks: object, region = home): Promise<{ exitCode: number; found: Finding[] }> {
    runner.stacks = [demoStack("demo-stack", blocks, [], region)];
    const { exitCode } = await runner.meridian("preflight", "demo", "--json", file);
    return { exitCode, found: (JSON.parse(readFileSync(file, "utf8")) as { findings: Finding[] }).findings };
  }

  async function findingOn(what: string, blocks: object, region = home): Promise<Partial<Finding>> {
    const { found } = await findings(blocks, region);
    const [first, ...rest] = found.filter((each) => each.what.startsWith(what));
    expect(rest).toEqual([]);
    return first ?? {};
  }

  beforeAll(async () => {
    runner = await LocalRunner.start();
  });

  afterEach(async () => {
    await runner.beUnkind();
  });

  afterAll(async () => {
    await runner.stop();
  });

  it("finds nothing in the way of what fits, and exits with 0", async () => {
    const { exitCode, found } = await findings({
      resource: { aws_vpc: { Main: { cidr_block: "10.0.0.0/16" } } },
    });

    expect(found).toEqual([
      { result: "ok", where: home, what: "region is enabled", got: "opt-in-not-required" },
      {
        result: "ok",
        where: home,
        what: "quota VPCs per Region",
        got: "the quota is 5; needed are 1 and 1 that others use",
      },
    ]);
    expect(exitCode).toBe(0);
  });

  it("blocks on a region that AWS does not name", async () => {
    const vpc = { resource: { aws_vpc: { Main: { cidr_block: "10.0.0.0/16" } } } };

    expect(await findingOn("region is enabled", vpc, "mars-west-1")).toMatchObject({
      result: "block",
      where: "mars-west-1",
    });
  });

  it("blocks on a quota that the stacks exceed, with what others use, and says how to raise it", async () => {
    const addresses = { resource: { aws_eip: { Nat: { count: 6 } } } };

    expect(await findingOn("quota", addresses)).toEqual({
      result: "block",
      where: home,
      what: "quota EC2-VPC Elastic IPs",
      got: "the quota is 5; needed are 6",
      remedy: expect.stringContaining(
        "--region eu-west-1 --service-code ec2 --quota-code L-0263D0A3 --desired-value 6`",
      ) as string,
    });
  });

  it("takes a raised quota for what it is", async () => {
    const { RequestServiceQuotaIncreaseCommand, ServiceQuotasClient } =
      await import("@aws-sdk/client-service-quotas");
    await new ServiceQuotasClient(clientSettings(runner.access, "eu-central-1")).send(
      new RequestServiceQuotaIncreaseCommand({
        ServiceCode: "ec2",
        QuotaCode: "L-0263D0A3",
        DesiredValue: 20,
      }),
    );

    expect(
      await findingOn("quota", { resource: { aws_eip: { Nat: { count: 6 } } } }, "eu-central-1"),
    ).toMatchObject({ result: "ok", got: "the quota is 20; needed are 6" });
  });

  it("warns of tasks that a new account cannot scale to, and blocks where it cannot even start them", async () => {
    const service = (desired: number) => ({
      resource: {
        aws_ecs_task_definition: { Web: { family: "web", cpu: "1024", container_definitions: "[]" } },
        aws_ecs_service: {
          Web: {
            name: "web",
            launch_type: "FARGATE",
            desired_count: desired,
            task_definition: "${aws_ecs_task_definition.Web.arn}",
          },
        },
        aws_appautoscaling_target: {
          Web: {
            max_capacity: 10,
            resource_id: "service/x/${aws_ecs_service.Web.name}",
            service_namespace: "ecs",
          },
        },
      },
    });
    await runner.beUnkind("quotas");

    expect(await findingOn("quota Fargate On-Demand", service(4))).toMatchObject({
      result: "warn",
      got: "the quota is 6; needed are 4, and 10 when everything has scaled to its maximum",
    });
    expect(await findingOn("quota Fargate On-Demand", service(7))).toMatchObject({ result: "block" });
  });

  it("blocks on a zone that is looked up and not there, and on secrets and parameters that are not in their region", async () => {
    const secret = (region: string, name: string) =>
      `arn:aws:secretsmanager:${region}:${demo.account}:secret:${name}`;
    const { CreateSecretCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
    await new SecretsManagerClient(clientSettings(runner.access, home)).send(
      new CreateSecretCommand({ Name: "web/password", SecretString: "x" }),
    );
    const { found } = await findings({
      data: {
        aws_route53_zone: { Main: { name: "absent.example" } },
        aws_ssm_parameter: {
          Image: {
            name: "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
          },
          Missing: { name: "/demo/missing" },
        },
      },
      resource: {
        aws_ecs_task_definition: {
          Web: {
            family: "web",
            container_definitions: JSON.stringify([
              {
                secrets: [home, "eu-central-1"].map((region) => ({
                  valueFrom: secret(region, "web/password"),
                })),
              },
            ]),
          },
        },
      },
    });

    expect(found.map(({ result, where, what }) => `${result} ${where} ${what}`)).toEqual(
      expect.arrayContaining([
        "block global zone absent.example",
        "block eu-west-1 parameter /demo/missing",
        "ok eu-west-1 parameter /aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
        "ok eu-west-1 secret web/password",
        "block eu-central-1 secret web/password",
      ]),
    );
  });

  it("blocks on names that are taken by what no state holds", async () => {
    const { CreateBucketCommand } = await import("@aws-sdk/client-s3");
    const { CreateRepositoryCommand, ECRClient } = await import("@aws-sdk/client-ecr");
    const { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient } =
      await import("@aws-sdk/client-iam");
    const settings = clientSettings(runner.access, home);
    await (
      await s3Client(runner.access, home)
    ).send(
      new CreateBucketCommand({
        Bucket: "demo-taken",
        CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
      }),
    );
    await new ECRClient(settings).send(new CreateRepositoryCommand({ repositoryName: "taken" }));
    const iam = new IAMClient(settings);
    await iam.send(new CreateRoleCommand({ RoleName: "taken", AssumeRolePolicyDocument: "{}" }));
    await iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: "https://tokens.example.com",
        ThumbprintList: ["f".repeat(40)],
      }),
    );
    const { exitCode, found } = await findings({
      resource: {
        aws_s3_bucket: { Taken: { bucket: "demo-taken" }, Free: { bucket: "demo-free" } },
        aws_ecr_repository: { Taken: { name: "taken" } },
        aws_iam_role: { Taken: { name: "taken" } },
        aws_iam_openid_connect_provider: { GitHub: { url: "https://tokens.example.com" } },
        aws_cloudfront_distribution: { Site: { aliases: ["www.example.com"] } },
      },
    });

    expect(exitCode).toBe(1);
    expect(
      found.filter(({ result }) => result === "block").map(({ what, got }) => `${what}: ${got}`),
    ).toEqual([
      "bucket demo-taken: exists in the account but in no state, and demo-stack creates it",
      "repositories taken: taken in the account but in no state",
      "names of roles: taken in the account but in no state",
      `OIDC provider tokens.example.com: arn:aws:iam::${demo.account}:oidc-provider/tokens.example.com is in the account but in no state`,
    ]);
    expect(found).toContainEqual({
      result: "ok",
      where: "global",
      what: "CloudFront names www.example.com",
      got: "no other distribution of the account has them",
    });
  });

  it("takes what the environment's own states hold for its own", async () => {
    const { AllocateAddressCommand, EC2Client } = await import("@aws-sdk/client-ec2");
    const { CreateRoleCommand, IAMClient } = await import("@aws-sdk/client-iam");
    const { CreateBucketCommand, PutObjectCommand } = await import("@aws-sdk/client-s3");
    const settings = clientSettings(runner.access, home);
    const s3 = await s3Client(runner.access, home);
    await s3.send(
      new CreateBucketCommand({
        Bucket: "demo-own",
        CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
      }),
    );
    await new IAMClient(settings).send(
      new CreateRoleCommand({ RoleName: "own", AssumeRolePolicyDocument: "{}" }),
    );
    const ec2 = new EC2Client(settings);
    for (let count = 0; count < 4; count += 1) {
      await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
    }
    const held = (type: string, attributes: object) => ({
      mode: "managed",
      type,
      name: "Own",
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ attributes }],
    });
    const state = {
      version: 4,
      lineage: "own",
      serial: 1,
      outputs: {},
      resources: [
        held("aws_s3_bucket", { bucket: "demo-own" }),
        held("aws_iam_role", { name: "own" }),
        { ...held("aws_eip", {}), instances: [{}, {}, {}] },
      ],
    };
    const key = "demo/demo-stack.tfstate";
    await s3.send(new PutObjectCommand({ Bucket: demo.state.bucket, Key: key, Body: JSON.stringify(state) }));

    const { found } = await findings({
      resource: {
        aws_s3_bucket: { Own: { bucket: "demo-own" } },
        aws_iam_role: { Own: { name: "own" } },
        aws_eip: { Own: { count: 4 } },
      },
    });

    expect(found.filter(({ result }) => result !== "ok")).toEqual([]);
    expect(found).toContainEqual({
      result: "ok",
      where: home,
      what: "quota EC2-VPC Elastic IPs",
      got: "the quota is 5; needed are 4 and 1 that others use",
    });
  });

  it("blocks on instance types that a subnet's zone does not offer, and on images that are not there", async () => {
    const { found } = await findings({
      resource: {
        aws_subnet: { Main: { availability_zone: "eu-west-1a" } },
        aws_instance: {
          Head: {
            instance_type: "z9.huge",
            ami: "ami-00000000000000000",
            subnet_id: "${aws_subnet.Main.id}",
          },
          Login: { instance_type: "c5.large", ami: "ami-785db401", subnet_id: "${aws_subnet.Main.id}" },
        },
      },
    });

    expect(found.map(({ result, what, got }) => `${result} ${what}: ${got}`)).toEqual(
      expect.arrayContaining([
        "block instance type z9.huge of demo-stack: not offered in eu-west-1a",
        "ok instance type c5.large of demo-stack: offered in eu-west-1a",
        "block machine image ami-00000000000000000 of demo-stack: is not there, or not shared with the account",
        "ok machine image ami-785db401 of demo-stack: available",
      ]),
    );
  });

  it("warns of service-linked roles that are not there yet, and of App Runner for an account that never used it", async () => {
    const { found } = await findings({
      resource: { aws_apprunner_service: { Site: {} }, aws_ecs_cluster: { Main: {} } },
    });

    expect(found.filter(({ result }) => result === "warn").map(({ what, got }) => `${what}: ${got}`)).toEqual(
      [
        "App Runner is open to the account: the account has no App Runner service in any region of the environment, and App Runner has accepted no new customers since 30 April 2026",
        "service-linked roles: AWSServiceRoleForAppRunner, AWSServiceRoleForECS are missing",
      ],
    );
  });
});

describe("the delegation of a domain", () => {
  const nameServers = ["ns-1.awsdns-01.com", "ns-2.awsdns-02.net"];
  const dsRecord = "12345 13 2 ABCD";
  const zone = { zone_id: "Z1", name: "example.com", name_servers: nameServers };

  /** What a preflight says of it where the zone above answers so. */
  async function finding(
    parent: ParentAnswer | Error,
    { stands = true, certificates = 1 } = {},
  ): Promise<Partial<Finding>> {
    const cloud = await GatewayUnderTest.start(
      { text: "<ListHostedZonesResponse><HostedZones/></ListHostedZonesResponse>" },
      [],
    );
    const stacks = [
      demoStack("demo-stack", {
        resource: {
          aws_route53_zone: { Main: { name: "example.com" } },
          ...(certificates > 0 ? { aws_acm_certificate_validation: { Web: {} } } : {}),
        },
      }),
    ];
    const found = await checkZones({
      access: { endpoint: cloud.endpoint, variables: {} },
      environment: demo,
      resources: declaredIn(stacks, "resource"),
      data: [],
      standing: stands
        ? [
            { type: "aws_route53_zone", region: home, attributes: zone },
            {
              type: "aws_route53_key_signing_key",
              region: home,
              attributes: { hosted_zone_id: "Z1", ds_record: dsRecord },
            },
          ]
        : [],
      bucketStatus: () => Promise.resolve("absent"),
      parentOf: () => (parent instanceof Error ? Promise.reject(parent) : Promise.resolve(parent)),
      servedCertificate: () => Promise.reject(new Error("nothing is served")),
      now: () => new Date(),
    });
    cloud.stop();
    return found.find(({ what }) => what === "delegation of example.com") ?? {};
  }

  it.each([
    ["ok", "delegated", { nameServers, dsRecords: [dsRecord] }],
    ["warn", "unsigned", { nameServers, dsRecords: [] }],
    ["block", "undelegated", { nameServers: [], dsRecords: [] }],
    ["block", "elsewhere", { nameServers: ["ns.registrar.example"], dsRecords: [] }],
    ["block", "broken", { nameServers, dsRecords: ["1 13 2 FF"] }],
    ["unknown", "no name server answers", new Error("no name server answers")],
  ] as const)("is %s when the parent says that it is %s", async (result, got, parent) => {
    expect(await finding(parent)).toMatchObject({ result, got });
  });

  it("is a warning where no certificate waits for it", async () => {
    expect(await finding({ nameServers: [], dsRecords: [] }, { certificates: 0 })).toMatchObject({
      result: "warn",
      got: "undelegated",
    });
  });

  it("is a warning before the zone is made", async () => {
    expect(
      await finding({ nameServers: ["ns.registrar.example"], dsRecords: [] }, { stands: false }),
    ).toMatchObject({
      result: "warn",
      got: "the zone is not made yet; the zone above names ns.registrar.example",
    });
  });
});

describe("a preflight that may ask nothing", () => {
  it("answers unknown to every question, with the permission that is missing, and never fails", async () => {
    const denied = { status: 403, headers: { "x-amzn-errortype": "AccessDeniedException" } };
    const cloud = await GatewayUnderTest.start(
      ({ headers }) => ({
        ...denied,
        text: String(headers["content-type"]).includes("json")
          ? '{"__type":"AccessDeniedException","message":"not authorized"}'
          : "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>not authorized</Message></Error></Errors></Response>",
      }),
      [],
    );
    const stacks = [
      demoStack("demo-stack", {
        resource: {
          aws_vpc: { Main: {} },
          aws_ecs_cluster: { Main: {} },
          aws_iam_role: { Web: { name: "web" } },
          aws_ecr_repository: { Web: { name: "web" } },
          aws_s3_bucket: { Web: { bucket: "web" } },
          aws_apprunner_service: { Web: {} },
          aws_route53_zone: { Private: { name: "internal.example", vpc: [{ vpc_id: "vpc-1" }] } },
        },
        data: {
          aws_ssm_parameter: { Image: { name: "/aws/service/x" } },
          aws_route53_zone: { Main: { name: "example.com" } },
        },
      }),
    ];
    const subject: Subject = {
      access: { endpoint: cloud.endpoint, variables: {} },
      environment: demo,
      resources: declaredIn(stacks, "resource"),
      data: declaredIn(stacks, "data"),
      standing: [],
      bucketStatus: () => Promise.reject(new Error("AccessDenied: no")),
      parentOf: () => Promise.reject(new Error("nobody answers")),
      servedCertificate: () => Promise.reject(new Error("nothing is served")),
      now: () => new Date(),
    };

    const found = await findingsOf(subject);
    cloud.stop();

    expect(found.filter(({ result }) => result !== "unknown")).toEqual([]);
    expect(found.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        "enabled regions",
        "hosted zones",
        "parameter /aws/service/x",
        "bucket web",
        "repositories web",
        "names of roles",
        "App Runner is open to the account",
        "service-linked roles",
        "quota VPCs per Region",
      ]),
    );
    expect(found.filter(({ remedy = "" }) => !/^Allow [\w-]+:\w+/.test(remedy))).toEqual([]);
  });
});
