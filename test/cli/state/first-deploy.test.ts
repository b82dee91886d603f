import { hostname } from "node:os";

import { Approval } from "../../../cli/gates/approval";
import { deploy } from "../../../cli/runs/deployment";
import { run } from "../../../cli/program";
import type { StackResult } from "../../../cli/terminal/report";
import { claimNameOf } from "../../../cli/state/first-deploy";
import { StateHome } from "../../../cli/state/state-home";
import { devEnvironment, FakeAws, type FakeContext, fakeContext } from "../support/fake-context";
import { fakeSession, type FakeTerraform } from "../support/fake-session";
import { s3Stack } from "../support/fixture-stacks";

const name = claimNameOf(devEnvironment);
const stacks = [
  {
    ...s3Stack("dev-bootstrap"),
    configuration: {
      terraform: { backend: { s3: { bucket: "states", key: "dev-bootstrap.tfstate", region: "eu-west-1" } } },
      provider: { aws: [{ region: "eu-west-1" }] },
      resource: { aws_kms_key: { Key: {} }, aws_s3_bucket: { States: { bucket: "states" } } },
    },
  } as ReturnType<typeof s3Stack>,
];

function clone(aws: FakeAws): FakeContext {
  return fakeContext(stacks, { aws });
}

async function deployFrom(
  context: FakeContext,
  prepare: (terraform: FakeTerraform) => void = () => undefined,
): Promise<{ results: StackResult[]; calls: string[] }> {
  const session = await fakeSession(context);
  prepare(session.terraform);
  const approval = new Approval({ ...context.terminal, isInteractive: true }, devEnvironment, {
    autoApprove: true,
  });
  const home = await StateHome.findToMake(session);
  try {
    return { results: await deploy(session, home, approval), calls: session.terraform.calls };
  } finally {
    await home.close();
  }
}

function emptyAccount(): FakeAws {
  const aws = new FakeAws();
  aws.bucket = "absent";
  return aws;
}

/** A claim as another clone holds it. */
function heldFrom(host: string): string {
  return JSON.stringify({
    clone: "c-1",
    who: `ada@${host}`,
    directory: "/home/ada/platform",
    since: "2026-11-21T10:00:00.000Z",
    runner: { pid: 2 ** 30, host },
  });
}

describe("the first deploy of an environment", () => {
  it("is claimed before anything is made, and free once the state is in the bucket", async () => {
    const aws = emptyAccount();
    let during: string | undefined;

    const { results } = await deployFrom(clone(aws), (terraform) => {
      terraform.onCall = (call) => {
        during = call === "plan dev-bootstrap" ? aws.parameterValues.get(name) : during;
      };
    });

    expect(results.map(({ outcome }) => outcome)).toEqual(["applied"]);
    expect(JSON.parse(during ?? "{}")).toMatchObject({ runner: { pid: process.pid, host: hostname() } });
    expect(aws.parameterValues.size).toBe(0);
  });

  it("continues from a second clone with what the first one has made meanwhile", async () => {
    const aws = emptyAccount();
    const [first, second] = [clone(aws), clone(aws)];
    aws.parameterValues.set(name, heldFrom("elsewhere"));
    Object.assign(second, {
      sleep: async () => {
        if (aws.parameterValues.delete(name)) {
          await deployFrom(first);
        }
      },
    });

    const session = await fakeSession(second, [], { lockTimeout: "1m" });
    const home = await StateHome.findToMake(session);
    const [bootstrap] = session.selected;

    expect(second.written.err).toContain(
      "Waiting for ada@elsewhere in /home/ada/platform (process 1073741824, since 2026-11-21T10:00:00.000Z), which makes the state bucket.",
    );
    expect(bootstrap && (await home.stateOf(bootstrap))?.resources).toHaveLength(1);
    expect((await deployFrom(second)).results.map(({ outcome }) => outcome)).toEqual(["no changes"]);
  });

  it("refuses where another clone is at it", async () => {
    const aws = emptyAccount();
    aws.parameterValues.set(name, heldFrom("elsewhere"));

    await expect(deployFrom(clone(aws))).rejects.toMatchObject({
      message:
        "The state bucket of 'dev' is being made by ada@elsewhere in /home/ada/platform (process 1073741824, since 2026-11-21T10:00:00.000Z). Nothing was changed.",
      remedy:
        "Wait for it (`--lock-timeout 10m`), and run the command again: it continues with what that run has created. If that directory is lost, run `meridian unlock dev dev-bootstrap --lock-id c-1`, then `meridian recover dev`, which looks for what it made.",
    });
  });

  it("refuses where another clone of this machine has died at it, and says where its state is", async () => {
    const aws = emptyAccount();
    aws.parameterValues.set(name, heldFrom(hostname()));

    await expect(deployFrom(clone(aws))).rejects.toMatchObject({
      remedy:
        "That process is dead. Run `meridian deploy dev` in that directory, which has the state of what it made. If that directory is lost, run `meridian unlock dev dev-bootstrap --lock-id c-1`, then `meridian recover dev`, which looks for what it made.",
    });
  });

  it("stays this clone's while it alone has the state of what was made, and continues from there", async () => {
    const aws = emptyAccount();
    const [first, second] = [clone(aws), clone(aws)];
    const broken = await deployFrom(first, (terraform) => {
      terraform.failing.add("migrate dev-bootstrap");
    });
    expect(broken.results.map(({ outcome }) => outcome)).toEqual(["failed"]);
    expect(first.written.err).toContain(
      `What stands of the state bucket of dev is known in ${first.workspace.projectDirectory} only: run the command again there.`,
    );
    await expect(deployFrom(second)).rejects.toThrow("The state bucket of 'dev' is being made by");

    expect((await deployFrom(first)).results.map(({ outcome }) => outcome)).toEqual(["no changes"]);
    expect(aws.parameterValues.size).toBe(0);
    expect((await deployFrom(second)).results.map(({ outcome }) => outcome)).toEqual(["no changes"]);
  });

  it("says why it failed, and not that its claim could not be given up", async () => {
    const aws = emptyAccount();
    const context = clone(aws);
    aws.parameters.remove = () => Promise.reject(new Error("AccessDenied"));

    const { results } = await deployFrom(context, (terraform) => {
      terraform.failing.add("plan dev-bootstrap");
    });

    expect(results).toMatchObject([{ outcome: "failed", message: "plan dev-bootstrap went wrong" }]);
    expect(context.written.err).toContain("Other clones are kept waiting: AccessDenied\n");
  });

  it("leaves no claim where nothing was made", async () => {
    const aws = emptyAccount();

    await deployFrom(clone(aws), (terraform) => {
      terraform.failing.add("plan dev-bootstrap");
    });

    expect(aws.parameterValues.size).toBe(0);
  });
});

describe("meridian unlock", () => {
  it("takes the first deploy over from a clone that is lost, and has what it made looked for", async () => {
    const aws = emptyAccount();
    aws.parameterValues.set(name, heldFrom("elsewhere"));
    const context = clone(aws);
    const unlock = ["unlock", "dev", "dev-bootstrap", "--auto-approve"];

    expect(await run(context, [...unlock, "--lock-id", "c-2"])).toBe(2);
    expect(context.written.err).toContain(
      "The lock of dev-bootstrap is c-1, of ada@elsewhere in /home/ada/platform (process 1073741824, since 2026-11-21T10:00:00.000Z), and not c-2.",
    );
    expect(await run(context, [...unlock, "--lock-id", "c-1"])).toBe(0);
    expect(context.written.out).toContain(
      "Released: the state bucket is made from this directory now. `meridian recover dev` looks for what that run has made.",
    );

    await expect(deployFrom(context)).rejects.toMatchObject({
      message:
        "An apply was started and its end was never recorded. Nothing was changed.\n  - dev-bootstrap: apply since 2026-11-21T10:00:00.000Z on elsewhere; its state lacks aws_kms_key.Key (was being made), aws_s3_bucket.States (was being made)",
    });
    await expect(deployFrom(clone(aws))).rejects.toThrow("The state bucket of 'dev' is being made by");
  });

  it("releases the given lock of a state, and no other", async () => {
    const context = clone(new FakeAws());
    const key = "dev-bootstrap.tfstate.tflock";
    const lock = { ID: "l-1", Who: "ada@elsewhere", Operation: "OperationTypeApply" };
    context.aws.objects.versionsByKey.set(key, [JSON.stringify(lock)]);
    const unlock = ["unlock", "dev", "dev-bootstrap"];

    expect(await run(context, [...unlock, "--auto-approve", "--lock-id", "l-2"])).toBe(2);
    expect(context.written.err).toContain(
      "The lock of dev-bootstrap is l-1, of ada@elsewhere (apply), and not l-2.",
    );
    expect(await run(context, [...unlock, "--auto-approve", "--lock-id", "l-1"])).toBe(0);
    expect(context.written.out).toContain("Released. `meridian recover dev` shows");
    expect(context.aws.objects.versionsByKey.get(key)?.at(-1)).toBeUndefined();
    expect(await run(context, [...unlock, "--auto-approve"])).toBe(0);
    expect(context.written.out).toContain("The state of dev-bootstrap is not locked.");
  });

  it("changes nothing without a yes", async () => {
    const context = clone(new FakeAws());
    const key = "dev-bootstrap.tfstate.tflock";
    context.aws.objects.versionsByKey.set(key, [JSON.stringify({ ID: "l-1", Who: "ada@elsewhere" })]);
    Object.assign(context.terminal, { isInteractive: true });

    expect(await run(context, ["unlock", "dev", "dev-bootstrap"])).toBe(1);
    expect(context.written.out).toContain("Nothing was changed.");
    expect(context.aws.objects.versionsByKey.get(key)).toHaveLength(1);
  });
});
