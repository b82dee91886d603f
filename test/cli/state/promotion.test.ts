import type { ObjectPlace, Objects } from "../../../cli/aws/objects";
import { bucketOf } from "../../../cli/session/state-places";
import { guardStateCopy, promoteReplica, returnHome, type Move } from "../../../cli/state/promotion";
import type { Session } from "../../../cli/session/session";
import { devEnvironment, FakeAws, fakeContext } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";
import { s3Stack } from "../support/fixture-stacks";

/** Objects of several buckets; those of a dark one refuse to answer. */
class Buckets implements Objects {
  public readonly texts = new Map<string, string>();
  public readonly dark = new Set<string>();

  public list(...[, { bucket }, prefix]: Parameters<Objects["list"]>): Promise<string[]> {
    this.look(bucket);
    const keys = [...this.texts.keys()].filter((key) => key.startsWith(`${bucket}/${prefix}`));
    return Promise.resolve(keys.map((key) => key.slice(bucket.length + 1)).sort());
  }

  public read(...[, place]: Parameters<Objects["read"]>): Promise<string | undefined> {
    return this.at(place, (key) => this.texts.get(key));
  }

  public write(...[, place, text]: Parameters<Objects["write"]>): Promise<boolean> {
    return this.at(place, (key) => this.texts.set(key, text).has(key));
  }

  public remove(...[, place]: Parameters<Objects["remove"]>): Promise<void> {
    return this.at(place, (key) => void this.texts.delete(key));
  }

  public versions(): Promise<[]> {
    return Promise.resolve([]);
  }

  private async at<Result>({ bucket, key }: ObjectPlace, act: (key: string) => Result): Promise<Result> {
    this.look(bucket);
    return Promise.resolve(act(`${bucket}/${key}`));
  }

  private look(bucket: string): void {
    if (this.dark.has(bucket)) {
      throw new Error("connect ETIMEDOUT");
    }
  }
}

function state(serial: number, lineage = "l"): string {
  return JSON.stringify({ version: 4, lineage, serial, outputs: {}, resources: [] });
}

const moves: Move[] = [];
const yes = (move: Move): Promise<boolean> => {
  moves.push(move);
  return Promise.resolve(true);
};

async function bench(
  location: "home" | "replica",
  texts: Record<string, string>,
): Promise<{ session: Session; buckets: Buckets }> {
  moves.length = 0;
  const buckets = new Buckets();
  Object.entries(texts).forEach(([key, text]) => buckets.texts.set(key, text));
  const aws = Object.assign(new FakeAws(), { objects: buckets });
  const environment = { ...devEnvironment, state: { ...devEnvironment.state, location } };
  const session = await fakeSession(fakeContext([s3Stack("dev-eu")], { aws }), [], { environment });
  return { session, buckets };
}

describe("meridian state promote-replica", () => {
  it("makes the replica the copy that is written, without the locks that were copied to it", async () => {
    const { session, buckets } = await bench("replica", {
      "states-replica/dev/dev-eu.tfstate": state(4),
      "states-replica/dev/dev-eu.tfstate.tflock": "{}",
    });
    buckets.dark.add("states");

    expect(await promoteReplica(session, yes)).toBe(1);
    expect(Object.fromEntries(buckets.texts)).toEqual({
      "states-replica/dev/dev-eu.tfstate": state(4),
      "states-replica/dev/promoted.json": '{"promotedAt":"2026-11-20T12:00:00.000Z"}\n',
    });
    expect(moves[0]?.notes).toEqual([
      "The home region does not answer. What was written there in its last minutes may be missing: compare the resources with `meridian plan` before each deploy.",
      "1 copied locks will be removed. Make sure that no run is still at work.",
    ]);
  });

  it("brings along what a home region that still answers has written last", async () => {
    const { session, buckets } = await bench("replica", {
      "states/dev/dev-eu.tfstate": state(5),
      "states/dev/dev-us.tfstate": state(1, "us"),
      "states-replica/dev/dev-eu.tfstate": state(4),
    });

    expect(await promoteReplica(session, yes)).toBe(2);
    expect(buckets.texts.get("states-replica/dev/dev-eu.tfstate")).toBe(state(5));
    expect(buckets.texts.get("states-replica/dev/dev-us.tfstate")).toBe(state(1, "us"));
  });

  it("changes nothing after a no", async () => {
    const { session, buckets } = await bench("replica", { "states-replica/dev/dev-eu.tfstate": state(4) });

    expect(await promoteReplica(session, () => Promise.resolve(false))).toBeUndefined();
    expect([...buckets.texts.keys()]).toEqual(["states-replica/dev/dev-eu.tfstate"]);
  });

  it.each<[string, "home" | "replica", Record<string, string>, string]>([
    [
      "an environment that says that its states are at home",
      "home",
      {},
      "The environment 'dev' says that its states are at home. Nothing was changed.",
    ],
    [
      "an empty replica",
      "replica",
      {},
      "The replica states-replica holds no state of 'dev'. Nothing was changed.",
    ],
    [
      "a home region where a run is at work",
      "replica",
      { "states-replica/dev/a.tfstate": state(1), "states/dev/a.tfstate.tflock": "{}" },
      "The home region answers, and a run is at work there: dev/a.tfstate.tflock. Nothing was changed.",
    ],
    [
      "two states of different origin",
      "replica",
      { "states-replica/dev/a.tfstate": state(1, "a"), "states/dev/a.tfstate": state(1, "b") },
      "dev/a.tfstate is another state at home than in the replica (lineages b and a). Nothing was changed.",
    ],
  ])("refuses %s", async (_title, location, texts, message) => {
    const { session, buckets } = await bench(location, texts);

    await expect(promoteReplica(session, yes)).rejects.toThrow(message);
    expect(Object.fromEntries(buckets.texts)).toEqual(texts);
  });
});

describe("meridian state promote-replica --back", () => {
  const promoted = { "states-replica/dev/promoted.json": "{}" };

  it("copies what has gone on in the replica and ends the promotion", async () => {
    const { session, buckets } = await bench("home", {
      ...promoted,
      "states/dev/dev-eu.tfstate": state(4),
      "states/dev/dev-eu.tfstate.tflock": "{}",
      "states/dev/dev-us.tfstate": state(2, "us"),
      "states-replica/dev/dev-eu.tfstate": state(6),
      "states-replica/dev/dev-us.tfstate": state(2, "us"),
    });

    expect(await returnHome(session, yes)).toBe(1);
    expect(Object.fromEntries(buckets.texts)).toEqual({
      "states/dev/dev-eu.tfstate": state(6),
      "states/dev/dev-us.tfstate": state(2, "us"),
      "states-replica/dev/dev-eu.tfstate": state(6),
      "states-replica/dev/dev-us.tfstate": state(2, "us"),
    });
  });

  it.each<[string, Record<string, string>, string]>([
    [
      "states that were never promoted",
      {},
      "The states of 'dev' are at home: their replica was not promoted. Nothing was changed.",
    ],
    [
      "a replica where a run is at work",
      { ...promoted, "states-replica/dev/a.tfstate.tflock": "{}" },
      "A run is at work on the replica: dev/a.tfstate.tflock. Nothing was changed.",
    ],
    [
      "states that were written in both places",
      { ...promoted, "states/dev/a.tfstate": state(5), "states-replica/dev/a.tfstate": state(4) },
      "These states were written in the home region after the replica was promoted: dev/a.tfstate. Nothing was changed.",
    ],
  ])("refuses %s", async (_title, texts, message) => {
    const { session, buckets } = await bench("home", texts);

    await expect(returnHome(session, yes)).rejects.toThrow(message);
    expect(Object.fromEntries(buckets.texts)).toEqual(texts);
  });
});

describe("the copy of the states that a command works on", () => {
  const promotion = { "states-replica/dev/promoted.json": "{}" };

  it("is not the home region's once the replica was promoted", async () => {
    const { session } = await bench("home", promotion);

    await expect(guardStateCopy(session, true)).rejects.toThrow(
      "The states of 'dev' were moved to their replica in us-east-1 ({}), and those in eu-west-1 are old. Nothing was changed.",
    );
  });

  it("is a replica that was not promoted for reading only", async () => {
    const { session } = await bench("replica", {});

    await expect(guardStateCopy(session, true)).resolves.toBeUndefined();
    await expect(guardStateCopy(session, false)).rejects.toThrow(
      "The replica of the states of 'dev' in us-east-1 was not promoted, or cannot be read. Nothing was changed.",
    );
  });

  it("is the home region's while the replica's region is dark", async () => {
    const { session, buckets } = await bench("home", promotion);
    buckets.dark.add(bucketOf(session.environment, "replica").bucket);

    await expect(guardStateCopy(session, false)).resolves.toBeUndefined();
  });
});
