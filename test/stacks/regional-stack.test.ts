import { sample, service } from "../environments/sample";
import { resourceAt, resourcesOf } from "../support/synth";
import { stackOf } from "./sample-stacks";

const appRunner = { existingCustomer: true } as const;
const topic = "arn:aws:sns:eu-central-1:111122223333:sample-alarms";

describe("a region's services on App Runner", () => {
  const input = sample({ appRunner, services: { web: service({ runtime: "app-runner" }) } });
  const stack = stackOf(input, "eu-central-1");

  it("pull the copy of the image in their own region", () => {
    expect(resourceAt(stack, "aws_apprunner_service")).toMatchObject({
      service_name: "sample-web",
      source_configuration: {
        image_repository: {
          image_identifier: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/web:1.0.0",
        },
      },
    });
  });

  it("notify the region's topic of their alarms", () => {
    const alarms = Object.values(resourcesOf(stack, "aws_cloudwatch_metric_alarm")).filter(
      ({ alarm_name: name }) => String(name).includes("app-runner"),
    );

    expect(alarms.map(({ alarm_name: name, alarm_actions: actions }) => [name, actions])).toEqual([
      ["sample-web-app-runner-latency", [topic]],
      ["sample-web-app-runner-server-errors", [topic]],
    ]);
  });

  it("are behind the region's web ACL", () => {
    expect(
      Object.values(resourcesOf(stack, "aws_wafv2_web_acl_association")).map(({ resource_arn: arn }) => arn),
    ).toContain("${aws_apprunner_service.AppRunner-Web_9C5408F8.arn}");
  });

  it("connect where the environment says, through their connector", () => {
    const web = service({ runtime: "app-runner", egress: { cache: { to: "network", port: 6379 } } });
    const open = stackOf(sample({ appRunner, services: { web } }), "eu-central-1");

    expect(
      resourceAt(open, "aws_vpc_security_group_egress_rule", "AppRunner-Web/AllowedEgress/cache"),
    ).toEqual({
      description: "To cache",
      security_group_id: "${aws_security_group.AppRunner-Web_Egress_SecurityGroup_7509B8CC.id}",
      cidr_ipv4: "10.1.0.0/16",
      ip_protocol: "tcp",
      from_port: 6379,
      to_port: 6379,
    });
  });

  it("send traces only where the environment says so", () => {
    const traced = sample({
      appRunner: { ...appRunner, tracing: true },
      services: { web: service({ runtime: "app-runner" }) },
    });

    expect(resourcesOf(stack, "aws_apprunner_observability_configuration")).toEqual({});
    expect(
      resourceAt(stackOf(traced, "eu-central-1"), "aws_apprunner_observability_configuration"),
    ).toMatchObject({
      trace_configuration: { vendor: "AWSXRAY" },
    });
  });
});

describe("a region's services on Fargate", () => {
  const key = (region: string) =>
    `arn:aws:kms:${region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const web = service({
    command: ["serve", "--region=${AWS_REGION}"],
    scratchPaths: ["/tmp"],
    secrets: { PASSWORD: "web/database:password" },
    secretKeyArns: [key("eu-west-1"), key("eu-central-1")],
    egress: {
      database: { to: "network", port: 5432 },
      mainframe: { to: "192.168.7.0/24", port: 1414 },
    },
    permissions: [
      { actions: ["sqs:SendMessage"], resources: ["arn:aws:sqs:{region}:111122223333:orders-{region}"] },
    ],
  });
  const stack = stackOf(sample({ services: { web } }), "eu-central-1");

  it("run the command that the environment gives, with a place to write to", () => {
    const { container_definitions: containers } = resourceAt(stack, "aws_ecs_task_definition");

    expect(JSON.parse(String(containers))).toMatchObject([
      {
        command: ["serve", "--region=$${AWS_REGION}"],
        readonlyRootFilesystem: true,
        mountPoints: [{ sourceVolume: "scratch-tmp", containerPath: "/tmp", readOnly: false }],
        secrets: [
          {
            name: "PASSWORD",
            valueFrom: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:web/database:password::",
          },
        ],
      },
    ]);
  });

  it("may do what the environment says, in their own region", () => {
    expect(resourceAt(stack, "aws_iam_role_policy", "Service-Web/Permissions/Resource")).toEqual({
      name: "permissions",
      role: "${aws_iam_role.Service-Web_Roles_Task_41ACA496.name}",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["sqs:SendMessage"],
            Resource: ["arn:aws:sqs:eu-central-1:111122223333:orders-eu-central-1"],
          },
        ],
      }),
    });
  });

  it("decrypt their secrets with the keys of their own region only", () => {
    const policies = JSON.stringify(resourcesOf(stack, "aws_iam_role_policy"));

    expect(policies).toContain(key("eu-central-1"));
    expect(policies).not.toContain(key("eu-west-1"));
  });

  it("connect where the environment says, and to their own network over both families", () => {
    const rulesOf = (of: typeof stack) =>
      Object.values(resourcesOf(of, "aws_vpc_security_group_egress_rule")).filter(({ description }) =>
        /^To (database|mainframe)/.test(String(description)),
      );
    const group = "${aws_security_group.Service-Web_Ingress_SecurityGroup_CE293C04.id}";
    const dualStack = stackOf(sample({ ipv6: true, services: { web } }), "eu-central-1");

    expect(rulesOf(stack)).toEqual([
      {
        description: "To database",
        security_group_id: group,
        cidr_ipv4: "10.1.0.0/16",
        ip_protocol: "tcp",
        from_port: 5432,
        to_port: 5432,
      },
      {
        description: "To mainframe",
        security_group_id: group,
        cidr_ipv4: "192.168.7.0/24",
        ip_protocol: "tcp",
        from_port: 1414,
        to_port: 1414,
      },
    ]);
    expect(rulesOf(dualStack).map(({ description, cidr_ipv6: block }) => [description, block])).toEqual([
      ["To database", undefined],
      [
        "To database.ipv6",
        "${data.terraform_remote_state.Upstream-EuCentral1Network.outputs.vpc_ipv6_cidr_block}",
      ],
      ["To mainframe", undefined],
    ]);
  });
});
