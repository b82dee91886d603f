import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";

import {
  AppRunnerService,
  appRunnerHostedZoneIds,
  type AppRunnerServiceProps,
} from "../../../modules/app-runner";
import { ImageRepository } from "../../../modules/container-registry";
import type { HealthCheckDefinition } from "../../../modules/dns";
import type { INetwork, SubnetTier } from "../../../core";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";

const account = "111122223333";

const network: INetwork = {
  region: "eu-west-1",
  vpcId: "vpc-1",
  vpcCidrBlock: "10.0.0.0/16",
  zones: ["eu-west-1a", "eu-west-1b"],
  subnetIds: (tier: SubnetTier) => [`${tier}-a`, `${tier}-b`],
};

const zone = { hostedZoneId: "Z1", zoneName: "example.com" };

const required: AppRunnerServiceProps = {
  name: "prod-web",
  account,
  region: "eu-west-1",
  existingCustomer: true,
  source: { kind: "public-image", uri: "public.ecr.aws/nginx/nginx:1.27" },
  port: 8080,
  cpu: 256,
  memoryMiB: 512,
  autoScaling: { minimum: 1, maximum: 4 },
};

const repositorySource = (version: string): AppRunnerServiceProps["source"] => ({
  kind: "repository",
  repository: ImageRepository.fromName("web", account),
  version,
});

const codeSource = {
  kind: "code",
  repositoryUrl: "https://github.com/example/web",
  connectionArn: `arn:aws:apprunner:eu-west-1:${account}:connection/git/0123456789abcdef0123456789abcdef`,
  branch: "main",
  runtime: "NODEJS_22",
} as const;

function stackWith(props: Partial<AppRunnerServiceProps> = {}) {
  const stack = emptyStack();
  const service = new AppRunnerService(stack, "Web", { ...required, ...props });
  return { stack, service };
}

const refuse = (props: Partial<AppRunnerServiceProps>): string => refusal(() => stackWith(props));

/** The statements of an inline policy. */
function statementsAt(stack: ReturnType<typeof emptyStack>, path: string): unknown {
  const policy = JSON.parse(String(resourceAt(stack, "aws_iam_role_policy", path).policy)) as {
    Statement: unknown;
  };
  return policy.Statement;
}

describe("AppRunnerService", () => {
  it("serves a public image to everyone, by its own role and scaling", () => {
    const { stack } = stackWith();

    expect(resourceAt(stack, "aws_apprunner_service")).toEqual({
      service_name: "prod-web",
      source_configuration: {
        auto_deployments_enabled: false,
        image_repository: {
          image_identifier: "public.ecr.aws/nginx/nginx:1.27",
          image_repository_type: "ECR_PUBLIC",
          image_configuration: {
            port: "8080",
            runtime_environment_variables: {},
            runtime_environment_secrets: {},
          },
        },
      },
      instance_configuration: {
        cpu: "256",
        memory: "512",
        instance_role_arn: "${aws_iam_role.Web_Roles_Instance_CBDDFC6D.arn}",
      },
      auto_scaling_configuration_arn:
        "${aws_apprunner_auto_scaling_configuration_version.Web_Scaling_86D3E552.arn}",
      health_check_configuration: {
        protocol: "TCP",
        interval: 10,
        timeout: 5,
        healthy_threshold: 1,
        unhealthy_threshold: 5,
      },
      network_configuration: {
        ingress_configuration: { is_publicly_accessible: true },
        egress_configuration: { egress_type: "DEFAULT" },
      },
      observability_configuration: { observability_enabled: false },
      depends_on: [],
    });
    expect(resourcesOf(stack, "aws_iam_role_policy")).toEqual({});
  });

  it("scales by requests and replaces a scaling configuration without a gap", () => {
    const { stack } = stackWith();

    expect(resourceAt(stack, "aws_apprunner_auto_scaling_configuration_version")).toEqual({
      auto_scaling_configuration_name: "prod-web",
      min_size: 1,
      max_size: 4,
      max_concurrency: 100,
      lifecycle: { create_before_destroy: true },
    });
  });

  it("cuts long names to what App Runner takes", () => {
    const { stack } = stackWith({ name: "production-checkout-and-payments-of-all-customers" });

    expect(String(resourceAt(stack, "aws_apprunner_service").service_name)).toHaveLength(40);
    expect(
      String(
        resourceAt(stack, "aws_apprunner_auto_scaling_configuration_version").auto_scaling_configuration_name,
      ).length,
    ).toBeLessThanOrEqual(32);
  });

  describe("from a private repository", () => {
    it("pulls a tag of its own region", () => {
      const { stack } = stackWith({ source: repositorySource("1.4.2") });

      expect(resourceAt(stack, "aws_apprunner_service").source_configuration).toMatchObject({
        authentication_configuration: { access_role_arn: "${aws_iam_role.Web_Roles_Access_D9CE409C.arn}" },
        image_repository: {
          image_identifier: `${account}.dkr.ecr.eu-west-1.amazonaws.com/web:1.4.2`,
          image_repository_type: "ECR",
        },
      });
    });

    it("pulls a digest", () => {
      const digest = `sha256:${"0a".repeat(32)}`;
      const { stack } = stackWith({ source: repositorySource(digest) });

      expect(resourceAt(stack, "aws_apprunner_service").source_configuration).toMatchObject({
        image_repository: { image_identifier: `${account}.dkr.ecr.eu-west-1.amazonaws.com/web@${digest}` },
      });
    });

    it("may pull that repository and nothing else, before the service starts", () => {
      const { stack } = stackWith({ source: repositorySource("1.4.2") });

      expect(statementsAt(stack, "Web/Roles/AccessPolicy")).toEqual([
        { Sid: "LogInToRegistry", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
        {
          Sid: "PullImage",
          Effect: "Allow",
          Action: [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:DescribeImages",
            "ecr:GetDownloadUrlForLayer",
          ],
          Resource: `arn:aws:ecr:eu-west-1:${account}:repository/web`,
        },
      ]);
      expect(resourceAt(stack, "aws_apprunner_service").depends_on).toEqual([
        "aws_iam_role_policy.Web_Roles_AccessPolicy_377B50CE",
      ]);
    });

    it("lets App Runner's builder alone take the access role, and its instances the other", () => {
      const { stack } = stackWith({ source: repositorySource("1.4.2") });
      const trustAt = (path: string) =>
        JSON.parse(String(resourceAt(stack, "aws_iam_role", path).assume_role_policy)) as object;

      expect(trustAt("Web/Roles/Access")).toEqual({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "build.apprunner.amazonaws.com" },
            Action: "sts:AssumeRole",
          },
        ],
      });
      expect(trustAt("Web/Roles/Instance")).toMatchObject({
        Statement: [{ Principal: { Service: "tasks.apprunner.amazonaws.com" } }],
      });
      expect(resourceAt(stack, "aws_iam_role", "Web/Roles/Instance").name).toBe(
        "prod-web-eu-west-1-app-runner-instance",
      );
    });
  });

  it("builds source code of a branch by a connection", () => {
    const { stack } = stackWith({
      source: { ...codeSource, sourceDirectory: "/web", buildCommand: "npm ci", startCommand: "node ." },
    });

    expect(resourceAt(stack, "aws_apprunner_service").source_configuration).toEqual({
      auto_deployments_enabled: true,
      authentication_configuration: { connection_arn: codeSource.connectionArn },
      code_repository: {
        repository_url: "https://github.com/example/web",
        source_directory: "/web",
        source_code_version: { type: "BRANCH", value: "main" },
        code_configuration: {
          configuration_source: "API",
          code_configuration_values: {
            runtime: "NODEJS_22",
            build_command: "npm ci",
            start_command: "node .",
            port: "8080",
            runtime_environment_variables: {},
            runtime_environment_secrets: {},
          },
        },
      },
    });
  });

  it("asks a path where one is given", () => {
    const { stack } = stackWith({
      healthCheck: {
        path: "/health",
        intervalSeconds: 5,
        timeoutSeconds: 2,
        healthyThreshold: 2,
        unhealthyThreshold: 3,
      },
    });

    expect(resourceAt(stack, "aws_apprunner_service").health_check_configuration).toEqual({
      protocol: "HTTP",
      path: "/health",
      interval: 5,
      timeout: 2,
      healthy_threshold: 2,
      unhealthy_threshold: 3,
    });
  });

  it("reads exactly its secrets, with exactly their keys", () => {
    const secret = `arn:aws:secretsmanager:eu-west-1:${account}:secret:web/database-AbCdEf`;
    const { stack } = stackWith({
      environment: { MODE: "production" },
      secrets: {
        PASSWORD: `${secret}:password::`,
        USER: `${secret}:user::`,
        API_KEY: "/web/api-key",
        OTHER: `arn:aws:ssm:eu-west-1:${account}:parameter/web/other`,
      },
      secretKeyArns: ["arn:aws:kms:eu-west-1:111122223333:key/1"],
    });

    expect(resourceAt(stack, "aws_apprunner_service").source_configuration).toMatchObject({
      image_repository: {
        image_configuration: {
          runtime_environment_variables: { MODE: "production" },
          runtime_environment_secrets: {
            PASSWORD: `${secret}:password::`,
            USER: `${secret}:user::`,
            API_KEY: `arn:aws:ssm:eu-west-1:${account}:parameter/web/api-key`,
            OTHER: `arn:aws:ssm:eu-west-1:${account}:parameter/web/other`,
          },
        },
      },
    });
    expect(statementsAt(stack, "Web/Roles/InstancePolicy")).toEqual([
      { Sid: "ReadSecrets", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: [secret] },
      {
        Sid: "ReadParameters",
        Effect: "Allow",
        Action: "ssm:GetParameters",
        Resource: [
          `arn:aws:ssm:eu-west-1:${account}:parameter/web/api-key`,
          `arn:aws:ssm:eu-west-1:${account}:parameter/web/other`,
        ],
      },
      {
        Sid: "DecryptSecrets",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: ["arn:aws:kms:eu-west-1:111122223333:key/1"],
        Condition: {
          StringEquals: {
            "kms:ViaService": ["secretsmanager.eu-west-1.amazonaws.com", "ssm.eu-west-1.amazonaws.com"],
          },
        },
      },
    ]);
  });

  it("takes an ARN that is known at apply only for a secret", () => {
    const stack = emptyStack();
    const secret = new SecretsmanagerSecret(stack, "Database", { name: "web/database" });
    new AppRunnerService(stack, "Web", { ...required, secrets: { PASSWORD: secret.arn } });

    expect(statementsAt(stack, "Web/Roles/InstancePolicy")).toEqual([
      {
        Sid: "ReadSecrets",
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: ["${aws_secretsmanager_secret.Database.arn}"],
      },
    ]);
  });

  it("calls out through a network, on HTTPS only", () => {
    const { stack, service } = stackWith({ vpcConnector: { network } });

    expect(resourceAt(stack, "aws_apprunner_vpc_connector")).toEqual({
      vpc_connector_name: "prod-web-db99f5fe",
      subnets: ["private-a", "private-b"],
      security_groups: ["${aws_security_group.Web_Egress_SecurityGroup_6B6F17F5.id}"],
      lifecycle: { create_before_destroy: true },
    });
    expect(resourceAt(stack, "aws_vpc_security_group_egress_rule")).toMatchObject({
      cidr_ipv4: "0.0.0.0/0",
      from_port: 443,
      to_port: 443,
    });
    expect(resourcesOf(stack, "aws_vpc_security_group_ingress_rule")).toEqual({});
    expect(resourceAt(stack, "aws_apprunner_service").network_configuration).toMatchObject({
      egress_configuration: {
        egress_type: "VPC",
        vpc_connector_arn: "${aws_apprunner_vpc_connector.Web_Egress_7C7CC0B2.arn}",
      },
    });
    expect(service.connectorSecurityGroupId).toBeDefined();
  });

  it("calls out through a dual-stack network over IPv6 as well", () => {
    const dualStack = { ...network, vpcIpv6CidrBlock: "2001:db8::/56" };
    const { stack } = stackWith({ vpcConnector: { network: dualStack } });

    expect(resourceAt(stack, "aws_vpc_security_group_egress_rule", "Web/Egress/HttpsToAnyIpv6")).toEqual({
      security_group_id: "${aws_security_group.Web_Egress_SecurityGroup_6B6F17F5.id}",
      description: "HTTPS to anywhere",
      cidr_ipv6: "::/0",
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
    });
  });

  it("answers over IPv6 as well under the name that App Runner gives", () => {
    const { stack } = stackWith({ ipAddressType: "DUAL_STACK" });

    expect(resourceAt(stack, "aws_apprunner_service").network_configuration).toEqual({
      ip_address_type: "DUAL_STACK",
      ingress_configuration: { is_publicly_accessible: true },
      egress_configuration: { egress_type: "DEFAULT" },
    });
  });

  it("names a connector anew when its zones change, since none can be changed", () => {
    const nameWith = (zones: string[]) =>
      resourceAt(
        stackWith({ vpcConnector: { network: { ...network, zones } } }).stack,
        "aws_apprunner_vpc_connector",
      ).vpc_connector_name;

    expect(nameWith(["eu-west-1a", "eu-west-1b", "eu-west-1c"])).not.toBe(nameWith(["eu-west-1a"]));
  });

  describe("with a private ingress", () => {
    it("is reached from its network alone", () => {
      const { stack } = stackWith({ privateIngress: { network } });

      expect(resourceAt(stack, "aws_apprunner_service").network_configuration).toMatchObject({
        ingress_configuration: { is_publicly_accessible: false },
      });
      expect(resourceAt(stack, "aws_vpc_endpoint")).toEqual({
        vpc_id: "vpc-1",
        vpc_endpoint_type: "Interface",
        service_name: "com.amazonaws.eu-west-1.apprunner.requests",
        subnet_ids: ["private-a", "private-b"],
        security_group_ids: ["${aws_security_group.Web_PrivateIngress_SecurityGroup_9C8471A8.id}"],
        private_dns_enabled: false,
        tags: { Name: "prod-web-app-runner-ingress" },
      });
      expect(resourceAt(stack, "aws_vpc_security_group_ingress_rule")).toMatchObject({
        cidr_ipv4: "10.0.0.0/16",
        from_port: 443,
        to_port: 443,
      });
    });

    it("shares an endpoint where one is given", () => {
      const { stack } = stackWith({ privateIngress: { network, vpcEndpointId: "vpce-1" } });

      expect(resourcesOf(stack, "aws_vpc_endpoint")).toEqual({});
      expect(resourceAt(stack, "aws_apprunner_vpc_ingress_connection")).toEqual({
        name: "prod-web",
        service_arn: "${aws_apprunner_service.Web_3C8945DB.arn}",
        ingress_vpc_configuration: { vpc_id: "vpc-1", vpc_endpoint_id: "vpce-1" },
      });
    });

    it("is a plain name to DNS", () => {
      const { service } = stackWith({ privateIngress: { network } });

      expect(service.value).toEqual({ kind: "values", values: [service.domainName], ttlSeconds: 60 });
    });

    it("refuses a check from the internet", () => {
      const { service } = stackWith({ privateIngress: { network } });

      expect(refusal(() => service.httpsCheck({ requestIntervalSeconds: 30, failureThreshold: 3 }))).toBe(
        `test/Web: 'privateIngress' must be absent for a check from the internet, got "a network"; check an alarm instead, such as one on the service's 5xx responses`,
      );
    });
  });

  describe("its alarms", () => {
    const topicArn = `arn:aws:sns:eu-west-1:${account}:alarms`;
    const dimensions = {
      ServiceID: "${aws_apprunner_service.Web_3C8945DB.service_id}",
      ServiceName: "${aws_apprunner_service.Web_3C8945DB.service_name}",
    };

    it("watch server errors, where there are enough requests", () => {
      const { stack } = stackWith({ alarmTopic: { topicArn } });
      const sum = (id: string, metricName: string) => ({
        id,
        metric: { namespace: "AWS/AppRunner", metric_name: metricName, dimensions, stat: "Sum", period: 60 },
      });

      expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Web/Alarms/ServerErrors")).toEqual({
        alarm_name: "prod-web-app-runner-server-errors",
        alarm_description: "More than 5 percent of the answers of prod-web on App Runner are server errors",
        comparison_operator: "GreaterThanThreshold",
        threshold: 5,
        evaluation_periods: 3,
        datapoints_to_alarm: 2,
        treat_missing_data: "notBreaching",
        metric_query: [
          {
            id: "percentage",
            label: "Server errors in percent",
            expression: "IF(requests >= 10, 100 * FILL(errors, 0) / requests, 0)",
            return_data: true,
          },
          sum("errors", "5xxStatusResponses"),
          sum("requests", "Requests"),
        ],
        alarm_actions: [topicArn],
        ok_actions: [topicArn],
      });
    });

    it("watch slow answers", () => {
      const { stack } = stackWith();

      expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Web/Alarms/Latency")).toEqual({
        alarm_name: "prod-web-app-runner-latency",
        alarm_description: "One answer in a hundred of prod-web on App Runner takes longer than 2 seconds",
        comparison_operator: "GreaterThanThreshold",
        namespace: "AWS/AppRunner",
        metric_name: "RequestLatency",
        dimensions,
        extended_statistic: "p99",
        evaluate_low_sample_count_percentiles: "ignore",
        period: 60,
        threshold: 2000,
        evaluation_periods: 3,
        datapoints_to_alarm: 3,
        treat_missing_data: "notBreaching",
      });
    });

    it("take other thresholds", () => {
      const { stack } = stackWith({ alarmThresholds: { serverErrorPercentage: 1, latencySeconds: 0.5 } });

      expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Web/Alarms/ServerErrors").threshold).toBe(1);
      expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Web/Alarms/Latency").threshold).toBe(500);
    });

    it("refuse thresholds that nothing or everything breaches", () => {
      expect(
        refuse({ alarmThresholds: { serverErrorPercentage: 0, latencySeconds: 0 } }).split("\n"),
      ).toEqual([
        "test/Web: 'alarmThresholds' must have a 'serverErrorPercentage' above 0 and at most 100, got 0; give a percentage",
        "test/Web: 'alarmThresholds' must have a 'latencySeconds' above 0, got 0; give the time that the slowest hundredth of the answers may take",
      ]);
    });
  });

  it("sends traces to X-Ray where asked", () => {
    const { stack } = stackWith({ tracing: true });

    expect(resourceAt(stack, "aws_apprunner_observability_configuration")).toEqual({
      observability_configuration_name: "prod-web",
      trace_configuration: { vendor: "AWSXRAY" },
      lifecycle: { create_before_destroy: true },
    });
    expect(statementsAt(stack, "Web/Roles/InstancePolicy")).toEqual([
      {
        Sid: "SendTraces",
        Effect: "Allow",
        Action: [
          "xray:PutTraceSegments",
          "xray:PutTelemetryRecords",
          "xray:GetSamplingRules",
          "xray:GetSamplingTargets",
        ],
        Resource: "*",
      },
    ]);
  });

  it("is behind a web ACL and encrypted with a key on request", () => {
    const { stack } = stackWith({
      firewall: { webAclArn: "arn:acl" },
      encryptionKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1",
    });

    expect(resourceAt(stack, "aws_wafv2_web_acl_association")).toEqual({
      resource_arn: "${aws_apprunner_service.Web_3C8945DB.arn}",
      web_acl_arn: "arn:acl",
    });
    expect(resourceAt(stack, "aws_apprunner_service").encryption_configuration).toEqual({
      kms_key: "arn:aws:kms:eu-west-1:111122223333:key/1",
    });
  });

  it("proves a custom domain by two records that are picked by the order of their names", () => {
    const { stack } = stackWith({ customDomain: { name: "web.example.com", zone } });
    const records =
      "tolist(aws_apprunner_custom_domain_association.Web_CustomDomain_57ED83BE.certificate_validation_records)";
    const name = (index: number) => `element(sort(${records}[*].name), ${index})`;
    const proof = (index: number) => ({
      zone_id: "Z1",
      name: `\${${name(index)}}`,
      type: "CNAME",
      records: [`\${{for record in ${records} : record.name => record.value}[${name(index)}]}`],
      ttl: 300,
      allow_overwrite: true,
    });

    expect(resourceAt(stack, "aws_apprunner_custom_domain_association")).toEqual({
      domain_name: "web.example.com",
      service_arn: "${aws_apprunner_service.Web_3C8945DB.arn}",
      enable_www_subdomain: false,
    });
    expect(resourceAt(stack, "aws_route53_record", "Web/CustomDomain/FirstProof")).toEqual(proof(0));
    expect(resourceAt(stack, "aws_route53_record", "Web/CustomDomain/SecondProof")).toEqual(proof(1));
  });

  describe("as a DNS target", () => {
    it("is an alias in the hosted zone of its region", () => {
      const { service } = stackWith({ region: "us-east-1" });

      expect(service.value).toEqual({
        kind: "alias",
        dnsName: service.domainName,
        hostedZoneId: appRunnerHostedZoneIds["us-east-1"],
      });
      expect(service.region).toBe("us-east-1");
    });

    it("offers a check of the DNS module that asks this region alone", () => {
      const timing = { requestIntervalSeconds: 10, failureThreshold: 2 } as const;
      const { service } = stackWith({ healthCheck: { path: "/health" } });
      const check: HealthCheckDefinition = service.httpsCheck(timing);

      expect(check).toEqual({
        kind: "https",
        fullyQualifiedDomainName: service.domainName,
        path: "/health",
        timing,
      });
      expect(service.httpsCheck(timing, "/deep").path).toBe("/deep");
      expect(stackWith().service.httpsCheck(timing).path).toBe("/");
    });
  });

  describe("refuses", () => {
    it.each<[string, Partial<AppRunnerServiceProps>, string]>([
      [
        "a name that is too short",
        { name: "web" },
        `test/Web: 'name' must be at least 4 lower-case letters, digits and single hyphens, starting with a letter, got "web"; choose a name like 'prod-web'`,
      ],
      [
        "an account that is no id",
        { account: "prod" },
        `test/Web: 'account' must be the 12 digits of an AWS account, got "prod"; write the account id as text, with its leading zeros`,
      ],
      [
        "a region without App Runner",
        { region: "eu-south-1" },
        `test/Web: 'region' must be a region of App Runner: ap-northeast-1, ap-south-1, ap-southeast-1, ap-southeast-2, eu-central-1, eu-west-1, eu-west-2, eu-west-3, us-east-1, us-east-2, us-west-2, got "eu-south-1"; choose one of them, or run the service on Fargate there`,
      ],
      [
        "a version that is no tag",
        { source: repositorySource("1.4 2") },
        `test/Web: 'source' must have a 'version' that is a tag or a digest, got "1.4 2"; name the build, such as '1.4.2' or 'sha256:' with 64 hexadecimal digits`,
      ],
      [
        "an image of another registry",
        { source: { kind: "public-image", uri: "docker.io/nginx:1.27" } },
        `test/Web: 'source' must have a 'uri' of public.ecr.aws with a tag or digest, got "docker.io/nginx:1.27"; write it like 'public.ecr.aws/nginx/nginx:1.27', or copy the image to a repository of your own`,
      ],
      [
        "source code that is not reached by https",
        { source: { ...codeSource, repositoryUrl: "git@github.com:example/web" } },
        `test/Web: 'source' must have a 'repositoryUrl' that begins with https://, got "git@github.com:example/web"; write it like 'https://github.com/example/web'`,
      ],
      [
        "a connection that is no ARN",
        { source: { ...codeSource, connectionArn: "git" } },
        `test/Web: 'source' must have a 'connectionArn' of App Runner, got "git"; create the connection, complete its handshake in the console and give its ARN`,
      ],
      [
        "a port out of range",
        { port: 0 },
        `test/Web: 'port' must be a port between 1 and 65535, got 0; give the port that the application listens on`,
      ],
      [
        "CPU that App Runner does not sell",
        { cpu: 300 },
        `test/Web: 'cpu' must be one of 256, 512, 1024, 2048, 4096, got 300; give CPU units that App Runner sells, 1024 a processor`,
      ],
      [
        "memory that does not go with the CPU",
        { cpu: 1024, memoryMiB: 512 },
        `test/Web: 'memoryMiB' must be one of 2048, 3072, 4096 with 1024 CPU units, got 512; choose one of them, or change 'cpu'`,
      ],
      [
        "a maximum below the minimum",
        { autoScaling: { minimum: 3, maximum: 2 } },
        `test/Web: 'autoScaling' must have a 'minimum' from 1 and a 'maximum' from the minimum, both whole and at most 25, got {"minimum":3,"maximum":2}; correct them; more instances need another service`,
      ],
      [
        "too many requests an instance",
        { autoScaling: { minimum: 1, maximum: 2, concurrency: 201 } },
        `test/Web: 'autoScaling' must have a 'concurrency' between 1 and 200, got 201; give the requests that one instance can work on at a time`,
      ],
      [
        "a health check path without slash",
        { healthCheck: { path: "health" } },
        `test/Web: 'healthCheck' must have a 'path' that begins with '/' and holds no spaces, got "health"; write it like '/health'`,
      ],
      [
        "health check numbers out of range",
        { healthCheck: { intervalSeconds: 30 } },
        `test/Web: 'healthCheck' must have intervals, timeouts and thresholds that are whole numbers between 1 and 20, got {"intervalSeconds":30}; correct the number that is outside`,
      ],
      [
        "variables of App Runner's own",
        { environment: { AWSAPPRUNNER_MODE: "x" } },
        `test/Web: 'environment' must have names of letters, digits and underscores that do not begin with 'AWSAPPRUNNER', got ["AWSAPPRUNNER_MODE"]; rename these variables`,
      ],
      [
        "secrets under names that are none",
        { secrets: { "API-KEY": "/web/key" } },
        `test/Web: 'secrets' must have names of letters, digits and underscores that do not begin with 'AWSAPPRUNNER', got ["API-KEY"]; rename these variables`,
      ],
      [
        "a secret that is a variable too",
        { environment: { KEY: "x" }, secrets: { KEY: "/web/key" } },
        `test/Web: 'secrets' must not repeat names of 'environment', got ["KEY"]; remove one of the two`,
      ],
      [
        "the name of a secret, without printing what may be its value",
        { secrets: { KEY: "web/database" } },
        `test/Web: 'secrets' must be whole ARNs of secrets, ARNs of parameters, or names of parameters that start with '/', got ["KEY"]; give the ARN with its last six characters: App Runner knows no names of secrets`,
      ],
      [
        "a secret of another region",
        { secrets: { KEY: `arn:aws:ssm:eu-central-1:${account}:parameter/key` } },
        `test/Web: 'secrets' must be in the service's region eu-west-1, got ["arn:aws:ssm:eu-central-1:${account}:parameter/key"]; replicate the secret to the region: an instance must start without another region`,
      ],
      [
        "a connector into another region",
        { vpcConnector: { network: { ...network, region: "eu-central-1" } } },
        `test/Web: 'vpcConnector' must have a network of the service's region eu-west-1, got "eu-central-1"; give the network of that region`,
      ],
      [
        "an ingress from another region",
        { privateIngress: { network: { ...network, region: "eu-central-1" } } },
        `test/Web: 'privateIngress' must have a network of the service's region eu-west-1, got "eu-central-1"; give the network of that region`,
      ],
      [
        "IPv6 for a private service",
        { privateIngress: { network }, ipAddressType: "DUAL_STACK" },
        `test/Web: 'ipAddressType' must be 'IPV4' beside 'privateIngress', got "DUAL_STACK"; leave 'ipAddressType' out, or make the service public`,
      ],
      [
        "a custom domain that is no name",
        { customDomain: { name: "*.example.com", zone } },
        `test/Web: 'customDomain' must have a 'name' that is a domain name in lower case without a trailing dot, got "*.example.com"; write it like "web.example.com"`,
      ],
      [
        "a custom domain outside its zone",
        { customDomain: { name: "web.example.org", zone } },
        `test/Web: 'customDomain' must have a 'name' in its zone "example.com", got "web.example.org"; give the zone that holds the name`,
      ],
    ])("%s", (_, props, message) => {
      expect(refuse(props)).toBe(message);
    });

    it("an account that does not say that it had App Runner before", () => {
      const message =
        "test/Web: 'existingCustomer' must be true: App Runner is closed to new customers since 30 April 2026, got false; acknowledge that the account used it before, or choose the runtime 'fargate' (FargateService) or ECS Express (EcsExpressService)";

      expect(refuse({ existingCustomer: undefined })).toBe(message);
      expect(refuse({ existingCustomer: false as unknown as true })).toBe(message);
    });
  });
});
