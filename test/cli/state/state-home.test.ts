import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { bootstrapPlace, StateHome } from "../../../cli/state/state-home";
import { rememberDeploy } from "../../../cli/session/local-cloud-access";
import { devEnvironment, fakeContext, stateWith } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";
import { s3Stack } from "../support/fixture-stacks";

const one = stateWith(1, {}, "one", 5);
const another = stateWith(2, {}, "another", 1);

describe("bootstrapPlace", () => {
  it.each([
    ["nothing is there yet", "absent", undefined, undefined, "local", false],
    ["the first apply was cut short", "absent", one, undefined, "local", false],
    ["the bucket stands but the state was not moved", "present", one, undefined, "local", false],
    ["all is as it should be", "present", undefined, one, "bucket", false],
    [
      "the state was moved but not put away, under a new lineage",
      "present",
      one,
      { ...one, lineage: "new" },
      "bucket",
      true,
    ],
    ["the state was taken out but not used", "present", one, one, "bucket", true],
    ["a destroy was cut short", "present", { ...one, serial: 6, resources: [] }, one, "local", false],
    ["an empty file was left", "present", stateWith(0, {}, "empty"), one, "bucket", true],
  ] as const)("knows what to do when %s", (_case, bucket, local, remote, place, isLocalObsolete) => {
    expect(bootstrapPlace(bucket, local, remote)).toEqual({ place, isLocalObsolete });
  });

  it("refuses two states that have nothing to do with each other", () => {
    expect(() => bootstrapPlace("present", one, another)).toThrow(
      "The bootstrap stack has two states of different origin: one in the state bucket and one in .meridian/bootstrap. Nothing was changed.",
    );
  });
});

describe("StateHome", () => {
  const stacks = [s3Stack("dev-bootstrap")];

  it("refuses a bucket that these credentials may not use", async () => {
    const context = fakeContext(stacks);
    context.aws.bucket = "forbidden";

    await expect(StateHome.find(await fakeSession(context))).rejects.toThrow(
      "The state bucket states exists, but these credentials may not use it.",
    );
  });

  it.each([
    ["states", "The state bucket states, which held the environment's states, is gone."],
    [
      "older",
      "The state bucket was older and is now to be states, which does not exist. The states would be left behind.",
    ],
  ])("refuses to start over when states were in bucket %s", async (bucket, message) => {
    const context = fakeContext(stacks);
    context.aws.bucket = "absent";
    const record = join(context.workspace.data("dev-bootstrap"), "terraform.tfstate");
    mkdirSync(dirname(record), { recursive: true });
    writeFileSync(record, JSON.stringify({ backend: { type: "s3", config: { bucket } } }));

    await expect(StateHome.find(await fakeSession(context))).rejects.toThrow(message);
  });

  it("forgets a bootstrap state that belongs to a local cloud that is gone", async () => {
    const context = fakeContext(stacks);
    context.aws.bucket = "absent";
    const file = context.workspace.bootstrapState("dev");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ version: 4, ...one }));
    rememberDeploy(context.workspace, "dev", { instanceId: "first", at: "yesterday" });
    const session = await fakeSession(context, [], { environment: devEnvironment, instanceId: "second" });

    const home = await StateHome.find(session);

    const [bootstrap] = session.selected;
    expect(bootstrap === undefined ? one : await home.stateOf(bootstrap)).toBeUndefined();
  });
});
