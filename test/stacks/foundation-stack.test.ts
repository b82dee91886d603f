import { sample, service, virginia } from "../environments/sample";
import { resourceAt, resourcesOf } from "../support/synth";
import { stackOf } from "./sample-stacks";

const withPrivateService = sample({
  privateDns: { zone: "internal.example.com" },
  services: { web: service({ routing: { entry: "private" } }) },
});

describe("the foundation", () => {
  it("logs the queries of its zone in us-east-1, and signs the zone where asked", () => {
    const foundation = stackOf(sample({ domain: { name: "example.com", dnssec: true } }), "foundation");

    expect(resourceAt(foundation, "aws_cloudwatch_log_group")).toMatchObject({
      name: "/aws/route53/example.com",
      provider: "aws.us-east-1",
    });
    expect(resourceAt(foundation, "aws_kms_key", "SigningKey/Resource").provider).toBe("aws.us-east-1");
    expect(resourceAt(foundation, "aws_route53_hosted_zone_dnssec").signing_status).toBe("SIGNING");
  });

  it("needs no second provider at home in us-east-1", () => {
    const input = sample({
      homeRegion: "us-east-1",
      regions: { "us-east-1": virginia() },
      recovery: { rtoSeconds: 156, survives: 0 },
    });

    expect(stackOf(input, "foundation").toTerraform()).toMatchObject({
      provider: { aws: [{ region: "us-east-1" }] },
    });
  });

  it.each([
    ["of its own", { name: "example.com", dnssec: true }, "${aws_route53_zone.Zone_A5DE4B68.name_servers}"],
    [
      "of somebody else",
      { name: "example.com", zone: "existing" },
      "${data.aws_route53_zone.Zone.name_servers}",
    ],
  ] as const)("says what the registrar must hold for a zone %s", (_whose, domain, nameServers) => {
    const { output } = stackOf(sample({ domain }), "foundation").toTerraform() as {
      output: Record<string, { value: string }>;
    };

    expect(output).toMatchObject({
      domain_name: { value: "example.com" },
      name_servers: { value: nameServers },
    });
    expect(output.ds_record !== undefined).toBe("dnssec" in domain);
  });

  it("leaves a zone of somebody else as it is", () => {
    const foundation = stackOf(sample({ domain: { name: "example.com", zone: "existing" } }), "foundation");

    expect(resourcesOf(foundation, "aws_route53_query_log")).toEqual({});
  });

  it("holds no certificate: one that nothing uses is not renewed, and fails every plan once it has expired", () => {
    const foundation = stackOf(withPrivateService, "foundation");

    expect(resourcesOf(foundation, "aws_acm_certificate")).toEqual({});
    expect(resourcesOf(foundation, "aws_acm_certificate_validation")).toEqual({});
    expect(resourcesOf(foundation, "aws_route53_record")).toEqual({});
  });

  it("leaves the validation records that it once wrote in the zone, for the stacks that write them now", () => {
    const { removed } = stackOf(withPrivateService, "foundation").toTerraform() as {
      removed: { from: string; lifecycle: unknown }[];
    };

    // The addresses under which standing environments have them.
    expect(removed.map(({ from }) => from)).toEqual([
      "aws_route53_record.Certificate_Proof_examplecom_89AFA585",
      "aws_route53_record.Certificate-eu-west-1_Proof_eu-west-1examplecom_864E88FF",
      "aws_route53_record.Certificate-eu-central-1_Proof_eu-central-1examplecom_4D8D51EA",
      expect.stringMatching(/^aws_route53_record\.PrivateCertificate_Proof_internalexamplecom_[0-9A-F]{8}$/),
    ]);
    expect(removed.map(({ lifecycle }) => lifecycle)).toEqual(removed.map(() => [{ destroy: false }]));
  });

  it("copies a table to the other regions, each with its alarms", () => {
    const tables = { sessions: { partitionKey: { name: "id", type: "S" } } } as const;
    const foundation = stackOf(sample({ tables }), "foundation");

    expect(resourceAt(foundation, "aws_dynamodb_table").name).toBe("sample-sessions");
    expect(resourceAt(foundation, "aws_dynamodb_table_replica").provider).toBe("aws.eu-central-1");
    const alarms = Object.values(resourcesOf(foundation, "aws_cloudwatch_metric_alarm"));
    expect(alarms.find(({ provider }) => provider === "aws.eu-central-1")?.alarm_actions).toEqual([
      "arn:aws:sns:eu-central-1:111122223333:sample-alarms",
    ]);
  });
});

const eightRegions = [
  "eu-west-1",
  "eu-central-1",
  "us-east-1",
  "us-east-2",
  "us-west-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-northeast-1",
];

describe("every certificate", () => {
  const input = sample({
    privateDns: { zone: "internal.example.com" },
    services: {
      web: service({ routing: { entry: "distribution" } }),
      ledger: service({ routing: { entry: "private" } }),
    },
  });

  it.each([
    ["eu-west-1", ["eu-west-1.example.com", "example.com", "internal.example.com"]],
    ["eu-central-1", ["eu-central-1.example.com", "example.com", "internal.example.com"]],
    ["cloudfront", ["example.com"]],
  ])("of %s has its proof in the stack that uses it, so that no stack waits for another", (layer, names) => {
    const records = Object.values(resourcesOf(stackOf(input, layer), "aws_route53_record")).filter(
      ({ allow_overwrite: mayOverwrite }) => mayOverwrite === true,
    );

    expect(records.map(({ name }) => /== "([^"]+)"/.exec(String(name))?.[1]).sort()).toEqual(names);
    expect(new Set(records.map(({ zone_id: zone }) => zone))).toEqual(
      new Set(["${data.terraform_remote_state.Upstream-Foundation.outputs.hosted_zone_id}"]),
    );
  });

  it("holds at most ten names, however many regions there are", () => {
    const regions = Object.fromEntries(
      eightRegions.map((region, index) => [
        region,
        { ipv4CidrBlock: `10.${index}.0.0/16`, zones: [`${region}a`, `${region}b`] },
      ]),
    );
    const many = sample({ regions, homeRegion: "eu-west-1", recovery: { rtoSeconds: 156, survives: 0 } });

    for (const region of eightRegions) {
      const certificate = resourceAt(stackOf(many, region), "aws_acm_certificate");
      expect([certificate.domain_name, ...(certificate.subject_alternative_names as string[])]).toEqual([
        "example.com",
        "*.example.com",
        `*.${region}.example.com`,
      ]);
    }
  });
});

describe("a region", () => {
  const tables = { sessions: { partitionKey: { name: "id", type: "S" } } } as const;
  const web = service({ uses: { SESSIONS_TABLE: { of: "tables.sessions", access: "read-write" } } });
  const registry = { scanning: "enhanced", pullThroughCaches: { quay: "quay" } } as const;
  const regional = stackOf(sample({ tables, registry, services: { web } }), "eu-central-1");

  it("lets a service use its copy of a table, and gives it the name", () => {
    const policy = resourceAt(regional, "aws_iam_role_policy", "Service-Web/Table-Sessions/Resource");

    expect(JSON.parse(String(policy.policy))).toMatchObject({
      Statement: [{ Resource: ["arn:aws:dynamodb:eu-central-1:111122223333:table/sample-sessions"] }],
    });
    expect(String(resourceAt(regional, "aws_ecs_task_definition").container_definitions)).toContain(
      "SESSIONS_TABLE",
    );
  });

  it("reports findings in images and gives replicas and caches what replication does not carry", () => {
    expect(resourceAt(regional, "aws_ecr_registry_scanning_configuration").scan_type).toBe("ENHANCED");
    const templates = Object.values(resourcesOf(regional, "aws_ecr_repository_creation_template"));
    expect(templates.map(({ prefix, applied_for: appliedFor }) => [prefix, appliedFor])).toEqual([
      ["quay", ["PULL_THROUGH_CACHE"]],
      ["ROOT", ["REPLICATION"]],
    ]);
  });

  it("has a template for the replicas of each namespace, and one for names without", () => {
    const image = (repository: string) => service({ image: { repository, tag: "1.0.0" } });
    const services = {
      web: image("web"),
      api: image("api"),
      pay: image("team/pay"),
      ship: image("team/ship"),
    };
    const region = stackOf(sample({ services }), "eu-central-1");

    expect(
      Object.values(resourcesOf(region, "aws_ecr_repository_creation_template")).map(({ prefix }) => prefix),
    ).toEqual(["ROOT", "team"]);
  });

  it("has no template for replicas at home, where images are pushed", () => {
    const home = stackOf(sample({ services: { web: service() } }), "eu-west-1");

    expect(resourcesOf(home, "aws_ecr_repository_creation_template")).toEqual({});
  });
});
