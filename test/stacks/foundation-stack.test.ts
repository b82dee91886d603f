import { frankfurt, ireland, sample, service, virginia } from "../environments/sample";
import { resourceAt, resourcesOf } from "../support/synth";
import { stackOf } from "./sample-stacks";

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

  it("leaves a zone of somebody else as it is", () => {
    const foundation = stackOf(sample({ domain: { name: "example.com", zone: "existing" } }), "foundation");

    expect(resourcesOf(foundation, "aws_route53_query_log")).toEqual({});
  });

  it("proves the names of each region by a certificate of its own, so that there may be any number of regions", () => {
    const regions = { "eu-west-1": ireland(), "eu-central-1": frankfurt(), "us-east-1": virginia() };
    const certificates = Object.values(
      resourcesOf(stackOf(sample({ regions }), "foundation"), "aws_acm_certificate"),
    );

    expect(
      certificates.map((certificate) => [certificate.domain_name, certificate.subject_alternative_names]),
    ).toEqual([
      ["*.eu-central-1.example.com", undefined],
      ["*.eu-west-1.example.com", undefined],
      ["*.us-east-1.example.com", undefined],
      ["example.com", ["*.example.com"]],
    ]);
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

describe("a region", () => {
  const tables = { sessions: { partitionKey: { name: "id", type: "S" } } } as const;
  const web = service({ tables: { SESSIONS_TABLE: "sessions" } });
  const registry = { scanning: "enhanced", pullThroughCaches: { quay: "quay" } } as const;
  const regional = stackOf(sample({ tables, registry, services: { web } }), "eu-central-1");

  it("lets a service use its copy of a table, and tells it the name", () => {
    const policy = resourceAt(regional, "aws_iam_role_policy", "Service-Web/Table-Sessions/Resource");

    expect(JSON.parse(String(policy.policy))).toMatchObject({
      Statement: [{ Resource: ["arn:aws:dynamodb:eu-central-1:111122223333:table/sample-sessions"] }],
    });
    expect(String(resourceAt(regional, "aws_ecs_task_definition").container_definitions)).toContain(
      "SESSIONS_TABLE",
    );
  });

  it("tells of findings in images and gives replicas and caches what replication does not carry", () => {
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
