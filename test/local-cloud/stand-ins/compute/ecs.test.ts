import { ecs } from "../../../../local-cloud/stand-ins/compute/ecs";
import { Unkindness } from "../../../../local-cloud/unkind";
import { GatewayUnderTest, type Received } from "../../support/cloud";

const arn = "arn:aws:ecs:eu-west-1:123456789012:service/shop/web";
const group = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/1";

/** As much of moto as a service needs: it keeps the last count and revision that it was given. */
class MotoService {
  public readonly queries: string[] = [];
  public readonly logged: string[] = [];
  private service: Record<string, unknown> = {
    serviceArn: arn,
    serviceName: "web",
    clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/shop",
    status: "ACTIVE",
    loadBalancers: [{ targetGroupArn: group }],
  };

  public answer({ headers, body }: Received): { text: string } {
    const target = String(headers["x-amz-target"] ?? "");
    if (target === "") {
      this.queries.push(body);
      return { text: "<ok/>" };
    }
    const input = JSON.parse(body) as Record<string, unknown>;
    if (target.startsWith("Logs_")) {
      this.logged.push(`${target} ${String(input.logStreamName).replace(/[0-9a-f]{32}/, "id")}`);
      return { text: "{}" };
    }
    if (target.endsWith("DescribeTaskDefinition")) {
      const options = { "awslogs-group": "/shop", "awslogs-stream-prefix": "web" };
      const containerDefinitions = [{ name: "main", logConfiguration: { options } }];
      return { text: JSON.stringify({ taskDefinition: { containerDefinitions } }) };
    }
    const { taskDefinition, desiredCount } = input;
    Object.assign(
      this.service,
      taskDefinition === undefined ? {} : { taskDefinition },
      desiredCount === undefined ? {} : { desiredCount },
    );
    return {
      text: JSON.stringify(
        target.endsWith("DescribeServices") ? { services: [this.service] } : { service: this.service },
      ),
    };
  }
}

interface Service {
  readonly taskDefinition: string;
  readonly deployments: readonly { status: string; taskDefinition: string; rolloutState: string }[];
  readonly events: readonly { message: string }[];
}

describe("the stand-in of ECS", () => {
  let cloud: GatewayUnderTest;
  let moto: MotoService;
  let unkind: Unkindness;

  beforeEach(async () => {
    unkind = new Unkindness();
    moto = new MotoService();
    cloud = await GatewayUnderTest.start((request) => moto.answer(request), [ecs(unkind)]);
  });
  afterEach(() => {
    cloud.stop();
  });

  async function call(action: string, input: object): Promise<Record<string, unknown>> {
    const target = `AmazonEC2ContainerServiceV20141113.${action}`;
    return (await cloud.json("ecs", target, input)).output;
  }

  async function look(): Promise<Service> {
    const { services = [] } = (await call("DescribeServices", { services: ["web"] })) as {
      services?: Service[];
    };
    const [service] = services;
    if (service === undefined) {
      throw new Error("there is no service");
    }
    return service;
  }

  const rollouts = ({ deployments }: Service): string[] =>
    deployments.map(
      ({ status, taskDefinition, rolloutState }) => `${status} ${taskDefinition} ${rolloutState}`,
    );

  it("completes deployments at once, with as many targets as tasks are wanted", async () => {
    await call("CreateService", { taskDefinition: "web:1", desiredCount: 2 });
    await call("UpdateService", { taskDefinition: "web:2" });
    await call("UpdateService", { desiredCount: 0 });

    expect(rollouts(await look())).toEqual(["PRIMARY web:2 COMPLETED"]);
    expect(
      moto.queries.map((query) => {
        const parameters = new URLSearchParams(query);
        const targets = [...parameters.keys()].filter((key) => key.startsWith("Targets")).length;
        return `${parameters.get("Action") ?? ""} ${targets}`;
      }),
    ).toEqual(["RegisterTargets 2", "DeregisterTargets 2"]);
  });

  it("rolls back a deployment that fails, after the first look at it", async () => {
    await call("CreateService", { taskDefinition: "web:1", desiredCount: 2 });
    unkind.set(["ecs-rollback"]);
    await call("UpdateService", { taskDefinition: "web:2" });

    expect(rollouts(await look())).toEqual(["PRIMARY web:2 IN_PROGRESS"]);
    const after = await look();
    expect(rollouts(after)).toEqual(["PRIMARY web:1 COMPLETED", "ACTIVE web:2 FAILED"]);
    expect(after.taskDefinition).toBe("web:1");
    expect(after.events[0]?.message).toMatch(/^\(service web\) \(deployment .*\) deployment failed/);
  });

  it("has no revision to go back to when the first deployment fails", async () => {
    unkind.set(["ecs-rollback"]);
    await call("CreateService", { taskDefinition: "web:1", desiredCount: 2 });
    await look();

    expect(rollouts(await look())).toEqual(["PRIMARY web:1 FAILED"]);
    expect(moto.queries).toEqual([]);
  });

  it("lists the task that stopped, with its reason and its last log line", async () => {
    unkind.set(["ecs-rollback"]);
    await call("CreateService", { taskDefinition: "web:1", desiredCount: 2 });

    const { taskArns } = await call("ListTasks", { serviceName: "web", desiredStatus: "STOPPED" });
    const { tasks } = await call("DescribeTasks", { tasks: taskArns });

    expect(tasks).toEqual([
      expect.objectContaining({
        taskArn: (taskArns as string[])[0],
        taskDefinitionArn: "web:1",
        stoppedReason: "Essential container in task exited",
        containers: [{ name: "main", lastStatus: "STOPPED", exitCode: 1 }],
      }),
    ]);
    expect(moto.logged).toEqual([
      "Logs_20140328.CreateLogStream web/main/id",
      "Logs_20140328.PutLogEvents web/main/id",
    ]);
  });

  it("deploys again after a rollback, and keeps what runs when only the count changes", async () => {
    await call("CreateService", { taskDefinition: "web:1", desiredCount: 1 });
    unkind.set(["ecs-rollback"]);
    await call("UpdateService", { taskDefinition: "web:2" });
    await look();
    unkind.set([]);
    await call("UpdateService", { desiredCount: 2 });

    expect((await look()).taskDefinition).toBe("web:1");
    await call("UpdateService", { taskDefinition: "web:2" });
    expect(rollouts(await look())).toEqual(["PRIMARY web:2 COMPLETED"]);
  });
});
