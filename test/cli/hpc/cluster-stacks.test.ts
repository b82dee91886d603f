import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { awaitHeadNode, endComputeNodes } from "../../../cli/hpc/cluster-stacks";
import type { Machine } from "../../../cli/aws/machines";
import type { CommandError } from "../../../cli/base/errors";
import type { Session } from "../../../cli/session/session";
import { devEnvironment, type FakeContext, fakeContext } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";
import { s3Stack } from "../support/fixture-stacks";

const noon = Date.parse("2026-11-20T12:00:00Z") / 1000;
const file = "environments/hpc/cfd.yaml";
const table = "meridian-hpc-dev-cfd";

const clusterFile = `
Image: {Os: ubuntu2404}
HeadNode:
  InstanceType: c5.large
  Ssh: {AllowedIps: 10.0.0.0/8}
Scheduling:
  Scheduler: slurm
  SlurmQueues:
    - {Name: q1, ComputeResources: [{Name: cr1, InstanceType: c5.large}]}
DevSettings: {Timeouts: {HeadNodeBootstrapTimeout: 60}}
`;

function machine(id: string, more: Record<string, string>, changes: Partial<Machine> = {}): Machine {
  return {
    id,
    state: "running",
    type: "c5.large",
    launchedAt: noon - 600,
    tags: { "meridian:cluster": "dev-cfd", ...more },
    stateReason: undefined,
    ...changes,
  };
}

const head = machine("i-head", { "meridian:node-type": "HeadNode" });
const node = (id: string, changes: Partial<Machine> = {}) =>
  machine(id, { "meridian:node-type": "Compute", "meridian:queue": "q1" }, changes);

interface Fixture {
  readonly context: FakeContext;
  readonly session: Session;
  /** Seconds that were slept. */
  readonly slept: () => number;
}

/** A session whose clock goes on by what is slept, and what happens after each sleep. */
async function sessionOf(
  after: (context: FakeContext, slept: number) => void = () => undefined,
): Promise<Fixture> {
  let slept = 0;
  const environment = { ...devEnvironment, hpc: { clusters: { cfd: { file } } } };
  const context: FakeContext = fakeContext([s3Stack("dev-hpc-cfd"), s3Stack("dev-eu")], {
    environments: () => Promise.resolve([environment]),
    now: () => new Date((noon + slept) * 1000),
    sleep: (milliseconds) => {
      slept += milliseconds / 1000;
      after(context, slept);
      return Promise.resolve();
    },
  });
  const path = join(context.workspace.projectDirectory, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, clusterFile);
  context.aws.machinesOfClusters = [head];
  context.aws.fleetItems.set(table, []);
  const session = { ...(await fakeSession(context)), environment };
  return { context, session, slept: () => slept };
}

const stackOf = (session: Session, name = "dev-hpc-cfd") => {
  const found = session.synthesis.stacks.find((stack) => stack.name === name);
  if (found === undefined) {
    throw new Error(`there is no stack ${name}`);
  }
  return found;
};

async function refused(act: () => Promise<void>): Promise<{ message: string; remedy: string | undefined }> {
  try {
    await act();
  } catch (error) {
    const { message, remedy } = error as CommandError;
    return { message, remedy };
  }
  throw new Error("nothing was refused");
}

const said = (Status: string, InstanceId: string, Log = "-") => ({ Id: "HEAD", Status, InstanceId, Log });

describe("the head node that was applied", () => {
  it("is waited for until it says that it is ready", async () => {
    const { session, slept } = await sessionOf(({ aws }, seconds) => {
      if (seconds >= 30) {
        aws.fleetItems.set(table, [said("READY", "i-head")]);
      }
    });

    await awaitHeadNode(session, stackOf(session));

    expect(slept()).toBe(30);
  });

  it("is not waited for while its daemon responds, or where it is stopped, or where a stack has none", async () => {
    const { context, session, slept } = await sessionOf();
    context.aws.fleetItems.set(table, [{ Id: "FLEET", Heartbeat: noon - 30 }]);
    await awaitHeadNode(session, stackOf(session));

    context.aws.fleetItems.set(table, []);
    context.aws.machinesOfClusters = [{ ...head, state: "stopped" }];
    await awaitHeadNode(session, stackOf(session));
    await awaitHeadNode(session, stackOf(session, "dev-eu"));

    expect(slept()).toBe(0);
  });

  it("fails the deploy with the end of its log when it did not boot", async () => {
    const { context, session } = await sessionOf();
    context.aws.fleetItems.set(table, [said("FAILED", "i-head", "apt-get update\nE: no network\n")]);

    expect(await refused(() => awaitHeadNode(session, stackOf(session)))).toEqual({
      message:
        "The head node i-head of dev-cfd did not boot. Its log ends with:\n  apt-get update\n  E: no network",
      remedy:
        "Correct what failed, then replace the head node: `terraform taint` it, or terminate it, and deploy again.",
    });
  });

  it("fails the deploy with the end of its console when it says nothing in time, whatever one before it said", async () => {
    const { context, session, slept } = await sessionOf();
    context.aws.fleetItems.set(table, [
      said("READY", "i-former"),
      { Id: "FLEET", Heartbeat: head.launchedAt - 5 },
    ]);
    context.aws.consoles.set("i-head", "cloud-init: cannot reach S3\n");

    expect(await refused(() => awaitHeadNode(session, stackOf(session)))).toEqual({
      message:
        "The head node i-head of dev-cfd was not ready after 60 s. Its console ends with:\n  cloud-init: cannot reach S3",
      remedy:
        "Raise DevSettings.Timeouts.HeadNodeBootstrapTimeout if it only needs longer; `meridian hpc diagnose` collects what is known.",
    });
    expect(slept()).toBe(60);
  });
});

describe("the compute nodes of a cluster that is destroyed", () => {
  it("are ended by the daemon, and by EC2 what it left", async () => {
    const { context, session } = await sessionOf(({ aws }, seconds) => {
      if (seconds >= 10) {
        aws.fleetItems.set(table, [{ Id: "FLEET", Status: "STOPPED", Heartbeat: noon }]);
      }
    });
    context.aws.fleetItems.set(table, [{ Id: "FLEET", Status: "RUNNING", Heartbeat: noon - 20 }]);
    context.aws.machinesOfClusters = [head, node("i-1"), node("i-2", { state: "stopped" })];

    await endComputeNodes(session, stackOf(session));

    expect(context.aws.fleetRequests).toEqual(["STOP_REQUESTED"]);
    expect(context.aws.machinesOfClusters.map(({ id, state }) => `${id} ${state}`)).toEqual([
      "i-head running",
      "i-1 terminated",
      "i-2 terminated",
    ]);
  });

  it("are ended at once where the head node is silent, also of a cluster that the environment has no more", async () => {
    const { context, session, slept } = await sessionOf();
    context.aws.fleetItems.set(table, [{ Id: "FLEET", Status: "RUNNING", Heartbeat: noon - 4000 }]);
    context.aws.machinesOfClusters = [node("i-1")];

    await endComputeNodes({ ...session, environment: devEnvironment }, stackOf(session));

    expect(context.aws.fleetRequests).toEqual([]);
    expect(context.aws.machinesOfClusters.map(({ state }) => state)).toEqual(["terminated"]);
    expect(slept()).toBeLessThan(60);
  });

  it("keep the stack from being destroyed while EC2 does not end them", async () => {
    const { context, session } = await sessionOf();
    context.aws.machinesOfClusters = [node("i-1", { state: "shutting-down" })];

    expect(await refused(() => endComputeNodes(session, stackOf(session)))).toEqual({
      message: "EC2 did not terminate i-1 of dev-cfd in 600 s. Nothing of dev-hpc-cfd was destroyed.",
      remedy: "Check them in EC2, terminate them, then run the command again.",
    });
  });
});
