import { restoreState, stateVersions } from "../../../cli/state/state-versions";
import type { Session } from "../../../cli/session/session";
import type { Stack } from "../../../cli/stacks/manifest";
import { type FakeContext, fakeContext } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";
import { s3Stack } from "../support/fixture-stacks";

const key = "dev-eu.tfstate";

function text(serial: number, lineage = "a", count = 1): string {
  const instances = new Array(count).fill({});
  const resources = [{ mode: "managed", type: "aws_vpc", name: "Main", instances }];
  return JSON.stringify({ version: 4, serial, lineage, outputs: {}, resources });
}

interface Bench {
  readonly context: FakeContext;
  readonly session: Session;
  readonly stack: Stack;
}

async function benchWith(...versions: (string | undefined)[]): Promise<Bench> {
  const context = fakeContext([s3Stack("dev-eu")]);
  context.aws.objects.versionsByKey.set(key, versions);
  const session = await fakeSession(context);
  const [stack] = session.selected;
  if (stack === undefined) {
    throw new Error("the fixture is wrong");
  }
  return { context, session, stack };
}

const yes = () => Promise.resolve(true);

async function refusalOf(promise: Promise<unknown>): Promise<{ message: string; remedy?: string }> {
  return promise.then(
    () => ({ message: "nothing was refused" }),
    (error: unknown) => error as { message: string; remedy?: string },
  );
}

describe("stateVersions", () => {
  it("lists what each version holds, the newest first, readable or not", async () => {
    const { session, stack } = await benchWith(text(1), "{ half", undefined, text(4, "a", 3));

    expect(
      (await stateVersions(session, stack)).map(({ id, serial, resources, isLatest, isDeleted }) => ({
        id,
        serial,
        resources,
        isLatest,
        isDeleted,
      })),
    ).toEqual([
      { id: "3", serial: 4, resources: 3, isLatest: true, isDeleted: false },
      { id: "2", serial: undefined, resources: undefined, isLatest: false, isDeleted: true },
      { id: "1", serial: undefined, resources: undefined, isLatest: false, isDeleted: false },
      { id: "0", serial: 1, resources: 1, isLatest: false, isDeleted: false },
    ]);
  });
});

describe("restoreState", () => {
  it("makes an earlier version current under a serial above both, and lets the lock go", async () => {
    const { context, session, stack } = await benchWith(text(3), text(7, "a", 0));
    const seen: unknown[] = [];

    const state = await restoreState(session, stack, "0", (restored, current) => {
      const lock = context.aws.objects.versionsByKey.get(`${key}.tflock`)?.at(-1) ?? "{}";
      seen.push(restored.serial, current?.serial, (JSON.parse(lock) as { Operation: string }).Operation);
      return yes();
    });

    expect(seen).toEqual([3, 7, "meridian state restore"]);
    expect(state?.serial).toBe(8);
    const versions = context.aws.objects.versionsByKey.get(key) ?? [];
    expect(JSON.parse(versions.at(-1) ?? "")).toEqual(JSON.parse(text(8)));
    expect(versions).toHaveLength(3);
    expect(context.aws.objects.versionsByKey.get(`${key}.tflock`)?.at(-1)).toBeUndefined();
  });

  it("replaces a state that cannot be read", async () => {
    const { session, stack } = await benchWith(text(3), "{ half");

    expect((await restoreState(session, stack, "0", yes))?.serial).toBe(4);
  });

  it("restores a state that was deleted", async () => {
    const { session, stack } = await benchWith(text(3), undefined);

    expect((await restoreState(session, stack, "0", yes))?.serial).toBe(4);
  });

  it("changes nothing without a yes, and lets the lock go", async () => {
    const { context, session, stack } = await benchWith(text(3), text(7));

    expect(await restoreState(session, stack, "0", () => Promise.resolve(false))).toBeUndefined();
    expect(context.aws.objects.versionsByKey.get(key)).toHaveLength(2);
    expect(context.aws.objects.versionsByKey.get(`${key}.tflock`)?.at(-1)).toBeUndefined();
  });

  it("refuses while the state is locked, and names the holder", async () => {
    const { context, session, stack } = await benchWith(text(3), text(7));
    const holder = { Who: "ada@laptop", Operation: "OperationTypeApply", Created: "2026-11-20T11:00:00Z" };
    context.aws.objects.versionsByKey.set(`${key}.tflock`, [JSON.stringify(holder)]);

    expect(await refusalOf(restoreState(session, stack, "0", yes))).toMatchObject({
      message:
        "The state of dev-eu is locked by ada@laptop (OperationTypeApply, since 2026-11-20T11:00:00Z). Nothing was changed.",
      remedy:
        "Wait for it to end. If that run is dead, release the lock with `meridian unlock dev dev-eu` and try again.",
    });
    expect(context.aws.objects.versionsByKey.get(`${key}.tflock`)).toHaveLength(1);
  });

  it("refuses a version of another state", async () => {
    const { session, stack } = await benchWith(text(3, "b"), text(7));

    expect(await refusalOf(restoreState(session, stack, "0", yes))).toMatchObject({
      message:
        "Version 0 is of another state (lineage b) than the current one of dev-eu (a). Nothing was changed.",
      remedy: "If the current one is worthless, delete the object in the bucket first; its versions stay.",
    });
  });

  it.each([
    ["is unknown", "9"],
    ["is a mark of deletion", "1"],
  ])("refuses a version that %s", async (_why, id) => {
    const { session, stack } = await benchWith(text(3), undefined);

    expect(await refusalOf(restoreState(session, stack, id, yes))).toMatchObject({
      message: `There is no version ${id} of the state of dev-eu.`,
      remedy: "List them with `meridian state list dev dev-eu`.",
    });
  });

  it("refuses a version that is not a state", async () => {
    const { session, stack } = await benchWith("{ half", text(7));

    expect((await refusalOf(restoreState(session, stack, "0", yes))).message).toMatch(
      /^The state s3:\/\/states\/dev-eu.tfstate, version 0 is unreadable: /,
    );
  });

  it.each(["half a lo", "null"])("says that somebody holds a lock that says '%s'", async (lock) => {
    const { context, session, stack } = await benchWith(text(1), text(2));
    context.aws.objects.versionsByKey.set(`${key}.tflock`, [lock]);

    expect((await refusalOf(restoreState(session, stack, "0", yes))).message).toBe(
      "The state of dev-eu is locked by somebody (unknown, since unknown). Nothing was changed.",
    );
  });

  it("refuses a version that is no state, even where the current one cannot be read either", async () => {
    const { session, stack } = await benchWith('{"version":4}', "{ half");

    expect((await refusalOf(restoreState(session, stack, "0", yes))).message).toBe(
      "The state s3://states/dev-eu.tfstate, version 0 is unreadable: it has no lineage and serial.",
    );
  });
});
