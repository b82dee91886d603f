import { Approval } from "../../../cli/gates/approval";
import type {
  AppRunnerServiceNow,
  EcsDeployment,
  EcsServiceNow,
  Workloads,
} from "../../../cli/aws/workloads";
import { deploy } from "../../../cli/runs/deployment";
import { CommandError } from "../../../cli/base/errors";
import type { StackResult } from "../../../cli/terminal/report";
import { Settling } from "../../../cli/rollout/settling";
import { workloadsOf } from "../../../cli/rollout/workload-places";
import type { State } from "../../../cli/stacks/state-file";
import { StateHome } from "../../../cli/state/state-home";
import { devEnvironment, type FakeContext, fakeContext, stateWith } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";
import { s3Stack } from "../support/fixture-stacks";

const definition = (revision: number): string =>
  `arn:aws:ecs:eu-west-1:111122223333:task-definition/web:${revision}`;
const appRunnerArn = "arn:aws:apprunner:eu-west-1:111122223333:service/web/1";

function resource(type: string, attributes: object): State["resources"][number] {
  return { mode: "managed", type, name: "thing", instances: [{ attributes }] };
}

const ecsService = resource("aws_ecs_service", {
  id: "arn:aws:ecs:eu-west-1:111122223333:service/dev/web",
  cluster: "arn:aws:ecs:eu-west-1:111122223333:cluster/dev",
  name: "web",
  task_definition: definition(2),
});
const appRunner = [
  resource("aws_apprunner_service", { arn: appRunnerArn, service_name: "web" }),
  resource("aws_apprunner_custom_domain_association", {
    service_arn: appRunnerArn,
    domain_name: "web.example.com",
  }),
];

function deployment(overrides: Partial<EcsDeployment> = {}): EcsDeployment {
  return {
    id: "ecs-svc/2",
    isPrimary: true,
    taskDefinition: definition(2),
    rolloutState: "COMPLETED",
    reason: "",
    runningTasks: 2,
    desiredTasks: 2,
    failedTasks: 0,
    ...overrides,
  };
}

function now(...deployments: EcsDeployment[]): EcsServiceNow {
  return { desiredTasks: 2, deployments, targetGroupArns: ["arn:group"], events: [] };
}

const healthy = ["10.0.0.1:80", "10.0.0.2:80"].map((target) => ({ target, state: "healthy", reason: "" }));

/** Answers one after the other; the last stays. */
function inTurn<Answer>(...answers: Answer[]): () => Promise<Answer> {
  return () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return Promise.resolve(answer as Answer);
  };
}

async function settled(
  resources: State["resources"],
  workloads: Partial<Workloads>,
  isChanged = true,
  context = fakeContext([s3Stack("dev-eu")]),
): Promise<string> {
  Object.assign(context.aws.workloads, workloads);
  const session = await fakeSession(context);
  const settling = new Settling(session, await StateHome.find(session));
  try {
    await settling.wait(workloadsOf({ ...stateWith(0), resources }), isChanged);
    return "serves";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("waiting for a service on Fargate", () => {
  it("ends when the deployment is complete and as many targets are healthy as tasks are wanted", async () => {
    const seconds: number[] = [];
    const context = fakeContext([s3Stack("dev-eu")], {
      sleep: (milliseconds) => {
        seconds.push(milliseconds / 1000);
        return Promise.resolve();
      },
    });
    const inProgress = now(deployment({ rolloutState: "IN_PROGRESS", runningTasks: 1 }));
    const half = [healthy[0], { target: "10.0.0.2:80", state: "initial", reason: "" }] as typeof healthy;
    const targets = inTurn(half, healthy);
    const workloads = { ecsService: inTurn(inProgress, inProgress, now(deployment())), targets };

    expect(await settled([ecsService], workloads, true, context)).toBe("serves");
    expect(seconds).toHaveLength(30);
  });

  it("fails when ECS rolled back and runs the earlier revision again, however steady that is", async () => {
    const rolledBack = now(deployment({ id: "ecs-svc/3", taskDefinition: definition(1) }));

    expect(await settled([ecsService], { ecsService: inTurn(rolledBack), targets: inTurn(healthy) })).toBe(
      "web in eu-west-1 does not serve: ECS rolled its deployment back: it runs web:1 and not web:2.",
    );
  });

  it("fails when a deployment is rolled back to the same revision while it waits", async () => {
    const first = now(deployment({ rolloutState: "IN_PROGRESS" }));
    const second = now(deployment({ id: "ecs-svc/3" }));

    expect(await settled([ecsService], { ecsService: inTurn(first, second), targets: inTurn(healthy) })).toBe(
      "web in eu-west-1 does not serve: deployment ecs-svc/2 was rolled back or replaced by ecs-svc/3.",
    );
  });

  it("shows stopped reasons, last log lines and events of tasks that never start", async () => {
    const failed = {
      ...now(deployment({ rolloutState: "FAILED", reason: "tasks failed to start.", failedTasks: 3 })),
      events: ["(service web) failed to launch a task", "second", "third", "fourth"],
    };
    const stoppedTasks = inTurn([
      {
        id: "0123",
        taskDefinition: definition(2),
        reason: "CannotPullContainerError: not found - TaskFailedToStart",
        containers: ["main ended with exit code 1"],
        logLines: ["main: \u001b[31mno database\u001b[0m\r", "main: ::error::forged", "x".repeat(400)],
      },
    ]);

    expect(await settled([ecsService], { ecsService: inTurn(failed), stoppedTasks })).toBe(
      [
        "web in eu-west-1 does not serve: its deployment failed: tasks failed to start.",
        "  task 0123 stopped: CannotPullContainerError: not found - TaskFailedToStart",
        "    main ended with exit code 1",
        "    | main: no database",
        "    | main: ::error::forged",
        `    | ${"x".repeat(300)}…`,
        "  event: (service web) failed to launch a task",
        "  event: second",
        "  event: third",
      ].join("\n"),
    );
  });

  it("fails after settleSeconds and says which targets are not healthy", async () => {
    const targets = inTurn([
      { target: "10.0.0.1:80", state: "unhealthy", reason: "Health checks failed with these codes: [500]" },
    ]);

    expect(await settled([ecsService], { ecsService: inTurn(now(deployment())), targets })).toBe(
      "web in eu-west-1 does not serve: after 60 s 0 of 2 targets are healthy; 10.0.0.1:80 is unhealthy (Health checks failed with these codes: [500]).",
    );
  });

  it("shows the failure also where its reasons cannot be read", async () => {
    const failed = now(deployment({ rolloutState: "FAILED", reason: "" }));
    const stoppedTasks = (): Promise<never> => Promise.reject(new Error("AccessDenied"));

    expect(await settled([ecsService], { ecsService: inTurn(failed), stoppedTasks })).toBe(
      [
        "web in eu-west-1 does not serve: its deployment failed: ecs-svc/2 failed.",
        "  (the reasons cannot be read: AccessDenied)",
      ].join("\n"),
    );
  });

  it("does not hold back the others for a region that it has not changed and whose targets are unhealthy", async () => {
    const workloads = { ecsService: inTurn(now(deployment())), targets: inTurn([]) };

    expect(await settled([ecsService], workloads, false)).toBe("serves");
  });

  it("waits in an unchanged region for what an earlier run left under way", async () => {
    const inProgress = now(deployment({ rolloutState: "IN_PROGRESS", runningTasks: 0 }));

    expect(await settled([ecsService], { ecsService: inTurn(inProgress) }, false)).toBe(
      "web in eu-west-1 does not serve: after 60 s 0 of 2 tasks run, 0 failed.",
    );
  });

  it("looks again after a look that failed, and gives up after the third", async () => {
    let looks = 0;
    const ecs = (failing: number) => (): Promise<EcsServiceNow> => {
      looks += 1;
      return looks <= failing
        ? Promise.reject(new Error("socket hang up"))
        : Promise.resolve(now(deployment()));
    };

    expect(await settled([ecsService], { ecsService: ecs(2), targets: inTurn(healthy) })).toBe("serves");
    looks = 0;
    expect(await settled([ecsService], { ecsService: ecs(9) })).toBe("socket hang up");
    expect(looks).toBe(3);
  });
});

describe("waiting for a service on App Runner", () => {
  const running: AppRunnerServiceNow = {
    status: "RUNNING",
    lastOperation: { type: "UPDATE_SERVICE", status: "SUCCEEDED" },
    domains: [{ name: "web.example.com", status: "active" }],
  };

  it.each<[string, AppRunnerServiceNow | undefined, string]>([
    ["serves", running, "serves"],
    [
      "was rolled back",
      { ...running, lastOperation: { type: "UPDATE_SERVICE", status: "ROLLBACK_SUCCEEDED" } },
      "web in eu-west-1 does not serve: its last operation, UPDATE_SERVICE, ended as ROLLBACK_SUCCEEDED.",
    ],
    [
      "has no certificate yet",
      { ...running, domains: [{ name: "web.example.com", status: "pending_certificate_dns_validation" }] },
      "web in eu-west-1 does not serve: after 60 s its domain web.example.com is pending_certificate_dns_validation.",
    ],
    [
      "will have no certificate",
      { ...running, domains: [{ name: "web.example.com", status: "create_failed" }] },
      "web in eu-west-1 does not serve: its domain web.example.com is create_failed.",
    ],
    ["is paused", { ...running, status: "PAUSED" }, "web in eu-west-1 does not serve: it is PAUSED."],
    ["is gone", undefined, "web in eu-west-1 does not serve: it no longer exists."],
  ])("tells one that %s", async (_title, service, told) => {
    expect(await settled(appRunner, { appRunnerService: inTurn(service) })).toBe(told);
  });

  it("waits for its names in a region that an earlier run has made", async () => {
    const pending = { ...running, domains: [{ name: "web.example.com", status: "binding_certificate" }] };

    expect(await settled(appRunner, { appRunnerService: inTurn(pending, running) }, false)).toBe("serves");
    expect(await settled(appRunner, { appRunnerService: inTurn(pending) }, false)).toContain(
      "binding_certificate",
    );
  });
});

describe("a rollout", () => {
  const stacks = [
    s3Stack("dev-bootstrap", {}, ["bucket"]),
    { ...s3Stack("dev-eu-west-1", {}, ["url"]), dependencies: ["dev-bootstrap"] },
    { ...s3Stack("dev-us-east-1", {}, ["url"]), dependencies: ["dev-bootstrap"] },
    s3Stack("dev-edge", { "dev-eu-west-1": ["url"], "dev-us-east-1": ["url"] }),
  ];
  const environment = { ...devEnvironment, regions: { "eu-west-1": {}, "us-east-1": {} } };

  async function rollOut(context: FakeContext, change: boolean): Promise<StackResult[]> {
    const session = await fakeSession(context, [], { environment });
    session.terraform.makes.set("dev-us-east-1", [ecsService]);
    if (change) {
      const update = { actions: ["update"], before: {}, after: {}, after_unknown: {} };
      for (const stack of ["dev-us-east-1", "dev-eu-west-1"]) {
        session.terraform.planned.set(stack, [
          {
            address: "terraform_data.thing",
            mode: "managed",
            type: "terraform_data",
            name: "thing",
            change: update,
          },
        ]);
      }
    }
    const approval = new Approval(context.terminal, environment, { autoApprove: true });
    return deploy(session, await StateHome.find(session), approval);
  }

  const outcomesOf = (results: readonly StackResult[]): string[] =>
    results.map(({ stack, outcome }) => `${stack} ${outcome}`);

  it("stops before the next region when ECS rolled the first one back", async () => {
    const context = fakeContext(stacks);
    context.aws.bucket = "absent";
    const { workloads } = context.aws;
    Object.assign(workloads, { ecsService: inTurn(now(deployment())), targets: inTurn(healthy) });
    await rollOut(context, false);
    Object.assign(workloads, { ecsService: inTurn(now(deployment({ taskDefinition: definition(1) }))) });

    const results = await rollOut(context, true);

    expect(outcomesOf(results)).toEqual([
      "dev-bootstrap no changes",
      "dev-us-east-1 failed",
      "dev-eu-west-1 not begun",
      "dev-edge not begun",
    ]);
  });

  it("leads nobody to a new region that does not serve", async () => {
    const context = fakeContext(stacks);
    context.aws.bucket = "absent";
    Object.assign(context.aws.workloads, { ecsService: inTurn(now(deployment({ rolloutState: "FAILED" }))) });

    const results = await rollOut(context, false);

    expect(outcomesOf(results)).toEqual([
      "dev-bootstrap applied",
      "dev-eu-west-1 applied",
      "dev-us-east-1 failed",
      "dev-edge not begun",
    ]);
    expect(results.find(({ outcome }) => outcome === "failed")?.remedy).toBe(
      "Fix what the reasons name, or revert the change, and deploy again. No later region and no record was changed.",
    );
  });
});

it("fails as a refusal, which ends the command without a stack trace", async () => {
  const session = await fakeSession(fakeContext([s3Stack("dev-eu")]));
  const settling = new Settling(session, await StateHome.find(session));

  await expect(
    settling.wait(workloadsOf({ ...stateWith(0), resources: [ecsService] }), true),
  ).rejects.toThrow(CommandError);
});
