import { TerraformOutput } from "cdktf";

import { ImageRepository } from "../../../modules/container-registry";
import type { INetwork, SubnetTier } from "../../../core";
import {
  EcsExpressService,
  ecsExpressProviderVersion,
  type EcsExpressServiceProps,
} from "../../../modules/ecs-express";
import { emptyStack, refusal, resourceAt, synthesize } from "../../support/synth";

const account = "111122223333";

const network: INetwork = {
  region: "eu-west-1",
  vpcId: "vpc-1",
  vpcCidrBlock: "10.0.0.0/16",
  zones: ["eu-west-1a", "eu-west-1b"],
  subnetIds: (tier: SubnetTier) => [`${tier}-a`, `${tier}-b`],
};

const required: EcsExpressServiceProps = {
  name: "prod-web",
  account,
  network,
  image: "public.ecr.aws/nginx/nginx:1.27",
  containerPort: 80,
  cpu: 512,
  memoryMiB: 1024,
  capacity: { minimum: 1, maximum: 4 },
};

function stackWith(props: Partial<EcsExpressServiceProps> = {}) {
  const stack = emptyStack();
  const service = new EcsExpressService(stack, "Web", { ...required, ...props });
  return { stack, service };
}

const refuse = (props: Partial<EcsExpressServiceProps>): string => refusal(() => stackWith(props));

describe("EcsExpressService", () => {
  it("serves a public image to the internet and holds 60 percent CPU", () => {
    const { stack } = stackWith();

    expect(resourceAt(stack, "aws_ecs_express_gateway_service")).toEqual({
      service_name: "prod-web",
      cluster: "default",
      cpu: "512",
      memory: "1024",
      execution_role_arn: "${aws_iam_role.Web_Roles_Execution_327DBD7C.arn}",
      infrastructure_role_arn: "${aws_iam_role.Web_Roles_Infrastructure_796FF947.arn}",
      task_role_arn: "${aws_iam_role.Web_Roles_Task_EE2DB9E2.arn}",
      health_check_path: "/",
      primary_container: [
        {
          image: "public.ecr.aws/nginx/nginx:1.27",
          container_port: 80,
          aws_logs_configuration: [
            {
              log_group: "${aws_cloudwatch_log_group.Web_Logs_C5202D6A.name}",
              log_stream_prefix: "app",
            },
          ],
          environment: [],
          secret: [],
        },
      ],
      network_configuration: [
        {
          subnets: ["public-a", "public-b"],
          security_groups: ["${aws_security_group.Web_SecurityGroup_322089BD.id}"],
        },
      ],
      scaling_target: [
        {
          min_task_count: 1,
          max_task_count: 4,
          auto_scaling_metric: "AVERAGE_CPU",
          auto_scaling_target_value: 60,
        },
      ],
      wait_for_steady_state: false,
      depends_on: [
        "aws_iam_role_policy.Web_Roles_ExecutionPolicy_5F046A80",
        "aws_iam_role_policy_attachment.Web_Roles_InfrastructurePolicy_24F2626A",
      ],
    });
  });

  it("takes every setting, variables in the order of their names", () => {
    const { stack } = stackWith({
      tier: "private",
      clusterName: "prod",
      healthCheckPath: "/health",
      scaling: { metric: "REQUEST_COUNT_PER_TARGET", target: 500 },
      environment: { ZONE: "z", MODE: "m" },
      secrets: {
        TOKEN: `arn:aws:ssm:eu-west-1:${account}:parameter/web/token`,
        PASSWORD: `arn:aws:secretsmanager:eu-west-1:${account}:secret:rds!db-1a2b-AbCdEf`,
      },
      logRetentionDays: 7,
      waitForSteadyState: true,
    });

    expect(resourceAt(stack, "aws_ecs_express_gateway_service")).toMatchObject({
      cluster: "prod",
      health_check_path: "/health",
      primary_container: [
        {
          environment: [
            { name: "MODE", value: "m" },
            { name: "ZONE", value: "z" },
          ],
          secret: [
            {
              name: "PASSWORD",
              value_from: `arn:aws:secretsmanager:eu-west-1:${account}:secret:rds!db-1a2b-AbCdEf`,
            },
            { name: "TOKEN", value_from: `arn:aws:ssm:eu-west-1:${account}:parameter/web/token` },
          ],
        },
      ],
      network_configuration: [{ subnets: ["private-a", "private-b"] }],
      scaling_target: [{ auto_scaling_metric: "REQUEST_COUNT_PER_TARGET", auto_scaling_target_value: 500 }],
      wait_for_steady_state: true,
    });
    expect(resourceAt(stack, "aws_cloudwatch_log_group").retention_in_days).toBe(7);
  });

  it("calls out over IPv6 as well in a dual-stack network", () => {
    const { stack } = stackWith({ network: { ...network, vpcIpv6CidrBlock: "2001:db8::/56" } });

    expect(resourceAt(stack, "aws_vpc_security_group_egress_rule", "Web/HttpsToAnyIpv6")).toMatchObject({
      description: "HTTPS to anywhere",
      cidr_ipv6: "::/0",
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
    });
  });

  it("may pull its image, write its log and read its secrets, and nothing else", () => {
    const { stack } = stackWith({
      repository: ImageRepository.fromName("web", account),
      secrets: {
        TOKEN: `arn:aws:ssm:eu-west-1:${account}:parameter/web/token`,
        PASSWORD: `arn:aws:secretsmanager:eu-west-1:${account}:secret:web/db-AbCdEf`,
      },
    });
    const { policy } = resourceAt(stack, "aws_iam_role_policy");

    expect((JSON.parse(String(policy)) as { Statement: unknown }).Statement).toEqual([
      { Sid: "LogInToRegistry", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
      {
        Sid: "PullImages",
        Effect: "Allow",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: [`arn:aws:ecr:eu-west-1:${account}:repository/web`],
      },
      {
        Sid: "WriteLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `arn:aws:logs:eu-west-1:${account}:log-group:\${aws_cloudwatch_log_group.Web_Logs_C5202D6A.name}:*`,
      },
      {
        Sid: "ReadSecrets",
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: [`arn:aws:secretsmanager:eu-west-1:${account}:secret:web/db-AbCdEf`],
      },
      {
        Sid: "ReadParameters",
        Effect: "Allow",
        Action: "ssm:GetParameters",
        Resource: [`arn:aws:ssm:eu-west-1:${account}:parameter/web/token`],
      },
    ]);
  });

  it("lets ECS build the rest for this account alone", () => {
    const { stack } = stackWith();
    const trust = resourceAt(stack, "aws_iam_role", "Web/Roles/Infrastructure").assume_role_policy;

    expect(JSON.parse(String(trust))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "ecs.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        },
      ],
    });
    expect(resourceAt(stack, "aws_iam_role_policy_attachment").policy_arn).toBe(
      "arn:aws:iam::aws:policy/service-role/AmazonECSInfrastructureRoleforExpressGatewayServices",
    );
  });

  it("is reached at the address that ECS gives", () => {
    const { stack, service } = stackWith();

    new TerraformOutput(stack, "Endpoint", { value: service.endpoint });

    expect(synthesize(stack).output?.Endpoint?.value).toBe(
      "${aws_ecs_express_gateway_service.Web_3C8945DB.ingress_paths[0].endpoint}",
    );
    expect(service.region).toBe("eu-west-1");
  });

  it("names the provider that knows it", () => {
    expect(ecsExpressProviderVersion).toBe(">= 6.23.0, < 7.0.0");
  });

  describe("refuses", () => {
    it.each<[string, Partial<EcsExpressServiceProps>, string]>([
      [
        "a name that is none",
        { name: "Web" },
        `test/Web: 'name' must be lower-case letters, digits and single hyphens, starting with a letter, got "Web"; choose a name like 'prod-web'`,
      ],
      [
        "an account that is no id",
        { account: "prod" },
        `test/Web: 'account' must be the 12 digits of an AWS account, got "prod"; write the account id as text, with its leading zeros`,
      ],
      [
        "a network of one zone",
        { network: { ...network, zones: ["eu-west-1a"] } },
        `test/Web: 'network' must have at least two zones, got ["eu-west-1a"]; add a zone to the network, which AWS requires for a load balancer`,
      ],
      [
        "an image without tag",
        { image: "nginx" },
        `test/Web: 'image' must end in a tag or a digest, got "nginx"; name the build, such as ':1.4.2'`,
      ],
      [
        "a port out of range",
        { containerPort: 70_000 },
        `test/Web: 'containerPort' must be a port between 1 and 65535, got 70000; give the port that the container listens on`,
      ],
      [
        "CPU that Fargate does not sell",
        { cpu: 300 },
        `test/Web: 'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got 300; give CPU units that Fargate sells, 1024 a processor`,
      ],
      [
        "memory that does not go with the CPU",
        { cpu: 256, memoryMiB: 4096 },
        `test/Web: 'memoryMiB' must be one of 512, 1024, 2048 with 256 CPU units, got 4096; choose one of them, or change 'cpu'`,
      ],
      [
        "a maximum below the minimum",
        { capacity: { minimum: 2, maximum: 1 } },
        `test/Web: 'capacity' must have a 'minimum' from 1 and a 'maximum' from the minimum, both whole and at most 5000, got {"minimum":2,"maximum":1}; correct them`,
      ],
      [
        "a health check path without slash",
        { healthCheckPath: "health" },
        `test/Web: 'healthCheckPath' must begin with '/' and hold no spaces, got "health"; write it like "/health"`,
      ],
      [
        "to hold more than everything",
        { scaling: { metric: "AVERAGE_CPU", target: 120 } },
        `test/Web: 'scaling' must have a 'target' above 0, of at most 100 where it is a percentage, got {"metric":"AVERAGE_CPU","target":120}; leave room to grow: 60 percent is a good start`,
      ],
      [
        "a secret by name and one of another region, without printing them",
        { secrets: { KEY: "web/db", TOKEN: `arn:aws:ssm:eu-central-1:${account}:parameter/token` } },
        `test/Web: 'secrets' must be whole ARNs of secrets or parameters of eu-west-1, got ["KEY","TOKEN"]; give the ARN, of a secret with its last six characters`,
      ],
      [
        "a secret that is a variable too",
        {
          environment: { TOKEN: "x" },
          secrets: { TOKEN: `arn:aws:ssm:eu-west-1:${account}:parameter/token` },
        },
        `test/Web: 'secrets' must not repeat names of 'environment', got ["TOKEN"]; remove one of the two`,
      ],
    ])("%s", (_, props, message) => {
      expect(refuse(props)).toBe(message);
    });
  });
});
