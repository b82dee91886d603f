import type { TerraformStack } from "cdktf";

import { FargateService } from "../../../modules/fargate-service";
import { emptyStack, resourceAt, resourcesOf, treeOf, type Block } from "../../support/synth";
import { execCluster, loadBalancer, network, required, stackWith } from "./fixtures";

function containersOf(stack: TerraformStack): Block[] {
  return JSON.parse(String(resourceAt(stack, "aws_ecs_task_definition").container_definitions)) as Block[];
}

function statementsOf(stack: TerraformStack, path: string): Block[] {
  const { policy } = resourceAt(stack, "aws_iam_role_policy", path);
  return (JSON.parse(String(policy)) as { Statement: Block[] }).Statement;
}

describe("FargateService", () => {
  it("deploys without downtime, rolls back by itself and leaves the number of tasks to scaling", () => {
    expect(resourceAt(stackWith(), "aws_ecs_service", "Web/Resource")).toEqual({
      name: "prod-web",
      cluster: "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
      task_definition: "${aws_ecs_task_definition.Web_TaskDefinition_CE998247.arn}",
      desired_count: 2,
      lifecycle: { ignore_changes: ["desired_count"] },
      capacity_provider_strategy: [{ capacity_provider: "FARGATE", weight: 1 }],
      force_new_deployment: true,
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
      deployment_circuit_breaker: { enable: true, rollback: true },
      alarms: {
        enable: true,
        rollback: true,
        alarm_names: [
          "${aws_cloudwatch_metric_alarm.Web_Alarms_ServerErrors_E64BB579.alarm_name}",
          "${aws_cloudwatch_metric_alarm.Web_Alarms_Latency_41C43179.alarm_name}",
          "${aws_cloudwatch_metric_alarm.Web_Alarms_UnhealthyTasks_8253A3F4.alarm_name}",
        ],
      },
      availability_zone_rebalancing: "ENABLED",
      health_check_grace_period_seconds: 80,
      network_configuration: {
        subnets: ["subnet-private-a", "subnet-private-b"],
        security_groups: ["${aws_security_group.Web_Ingress_SecurityGroup_DBFB7D14.id}"],
        assign_public_ip: false,
      },
      load_balancer: [
        {
          target_group_arn: "${aws_lb_target_group.Web_Ingress_TargetGroup_63A2D940.arn}",
          container_name: "app",
          container_port: 8080,
        },
      ],
      enable_execute_command: false,
      enable_ecs_managed_tags: true,
      propagate_tags: "SERVICE",
      wait_for_steady_state: false,
      depends_on: [
        "aws_lb_listener_rule.Web_Ingress_ListenerRule_528206D5",
        "aws_iam_role_policy.Web_Roles_ExecutionPolicy_5F046A80",
      ],
    });
  });

  it("keeps its construct ids, which are addresses in the state", () => {
    const service = new FargateService(emptyStack(), "Web", required);

    expect(treeOf(service)).toEqual([
      "test/Web",
      "test/Web/LogGroup",
      "test/Web/Roles",
      "test/Web/Roles/Execution",
      "test/Web/Roles/ExecutionPolicy",
      "test/Web/Roles/Task",
      "test/Web/Ingress",
      "test/Web/Ingress/TargetGroup",
      "test/Web/Ingress/ListenerRule",
      "test/Web/Ingress/SecurityGroup",
      "test/Web/Ingress/FromLoadBalancer",
      "test/Web/Ingress/LoadBalancerToService",
      "test/Web/Ingress/HttpsToAnyIpv4",
      "test/Web/Alarms",
      "test/Web/Alarms/ServerErrors",
      "test/Web/Alarms/Latency",
      "test/Web/Alarms/UnhealthyTasks",
      "test/Web/TaskDefinition",
      "test/Web/Resource",
      "test/Web/Scaling",
      "test/Web/Scaling/Resource",
      "test/Web/Scaling/Cpu",
    ]);
  });

  it("sets the number of tasks itself where nothing scales them", () => {
    const stack = stackWith({ capacity: { minimum: 3, maximum: 3 } });

    expect(resourceAt(stack, "aws_ecs_service")).toMatchObject({ desired_count: 3 });
    expect(resourceAt(stack, "aws_ecs_service")).not.toHaveProperty("lifecycle");
    expect(resourcesOf(stack, "aws_appautoscaling_target")).toEqual({});
  });

  it("can be set to wait and not to roll back", () => {
    const stack = stackWith({ waitForSteadyState: true, automaticRollback: false });

    expect(resourceAt(stack, "aws_ecs_service")).toMatchObject({
      wait_for_steady_state: true,
      deployment_circuit_breaker: { enable: true, rollback: false },
      alarms: { enable: true, rollback: false },
    });
  });

  it("offers what others need to grant, to connect and to find it", () => {
    const service = new FargateService(emptyStack(), "Web", required);

    expect(service.securityGroupId).toBeTruthy();
    expect(service.roleArn).toBeTruthy();
    expect(service.roleName).toBeTruthy();
    expect(service.alarmNames).toHaveLength(3);
    expect(service.targetGroup.targetTypeInput).toBe("ip");
    expect(service.taskDefinition.cpuInput).toBe("256");
    expect(service.serviceName).toBeTruthy();
    expect(service.logGroupName).toBeTruthy();
  });
});

describe("the task definition of a FargateService", () => {
  it("asks for its size on Linux and leaves old revisions active, for ECS to go back to", () => {
    const { container_definitions: containers, ...definition } = resourceAt(
      stackWith(),
      "aws_ecs_task_definition",
    );

    expect(containers).toBeDefined();
    expect(definition).toEqual({
      family: "prod-web",
      requires_compatibilities: ["FARGATE"],
      network_mode: "awsvpc",
      cpu: "256",
      memory: "512",
      runtime_platform: { operating_system_family: "LINUX", cpu_architecture: "X86_64" },
      execution_role_arn: "${aws_iam_role.Web_Roles_Execution_327DBD7C.arn}",
      task_role_arn: "${aws_iam_role.Web_Roles_Task_EE2DB9E2.arn}",
      volume: [],
      skip_destroy: true,
      lifecycle: { create_before_destroy: true },
    });
  });

  it("runs one container that cannot change its files and logs without standing still", () => {
    expect(containersOf(stackWith())).toEqual([
      {
        name: "app",
        image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1.0.0",
        essential: true,
        environment: [],
        secrets: [],
        portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: "tcp" }],
        mountPoints: [],
        readonlyRootFilesystem: true,
        linuxParameters: { initProcessEnabled: true },
        stopTimeout: 30,
        logConfiguration: {
          logDriver: "awslogs",
          options: {
            "awslogs-group": "${aws_cloudwatch_log_group.Web_LogGroup_6ECE5103.name}",
            "awslogs-region": "eu-west-1",
            "awslogs-stream-prefix": "app",
            mode: "non-blocking",
            "max-buffer-size": "25m",
          },
        },
      },
    ]);
  });

  it("passes command, variables and secrets on, in an order that does not depend on how they were written", () => {
    const [app] = containersOf(
      stackWith({
        command: ["serve", "--verbose"],
        environment: { ZONE: "z", ALPHA: "a" },
        secrets: { TOKEN: "/web/token", DATABASE: "web/database:password" },
      }),
    );

    expect(app).toMatchObject({
      command: ["serve", "--verbose"],
      environment: [
        { name: "ALPHA", value: "a" },
        { name: "ZONE", value: "z" },
      ],
      secrets: [
        {
          name: "DATABASE",
          valueFrom: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:web/database:password::",
        },
        { name: "TOKEN", valueFrom: "arn:aws:ssm:eu-west-1:111122223333:parameter/web/token" },
      ],
    });
  });

  it("keeps Terraform from reading a user's text as a template", () => {
    const [app] = containersOf(stackWith({ environment: { PATTERN: "${HOME}/%{x} costs $5 and 10%" } }));

    expect(app?.environment).toEqual([{ name: "PATTERN", value: "$${HOME}/%%{x} costs $5 and 10%" }]);
  });

  it("mounts empty directories over the read-only file system where asked", () => {
    const stack = stackWith({ scratchPaths: ["/tmp", "/var/cache/nginx"] });

    expect(resourceAt(stack, "aws_ecs_task_definition")).toMatchObject({
      volume: [{ name: "scratch-tmp" }, { name: "scratch-var-cache-nginx" }],
    });
    expect(containersOf(stack)[0]).toMatchObject({
      readonlyRootFilesystem: true,
      mountPoints: [
        { sourceVolume: "scratch-tmp", containerPath: "/tmp", readOnly: false },
        { sourceVolume: "scratch-var-cache-nginx", containerPath: "/var/cache/nginx", readOnly: false },
      ],
    });
  });

  it("runs sidecars beside it", () => {
    const stack = stackWith({
      cpuArchitecture: "ARM64",
      sidecars: [
        { name: "proxy", image: "public.ecr.aws/envoy:1" },
        {
          name: "otel",
          image: "public.ecr.aws/otel:1",
          command: ["--config=/etc/otel.yaml"],
          cpu: 64,
          memoryMiB: 128,
          essential: false,
          environment: { LEVEL: "info" },
          secrets: { TOKEN: "web/otel:token" },
          port: 4317,
        },
      ],
    });

    expect(resourceAt(stack, "aws_ecs_task_definition")).toMatchObject({
      runtime_platform: { cpu_architecture: "ARM64" },
    });
    expect(containersOf(stack).slice(1)).toMatchObject([
      { name: "proxy", cpu: 0, essential: true, environment: [], portMappings: [] },
      {
        name: "otel",
        image: "public.ecr.aws/otel:1",
        command: ["--config=/etc/otel.yaml"],
        cpu: 64,
        memory: 128,
        essential: false,
        environment: [{ name: "LEVEL", value: "info" }],
        secrets: [
          {
            name: "TOKEN",
            valueFrom: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:web/otel:token::",
          },
        ],
        portMappings: [{ containerPort: 4317, hostPort: 4317, protocol: "tcp" }],
        logConfiguration: { options: { "awslogs-stream-prefix": "otel" } },
      },
    ]);
  });

  it.each([
    [undefined, 30],
    [0, 30],
    [90, 90],
    [600, 120],
  ])(
    "gives requests of a deregistration delay of %j seconds the time to finish",
    (deregistrationDelaySeconds, seconds) => {
      expect(containersOf(stackWith({ deregistrationDelaySeconds }))[0]).toMatchObject({
        stopTimeout: seconds,
      });
    },
  );

  it("keeps its log for 30 days, or as long as asked", () => {
    expect(resourceAt(stackWith(), "aws_cloudwatch_log_group")).toEqual({
      name: "/meridian/service/prod-web",
      retention_in_days: 30,
    });
    expect(resourceAt(stackWith({ logRetentionDays: 7 }), "aws_cloudwatch_log_group")).toMatchObject({
      retention_in_days: 7,
    });
  });
});

describe("the roles of a FargateService", () => {
  it("are named after service and region and trusted to this account's ECS only", () => {
    const role = resourceAt(stackWith(), "aws_iam_role", "Web/Roles/Execution");

    expect(role.name).toBe("prod-web-eu-west-1-execution");
    expect(JSON.parse(String(role.assume_role_policy))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "ecs-tasks.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            StringEquals: { "aws:SourceAccount": "111122223333" },
            ArnLike: { "aws:SourceArn": "arn:aws:ecs:eu-west-1:111122223333:*" },
          },
        },
      ],
    });
  });

  it("let the application do nothing", () => {
    expect(Object.keys(resourcesOf(stackWith(), "aws_iam_role_policy"))).toEqual([
      "Web_Roles_ExecutionPolicy_5F046A80",
    ]);
  });

  it("let a task start: pull its one image and write its one log", () => {
    expect(statementsOf(stackWith(), "Web/Roles/ExecutionPolicy")).toEqual([
      { Sid: "LogInToRegistry", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
      {
        Sid: "PullImages",
        Effect: "Allow",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: ["arn:aws:ecr:eu-west-1:111122223333:repository/web"],
      },
      {
        Sid: "WriteLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource:
          "arn:aws:logs:eu-west-1:111122223333:log-group:${aws_cloudwatch_log_group.Web_LogGroup_6ECE5103.name}:*",
      },
    ]);
  });

  it("grant no registry to an image of a public one", () => {
    const sids = statementsOf(
      stackWith({ image: "public.ecr.aws/nginx/nginx:1" }),
      "Web/Roles/ExecutionPolicy",
    ).map(({ Sid }) => Sid);

    expect(sids).toEqual(["WriteLog"]);
  });

  it("grant the repository that was named, and those of sidecars", () => {
    const stack = stackWith({
      image: "mirror.example.com/web@sha256:" + "0".repeat(64),
      repository: {
        repositoryName: "web",
        repositoryArn: (region) => `arn:aws:ecr:${region}:444455556666:repository/web`,
        repositoryUri: (region) => `444455556666.dkr.ecr.${region}.amazonaws.com/web`,
      },
      sidecars: [{ name: "proxy", image: "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/team/proxy:2" }],
    });

    expect(statementsOf(stack, "Web/Roles/ExecutionPolicy")[1]).toMatchObject({
      Resource: [
        "arn:aws-cn:ecr:cn-north-1:111122223333:repository/team/proxy",
        "arn:aws:ecr:eu-west-1:444455556666:repository/web",
      ],
    });
  });

  it("grant exactly the secrets and their keys", () => {
    const stack = stackWith({
      secrets: { A: "web/database:user", B: "web/database:password", C: "/web/token" },
      secretKeyArns: ["arn:aws:kms:eu-west-1:111122223333:key/1"],
    });

    expect(statementsOf(stack, "Web/Roles/ExecutionPolicy").slice(3)).toEqual([
      {
        Sid: "ReadSecrets",
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:web/database-??????"],
      },
      {
        Sid: "ReadParameters",
        Effect: "Allow",
        Action: "ssm:GetParameters",
        Resource: ["arn:aws:ssm:eu-west-1:111122223333:parameter/web/token"],
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

  it("name the services of China as they are called there", () => {
    const stack = stackWith({
      network: { ...network, region: "cn-north-1" },
      secretKeyArns: ["arn:aws-cn:kms:cn-north-1:111122223333:key/1"],
    });

    expect(JSON.stringify(statementsOf(stack, "Web/Roles/ExecutionPolicy"))).toContain(
      "ssm.cn-north-1.amazonaws.com.cn",
    );
  });

  it("let a shell be opened and recorded where that was asked for", () => {
    const stack = stackWith({ exec: true, readonlyRootFilesystem: false, cluster: execCluster });

    expect(resourceAt(stack, "aws_ecs_service")).toMatchObject({ enable_execute_command: true });
    expect(statementsOf(stack, "Web/Roles/ExecPolicy")).toEqual([
      {
        Sid: "OpenSessions",
        Effect: "Allow",
        Action: [
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ],
        Resource: "*",
      },
      {
        Sid: "FindSessionLog",
        Effect: "Allow",
        Action: "logs:DescribeLogGroups",
        Resource: "arn:aws:logs:eu-west-1:111122223333:log-group:*",
      },
      {
        Sid: "RecordSessions",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: "arn:aws:logs:eu-west-1:111122223333:log-group:/meridian/exec/prod:*",
      },
      {
        Sid: "EncryptSessions",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: "arn:aws:kms:eu-west-1:111122223333:key/exec",
      },
    ]);
  });
});

describe("the ingress of a FargateService", () => {
  it("sends its names' requests to its tasks, the least busy first", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_lb_target_group")).toEqual({
      name: "prod-web",
      vpc_id: "vpc-1",
      target_type: "ip",
      protocol: "HTTP",
      port: 80,
      load_balancing_algorithm_type: "least_outstanding_requests",
      deregistration_delay: "30",
      health_check: {
        enabled: true,
        protocol: "HTTP",
        port: "traffic-port",
        path: "/health",
        matcher: "200",
        interval: 10,
        timeout: 4,
        healthy_threshold: 2,
        unhealthy_threshold: 2,
      },
      target_group_health: {
        dns_failover: { minimum_healthy_targets_count: "1", minimum_healthy_targets_percentage: "off" },
        unhealthy_state_routing: {
          minimum_healthy_targets_count: 1,
          minimum_healthy_targets_percentage: "off",
        },
      },
    });
    expect(resourceAt(stack, "aws_lb_listener_rule")).toEqual({
      listener_arn: loadBalancer.httpsListenerArn,
      priority: 10,
      condition: [{ host_header: { values: ["web.example.com"] } }],
      action: [
        { type: "forward", target_group_arn: "${aws_lb_target_group.Web_Ingress_TargetGroup_63A2D940.arn}" },
      ],
      lifecycle: { create_before_destroy: true },
    });
  });

  it("takes every setting of the health check", () => {
    const stack = stackWith({
      healthCheck: {
        path: "/ready",
        intervalSeconds: 5,
        timeoutSeconds: 3,
        healthyThreshold: 3,
        unhealthyThreshold: 5,
        matcher: "200-299",
        startPeriodSeconds: 20,
        gracePeriodSeconds: 300,
      },
    });

    expect(resourceAt(stack, "aws_lb_target_group")).toMatchObject({
      health_check: {
        path: "/ready",
        interval: 5,
        timeout: 3,
        healthy_threshold: 3,
        unhealthy_threshold: 5,
        matcher: "200-299",
      },
    });
    expect(resourceAt(stack, "aws_ecs_service")).toMatchObject({ health_check_grace_period_seconds: 300 });
  });

  it.each([
    [{ minimum: 7, maximum: 9 }, undefined, "4"],
    [{ minimum: 0, maximum: 9 }, undefined, "1"],
    [{ minimum: 7, maximum: 9 }, 6, "6"],
    [{ minimum: 7, maximum: 9 }, "off" as const, "off"],
  ])("with %j tasks and a threshold of %j leads DNS away below %s", (capacity, minimum, count) => {
    const stack = stackWith({ capacity, dnsFailoverMinimumHealthyTargets: minimum });

    expect(resourceAt(stack, "aws_lb_target_group")).toMatchObject({
      target_group_health: { dns_failover: { minimum_healthy_targets_count: count } },
    });
  });

  it("opens one port between load balancer and tasks, and HTTPS out of the tasks", () => {
    const stack = stackWith();
    const group = "${aws_security_group.Web_Ingress_SecurityGroup_DBFB7D14.id}";

    expect(resourceAt(stack, "aws_vpc_security_group_ingress_rule")).toMatchObject({
      security_group_id: group,
      referenced_security_group_id: "sg-load-balancer",
      from_port: 8080,
      to_port: 8080,
    });
    expect(
      resourceAt(stack, "aws_vpc_security_group_egress_rule", "Web/Ingress/LoadBalancerToService"),
    ).toMatchObject({
      security_group_id: "sg-load-balancer",
      referenced_security_group_id: group,
      from_port: 8080,
      to_port: 8080,
    });
    expect(
      resourceAt(stack, "aws_vpc_security_group_egress_rule", "Web/Ingress/HttpsToAnyIpv4"),
    ).toMatchObject({
      security_group_id: group,
      cidr_ipv4: "0.0.0.0/0",
      from_port: 443,
      to_port: 443,
    });
  });
});

describe("a FargateService in a dual-stack network", () => {
  it("calls out over IPv6 as well, on HTTPS only", () => {
    const stack = stackWith({ network: { ...network, vpcIpv6CidrBlock: "2001:db8::/56" } });

    expect(resourceAt(stack, "aws_vpc_security_group_egress_rule", "Web/Ingress/HttpsToAnyIpv6")).toEqual({
      security_group_id: "${aws_security_group.Web_Ingress_SecurityGroup_DBFB7D14.id}",
      description: "HTTPS to AWS and the internet",
      cidr_ipv6: "::/0",
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
    });
    expect(resourcesOf(stack, "aws_vpc_security_group_egress_rule")).toMatchObject(
      resourcesOf(stackWith(), "aws_vpc_security_group_egress_rule"),
    );
  });
});

describe("the alarms of a FargateService", () => {
  const dimensions = {
    LoadBalancer: "app/prod/abc",
    TargetGroup: "${aws_lb_target_group.Web_Ingress_TargetGroup_63A2D940.arn_suffix}",
  };

  it("watch the share of server errors, once there are enough requests", () => {
    const metric = { namespace: "AWS/ApplicationELB", dimensions, stat: "Sum", period: 60 };

    expect(resourceAt(stackWith(), "aws_cloudwatch_metric_alarm", "Web/Alarms/ServerErrors")).toEqual({
      alarm_name: "prod-web-server-errors",
      alarm_description: "More than 5 percent of the answers of prod-web are server errors",
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
        { id: "errors", metric: { ...metric, metric_name: "HTTPCode_Target_5XX_Count" } },
        { id: "requests", metric: { ...metric, metric_name: "RequestCount" } },
      ],
    });
  });

  it("watch the slowest hundredth of the answers", () => {
    expect(resourceAt(stackWith(), "aws_cloudwatch_metric_alarm", "Web/Alarms/Latency")).toEqual({
      alarm_name: "prod-web-latency",
      alarm_description: "One answer in a hundred of prod-web takes longer than 2 seconds",
      namespace: "AWS/ApplicationELB",
      metric_name: "TargetResponseTime",
      dimensions,
      extended_statistic: "p99",
      evaluate_low_sample_count_percentiles: "ignore",
      period: 60,
      threshold: 2,
      evaluation_periods: 3,
      datapoints_to_alarm: 3,
      comparison_operator: "GreaterThanThreshold",
      treat_missing_data: "notBreaching",
    });
  });

  it.each([
    [{ path: "/" }, 3],
    [{ path: "/", startPeriodSeconds: 600 }, 12],
  ])("with %j give unhealthy tasks %i minutes, longer than a start may take", (healthCheck, minutes) => {
    const stack = stackWith({ healthCheck });

    expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Web/Alarms/UnhealthyTasks")).toMatchObject({
      metric_name: "UnHealthyHostCount",
      statistic: "Maximum",
      threshold: 0,
      evaluation_periods: minutes,
    });
  });

  it("notify the topic of problems and of their end", () => {
    const topicArn = "arn:aws:sns:eu-west-1:111122223333:alarms";
    const alarms = Object.values(
      resourcesOf(stackWith({ alarmTopic: { topicArn } }), "aws_cloudwatch_metric_alarm"),
    );

    expect(alarms).toHaveLength(3);
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({ alarm_actions: [topicArn], ok_actions: [topicArn] });
    }
  });

  it("take other thresholds", () => {
    const stack = stackWith({ alarmThresholds: { serverErrorPercentage: 1, latencySeconds: 0.5 } });

    expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Web/Alarms/ServerErrors").threshold).toBe(1);
    expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Web/Alarms/Latency").threshold).toBe(0.5);
  });
});

describe("the scaling of a FargateService", () => {
  const target = {
    service_namespace: "${aws_appautoscaling_target.Web_Scaling_AFFB9D0D.service_namespace}",
    scalable_dimension: "${aws_appautoscaling_target.Web_Scaling_AFFB9D0D.scalable_dimension}",
    resource_id: "${aws_appautoscaling_target.Web_Scaling_AFFB9D0D.resource_id}",
  };

  it("holds 60 percent CPU between the bounds by default", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_appautoscaling_target")).toEqual({
      service_namespace: "ecs",
      scalable_dimension: "ecs:service:DesiredCount",
      resource_id: "service/prod/${aws_ecs_service.Web_3C8945DB.name}",
      min_capacity: 2,
      max_capacity: 10,
    });
    expect(resourceAt(stack, "aws_appautoscaling_policy")).toEqual({
      ...target,
      name: "cpu",
      policy_type: "TargetTrackingScaling",
      target_tracking_scaling_policy_configuration: {
        target_value: 60,
        scale_out_cooldown: 60,
        scale_in_cooldown: 300,
        predefined_metric_specification: { predefined_metric_type: "ECSServiceAverageCPUUtilization" },
      },
    });
  });

  it("tracks memory and requests where asked, requests once the rule exists", () => {
    const stack = stackWith({
      scaling: { cpuPercentage: 50, memoryPercentage: 70, requestsPerTarget: 1000 },
    });

    expect(resourceAt(stack, "aws_appautoscaling_policy", "Web/Scaling/Cpu")).toMatchObject({
      target_tracking_scaling_policy_configuration: { target_value: 50 },
    });
    expect(resourceAt(stack, "aws_appautoscaling_policy", "Web/Scaling/Memory")).toMatchObject({
      target_tracking_scaling_policy_configuration: {
        target_value: 70,
        predefined_metric_specification: { predefined_metric_type: "ECSServiceAverageMemoryUtilization" },
      },
    });
    expect(resourceAt(stack, "aws_appautoscaling_policy", "Web/Scaling/Requests")).toMatchObject({
      target_tracking_scaling_policy_configuration: {
        target_value: 1000,
        predefined_metric_specification: {
          predefined_metric_type: "ALBRequestCountPerTarget",
          resource_label: "app/prod/abc/${aws_lb_target_group.Web_Ingress_TargetGroup_63A2D940.arn_suffix}",
        },
      },
      depends_on: ["aws_lb_listener_rule.Web_Ingress_ListenerRule_528206D5"],
    });
  });

  it("steps up and down by alarms of its own", () => {
    const stack = stackWith({
      scaling: {
        steps: {
          metric: "memory",
          cooldownSeconds: 120,
          changes: [
            { lower: 80, change: 3 },
            { upper: 20, change: -1 },
          ],
        },
      },
    });

    expect(resourceAt(stack, "aws_appautoscaling_policy", "Web/Scaling/StepOut")).toEqual({
      ...target,
      name: "step-out",
      policy_type: "StepScaling",
      step_scaling_policy_configuration: {
        adjustment_type: "ChangeInCapacity",
        metric_aggregation_type: "Average",
        cooldown: 120,
        step_adjustment: [{ metric_interval_lower_bound: "0", scaling_adjustment: 3 }],
      },
    });
    expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Web/Scaling/StepOutAlarm")).toMatchObject({
      alarm_name: "prod-web-step-out",
      namespace: "AWS/ECS",
      metric_name: "MemoryUtilization",
      dimensions: { ClusterName: "prod", ServiceName: "${aws_ecs_service.Web_3C8945DB.name}" },
      comparison_operator: "GreaterThanOrEqualToThreshold",
      threshold: 80,
    });
    expect(resourceAt(stack, "aws_cloudwatch_metric_alarm", "Web/Scaling/StepInAlarm")).toMatchObject({
      comparison_operator: "LessThanOrEqualToThreshold",
      threshold: 20,
    });
  });

  it("steps one way only where asked, on CPU", () => {
    const only = (change: { lower?: number; upper?: number; change: number }): string[] =>
      Object.values(
        resourcesOf(
          stackWith({ scaling: { steps: { metric: "cpu", changes: [change] } } }),
          "aws_appautoscaling_policy",
        ),
      ).map((policy) => String(policy.name));

    expect(only({ lower: 80, change: 1 })).toEqual(["cpu", "step-out"]);
    expect(only({ upper: 20, change: -1 })).toEqual(["cpu", "step-in"]);
  });

  it("follows schedules, and then leaves the bounds to them", () => {
    const stack = stackWith({
      capacity: { minimum: 2, maximum: 2 },
      scaling: {
        schedules: [
          {
            name: "morning",
            schedule: "cron(0 7 ? * MON-FRI *)",
            minimum: 4,
            maximum: 8,
            timeZone: "Europe/Dublin",
          },
          { name: "night", schedule: "cron(0 20 ? * * *)", minimum: 2, maximum: 2 },
        ],
      },
    });

    expect(resourceAt(stack, "aws_appautoscaling_target")).toMatchObject({
      lifecycle: { ignore_changes: ["min_capacity", "max_capacity"] },
    });
    expect(resourceAt(stack, "aws_appautoscaling_scheduled_action", "Web/Scaling/Schedule-morning")).toEqual({
      ...target,
      name: "morning",
      schedule: "cron(0 7 ? * MON-FRI *)",
      timezone: "Europe/Dublin",
      scalable_target_action: { min_capacity: "4", max_capacity: "8" },
    });
    expect(
      resourceAt(stack, "aws_appautoscaling_scheduled_action", "Web/Scaling/Schedule-night").timezone,
    ).toBe("UTC");
  });
});
