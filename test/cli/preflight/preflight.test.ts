import fc from "fast-check";

import type { Finding } from "../../../cli/preflight";
import { needsOf } from "../../../cli/preflight/quota-needs";
import { instanceQuotaOf, quotas } from "../../../cli/preflight/quota-table";
import { judge } from "../../../cli/preflight/quotas";
import { beforeDeploy, preflightReport } from "../../../cli/preflight/report";
import { wantedSecrets } from "../../../cli/preflight/secrets";
import { declaredIn, standingIn } from "../../../cli/preflight/subject";
import type { Configuration } from "../../../cli/stacks/manifest";
import type { State } from "../../../cli/stacks/state-file";
import { devEnvironment } from "../support/fake-context";

const region = "eu-west-1";

function stackOf(blocks: object): { name: string; configuration: Configuration } {
  const provider = { aws: [{ region }, { alias: "us-east-1", region: "us-east-1" }] };
  return { name: "dev-stack", configuration: { provider, ...blocks } };
}

function needs(resource: object, state?: object) {
  const stack = stackOf({ resource });
  return needsOf({
    resources: declaredIn([stack], "resource"),
    standing: standingIn(stack, state as State | undefined),
  });
}

describe("what stacks need of quotas", () => {
  it("is counted by region, with what already exists and providers of other regions", () => {
    const resource = {
      aws_acm_certificate: { Here: {}, There: { provider: "aws.us-east-1" } },
      aws_eip: { Nat: { count: 3 } },
      aws_iam_role: { Web: {} },
    };
    const state = {
      resources: [
        {
          mode: "managed",
          type: "aws_acm_certificate",
          provider: 'provider["registry.terraform.io/hashicorp/aws"].us-east-1',
          instances: [{ attributes: {} }],
        },
      ],
    };

    expect(needs(resource, state)).toEqual([
      { quota: "addresses", region, needed: 3, owned: 0 },
      { quota: "certificates", region, needed: 1, owned: 0 },
      { quota: "certificates", region: "us-east-1", needed: 1, owned: 1 },
      { quota: "roles", region: "us-east-1", needed: 1, owned: 0 },
    ]);
  });

  it("counts NAT gateways by zone, rules by group, direction and family, and records by zone", () => {
    const rule = (group: string, ipv6 = false) => ({
      security_group_id: `\${aws_security_group.${group}.id}`,
      ...(ipv6 ? { cidr_ipv6: "::/0" } : { cidr_ipv4: "0.0.0.0/0" }),
    });

    expect(
      needs({
        aws_subnet: { A: { availability_zone: "eu-west-1a" }, B: { availability_zone: "eu-west-1b" } },
        aws_nat_gateway: {
          A: { subnet_id: "${aws_subnet.A.id}" },
          A2: { subnet_id: "${aws_subnet.A.id}" },
          B: { subnet_id: "${aws_subnet.B.id}" },
        },
        aws_vpc_security_group_ingress_rule: {
          1: rule("Web"),
          2: rule("Web"),
          3: rule("Web", true),
          4: rule("Db"),
        },
        aws_vpc_security_group_egress_rule: { 1: rule("Web") },
        aws_route53_record: {
          1: { zone_id: "${data.terraform_remote_state.Up.outputs.zone_id}" },
          2: { zone_id: "${data.terraform_remote_state.Up.outputs.zone_id}" },
          3: { zone_id: "Z2" },
        },
      }),
    ).toEqual([
      { quota: "natGateways", region, of: "eu-west-1a", needed: 2, owned: 0 },
      { quota: "natGateways", region, of: "eu-west-1b", needed: 1, owned: 0 },
      { quota: "securityGroupRules", region, of: "Web in dev-stack", needed: 2, owned: 2 },
      { quota: "records", region: "us-east-1", of: "zone_id", needed: 2, owned: 2 },
    ]);
  });

  it("shares the tasks of a service among On-Demand and Spot, as many as it may scale to", () => {
    const strategy = [
      { capacity_provider: "FARGATE", weight: 1 },
      { capacity_provider: "FARGATE_SPOT", weight: 3 },
    ];

    expect(
      needs({
        aws_ecs_task_definition: { Web: { cpu: "512" } },
        aws_ecs_service: {
          Web: {
            desired_count: 4,
            capacity_provider_strategy: strategy,
            task_definition: "${aws_ecs_task_definition.Web.arn}",
          },
        },
        aws_appautoscaling_target: {
          Web: { max_capacity: 8, resource_id: "service/x/${aws_ecs_service.Web.name}" },
        },
      }),
    ).toEqual([
      { quota: "fargate", region, needed: 0.5, owned: 0.5, most: 1 },
      { quota: "fargateSpot", region, needed: 1.5, owned: 1.5, most: 3 },
    ]);
  });

  it("blocks exactly when needs and others exceed the value, and warns only of growth", () => {
    const number = fc.nat(1000);
    fc.assert(
      fc.property(number, number, number, number, (needed, growth, value, others) => {
        const need = { quota: "vpcs", region, needed, owned: 0, most: needed + growth } as const;
        const { result } = judge(need, quotas.vpcs, { where: region, what: "quota" }, value, others);
        const expected = needed + others > value ? "block" : needed + growth + others > value ? "warn" : "ok";
        expect(result).toBe(expected);
      }),
    );
  });

  it("knows a code, a name and an AWS page for each quota, each once", () => {
    const all = Object.values(quotas);

    expect(
      all.filter(
        ({ code, page }) => !/^L-[0-9A-F]{8}$/.test(code) || !page.startsWith("https://docs.aws.amazon.com/"),
      ),
    ).toEqual([]);
    expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
  });

  it.each([
    ["c7i.2xlarge", "standardInstances"],
    ["hpc7a.96xlarge", "hpcInstances"],
    ["p5.48xlarge", "acceleratedInstances"],
    ["g5g.xlarge", "graphicsInstances"],
    ["trn1.2xlarge", "trainingInstances"],
    ["inf2.xlarge", "inferenceInstances"],
    ["mac2.metal", undefined],
  ])("counts %s against %s", (type, quota) => {
    expect(instanceQuotaOf(type)).toBe(quota);
  });
});

describe("the secrets that stacks name", () => {
  const account = devEnvironment.account;
  const wanted = (blocks: object) => {
    const stacks = [stackOf(blocks)];
    const subject = {
      environment: devEnvironment,
      resources: declaredIn(stacks, "resource"),
      data: declaredIn(stacks, "data"),
    };
    return wantedSecrets(subject).map(({ service, region: where, name }) => `${service} ${where} ${name}`);
  };

  it("are those of containers and data sources, not those of policies, patterns and other accounts", () => {
    const arn = (text: string, owner = account) => `arn:aws:secretsmanager:eu-west-1:${owner}:secret:${text}`;
    const containers = JSON.stringify([
      {
        secrets: [
          { valueFrom: arn("web/password") },
          { valueFrom: arn("web/password") },
          { valueFrom: arn("theirs", "999999999999") },
          { valueFrom: `arn:aws:ssm:eu-west-1:${account}:parameter/web/key` },
        ],
      },
    ]);

    expect(
      wanted({
        resource: {
          aws_ecs_task_definition: { Web: { container_definitions: containers } },
          aws_iam_role_policy: { Web: { policy: JSON.stringify({ Resource: arn("allowed") }) } },
          aws_s3_object: { Script: { content: arn("web/other-??????") } },
        },
        data: { aws_ssm_parameter: { Image: { name: "/aws/service/x" } } },
      }),
    ).toEqual([
      "ssm eu-west-1 /aws/service/x",
      "secretsmanager eu-west-1 web/password",
      "ssm eu-west-1 /web/key",
    ]);
  });
});

describe("the report of a preflight", () => {
  const block: Finding = {
    result: "block",
    where: region,
    what: "bucket a",
    got: "is taken",
    remedy: "Choose another.",
  };
  const warning: Finding = {
    result: "warn",
    where: "global",
    what: "roles",
    got: "are missing",
    remedy: "Wait.",
  };
  const unknown: Finding = {
    result: "unknown",
    where: region,
    what: "quota",
    got: "denied",
    remedy: "Allow it.",
  };
  const ok: Finding = { result: "ok", where: region, what: "region", got: "enabled" };
  const notes: string[] = [];
  const before = (findings: readonly Finding[], ignorePreflight?: boolean) => {
    notes.length = 0;
    beforeDeploy(findings, "dev", { ignorePreflight }, (text) => notes.push(text));
  };

  it("says of each answer where, what, what was got and what to do", () => {
    expect(preflightReport([block, ok])).toBe(
      [
        "block   eu-west-1: bucket a: is taken",
        "        To do: Choose another.",
        "ok      eu-west-1: region: enabled",
        "1 block, 0 warn, 0 unknown, 1 ok",
        "",
      ].join("\n"),
    );
  });

  it("refuses a deploy with something in its way", () => {
    expect(() => {
      before([block, warning, ok]);
    }).toThrow(
      "One finding blocks this deploy. Nothing was changed.\nblock   eu-west-1: bucket a: is taken\n        To do: Choose another.",
    );
    expect(notes).toEqual(["warn    global: roles: are missing\n        To do: Wait."]);
  });

  it("shows what a deploy sees to by itself, and does not refuse it", () => {
    before([{ ...block, isAwaited: true }]);
    expect(notes).toEqual(["block   eu-west-1: bucket a: is taken\n        To do: Choose another."]);
  });

  it("lets a deploy continue when nothing blocks it, or when blockers are to be ignored", () => {
    before([ok]);
    expect(notes).toEqual([]);
    before([unknown]);
    expect(notes).toEqual([
      "Preflight could not ask 1 of its questions: `meridian preflight dev` lists them.",
    ]);
    before([block], true);
    expect(notes).toEqual(["block   eu-west-1: bucket a: is taken\n        To do: Choose another."]);
  });
});
