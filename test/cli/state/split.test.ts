import fc from "fast-check";

import { CommandError } from "../../../cli/base/errors";
import type { Session } from "../../../cli/session/session";
import { regionLayers } from "../../../cli/stacks/layers";
import type { Configuration } from "../../../cli/stacks/manifest";
import { parseState, type State } from "../../../cli/stacks/state-file";
import { splitState, splitStates, type StateMove } from "../../../cli/state/split";
import { StateHome } from "../../../cli/state/state-home";
import { type FakeContext, fakeContext } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";
import type { FixtureStack } from "../support/fixture-stacks";

const keys = { region: "dev-eu-west-1.tfstate", network: "dev-eu-west-1-network.tfstate" };

function stackOf(name: string, resource: object, output: object, dependencies: string[] = []): FixtureStack {
  const s3 = { bucket: "states", key: `${name}.tfstate`, region: "eu-west-1" };
  return {
    name,
    dependencies,
    configuration: { terraform: { backend: { s3 } }, resource, output } as unknown as Configuration,
  };
}

const network = stackOf(
  "dev-eu-west-1-network",
  { aws_vpc: { Main: {} }, aws_subnet: { Private: {} } },
  {
    vpc_id: { value: "${aws_vpc.Main.id}" },
    zone: { value: "eu-west-1a" },
    joined: { value: '${join("-", aws_vpc.Main.id)}' },
  },
);
const region = stackOf("dev-eu-west-1", { aws_lb: { Web: {} } }, {}, ["dev-eu-west-1-network"]);

function resource(type: string, name: string, id: string, dependencies: string[] = []) {
  return {
    mode: "managed",
    type,
    name,
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: [{ attributes: { id }, dependencies }],
  };
}

/** The state of a region that holds its network, one resource that the code has lost, and a look-up. */
const whole = {
  version: 4,
  terraform_version: "1.11.4",
  serial: 7,
  lineage: "old",
  outputs: { vpc_id: { value: "vpc-1", type: "string" } },
  resources: [
    { ...resource("aws_caller_identity", "Main", "1"), mode: "data" },
    resource("aws_vpc", "Main", "vpc-1"),
    resource("aws_subnet", "Private", "subnet-1", ["aws_vpc.Main"]),
    resource("aws_lb", "Web", "lb-1", [
      "aws_subnet.Private",
      "aws_vpc.Main",
      "data.aws_caller_identity.Main",
    ]),
    resource("aws_eip", "Lost", "eip-1"),
  ],
  check_results: null,
};

interface Bench {
  readonly context: FakeContext;
  readonly session: Session;
  readonly home: StateHome;
  /** What an object holds now. */
  readonly object: (key: string) => string | undefined;
}

async function benchWith(states: { region?: object; network?: object }): Promise<Bench> {
  const context = fakeContext([network, region]);
  for (const layer of ["region", "network"] as const) {
    const state = states[layer];
    if (state !== undefined) {
      context.aws.states.set(keys[layer], state as State);
      context.aws.objects.versionsByKey.set(keys[layer], [JSON.stringify(state)]);
    }
  }
  const session = await fakeSession(context);
  const object = (key: string) => context.aws.objects.versionsByKey.get(key)?.at(-1);
  return { context, session, home: await StateHome.find(session), object };
}

const yes = () => Promise.resolve(true);

function contentOf({ object }: Bench, key: string): State {
  return parseState(object(key) ?? "", key);
}

function addressesIn(state: State): string[] {
  return state.resources.map(({ type, name }) => `${type}.${name}`);
}

async function refusalOf(promise: Promise<unknown>): Promise<{ message: string; remedy?: string }> {
  return promise.then(
    () => ({ message: "nothing was refused" }),
    (error: unknown) => error as { message: string; remedy?: string },
  );
}

describe("splitStates", () => {
  it("moves a network into its own state, with its outputs, under locks on both", async () => {
    const bench = await benchWith({ region: whole });
    const seen: { moves: readonly StateMove[]; locks: (string | undefined)[] }[] = [];

    await splitStates(bench.session, bench.home, (moves) => {
      seen.push({ moves, locks: Object.values(keys).map((key) => bench.object(`${key}.tflock`)) });
      return yes();
    });

    expect(seen.map(({ moves }) => moves)).toEqual([
      [
        {
          from: "dev-eu-west-1",
          to: "dev-eu-west-1-network",
          addresses: ["aws_vpc.Main", "aws_subnet.Private"],
          staying: 2,
          backup: "dev-eu-west-1.before-split.json",
        },
      ],
    ]);
    expect(
      seen[0]?.locks.map((text) => (JSON.parse(text ?? "{}") as { Operation: string }).Operation),
    ).toEqual(["meridian state split", "meridian state split"]);
    const made = contentOf(bench, keys.network);
    expect(made).toMatchObject({
      terraform_version: "1.11.4",
      serial: 1,
      outputs: { vpc_id: { value: "vpc-1", type: "string" }, zone: { value: "eu-west-1a", type: "string" } },
    });
    expect(Object.keys(made.outputs)).toEqual(["vpc_id", "zone"]);
    expect(made.lineage).not.toBe("old");
    expect(addressesIn(made)).toEqual(["aws_vpc.Main", "aws_subnet.Private"]);
    const rest = contentOf(bench, keys.region);
    expect(rest).toMatchObject({ serial: 8, lineage: "old" });
    expect(addressesIn(rest)).toEqual(["aws_caller_identity.Main", "aws_lb.Web", "aws_eip.Lost"]);
    expect(rest.resources[1]?.instances).toEqual([
      { attributes: { id: "lb-1" }, dependencies: ["data.aws_caller_identity.Main"] },
    ]);
    expect(JSON.parse(bench.object("dev-eu-west-1.before-split.json") ?? "")).toEqual(whole);
    expect(Object.values(keys).map((key) => bench.object(`${key}.tflock`))).toEqual([undefined, undefined]);
  });

  it("takes up a run that was cut off between the two states", async () => {
    const bench = await benchWith({ region: whole });
    const { objects } = bench.context.aws;
    const write = objects.write.bind(objects);
    objects.write = (access, place, text, condition) =>
      place.key === keys.region
        ? Promise.reject(new Error("cut off"))
        : write(access, place, text, condition);
    expect(await refusalOf(splitStates(bench.session, bench.home, yes))).toMatchObject({
      message: "cut off",
    });
    const half = contentOf(bench, keys.network);
    objects.write = write;

    await splitStates(bench.session, bench.home, yes);

    expect(contentOf(bench, keys.network)).toEqual({ ...half, serial: 2 });
    expect(addressesIn(contentOf(bench, keys.region))).not.toContain("aws_vpc.Main");
    expect(JSON.parse(bench.object("dev-eu-west-1.before-split.json") ?? "")).toEqual(whole);
  });

  it("changes nothing that is not agreed to", async () => {
    const bench = await benchWith({ region: whole });

    expect(await splitStates(bench.session, bench.home, () => Promise.resolve(false))).toBeUndefined();

    expect(contentOf(bench, keys.region)).toEqual(whole);
    expect(bench.object(keys.network)).toBeUndefined();
  });

  it("refuses an environment that has nothing to split", async () => {
    const resources = whole.resources.filter(({ type }) => type === "aws_lb");
    const bench = await benchWith({ region: { ...whole, resources } });

    expect(await refusalOf(splitStates(bench.session, bench.home, yes))).toEqual(
      new CommandError(
        "There is nothing to split: no region of 'dev' holds its network in its own state. Nothing was changed.",
      ),
    );
  });

  it("refuses while a run holds the lock of either state, and lets go of the one that it took", async () => {
    const bench = await benchWith({ region: whole });
    const holder = JSON.stringify({ Who: "ada", Operation: "apply", Created: "today" });
    bench.context.aws.objects.versionsByKey.set(`${keys.network}.tflock`, [holder]);

    expect((await refusalOf(splitStates(bench.session, bench.home, yes))).message).toBe(
      "The state of dev-eu-west-1-network is locked by ada (apply, since today). Nothing was changed.",
    );
    expect(bench.object(`${keys.region}.tflock`)).toBeUndefined();
    expect(contentOf(bench, keys.region)).toEqual(whole);
  });

  it("refuses where a second network was deployed beside the one that stands", async () => {
    const other = { ...whole, lineage: "new", resources: [resource("aws_vpc", "Main", "vpc-2")] };
    const bench = await benchWith({ region: whole, network: other });

    expect(await refusalOf(splitStates(bench.session, bench.home, yes))).toMatchObject({
      message:
        "The state of dev-eu-west-1-network holds resources that the state of dev-eu-west-1 does not: aws_vpc.Main. Nothing was changed.",
      remedy:
        "dev-eu-west-1-network was deployed beside the network that stands. Destroy what was made there (`meridian destroy dev --stack dev-eu-west-1-network`), then run the command again.",
    });
    expect(contentOf(bench, keys.region)).toEqual(whole);
  });
});

describe("splitState", () => {
  it("leaves every resource in one of the two states, unchanged, and no dependency that leads out of one", async () => {
    const { session } = await benchWith({});
    const [layers] = regionLayers(session.synthesis.stacks);
    if (layers === undefined) {
      throw new Error("the fixture is wrong");
    }
    const addresses = ["aws_vpc.Main", "aws_subnet.Private", "aws_lb.Web", "aws_eip.Lost"];
    const state = fc.uniqueArray(
      fc.record({ address: fc.constantFrom(...addresses), dependencies: fc.subarray(addresses) }),
      { selector: ({ address }) => address },
    );

    fc.assert(
      fc.property(state, fc.nat(), (held, serial) => {
        const resources = held.map(({ address, dependencies }) => {
          const [type = "", name = ""] = address.split(".");
          return resource(type, name, `id of ${address}`, dependencies);
        });
        const split = splitState(layers, { ...whole, serial, resources }, undefined);

        for (const part of [split.network, split.region]) {
          const own = addressesIn(part);
          const named = part.resources.flatMap(({ instances }) =>
            (instances as { dependencies: string[] }[]).flatMap(({ dependencies }) => dependencies),
          );
          expect(named.filter((address) => !own.includes(address))).toEqual([]);
        }
        const kept = [...split.network.resources, ...split.region.resources];
        expect(kept.map(({ name }) => name).sort()).toEqual(resources.map(({ name }) => name).sort());
        expect(addressesIn(split.network).every((address) => /vpc|subnet/.test(address))).toBe(true);
        expect(split.region.serial).toBe(serial + 1);
      }),
    );
  });
});
