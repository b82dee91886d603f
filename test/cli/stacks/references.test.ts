import { readStacks } from "../../../cli/stacks/manifest";
import { blockersOf, remoteReferencesOf } from "../../../cli/stacks/references";
import type { State } from "../../../cli/stacks/state-file";
import { fakeContext, stateWith } from "../support/fake-context";
import { s3Stack, writeStacks } from "../support/fixture-stacks";

const base = s3Stack("dev-foundation", {}, ["zone_id", "repository_url"]);
const region = s3Stack("dev-eu", { "dev-foundation": ["zone_id", "repository_url"] });

async function blockers(states: Record<string, State>): Promise<string[]> {
  const directory = fakeContext().workspace.synthesis("dev");
  writeStacks(directory, [base, region]);
  const stacks = readStacks(directory);
  const stack = stacks.find(({ name }) => name === "dev-eu");
  if (stack === undefined) {
    throw new Error("the fixture is wrong");
  }
  return blockersOf(stack, stacks, (backend) => Promise.resolve(states[String(backend.settings.key)]));
}

describe("remoteReferencesOf", () => {
  it("finds the outputs that expressions name, in both notations", () => {
    const references = remoteReferencesOf({
      data: { terraform_remote_state: { Upstream: { backend: "s3", config: { bucket: "b", key: "k" } } } },
      resource: {
        aws_vpc: {
          one: { a: "x-${data.terraform_remote_state.Upstream.outputs.zone_id}-y" },
          two: { b: ['${lookup(data.terraform_remote_state.Upstream.outputs["cross-stack"], "a")}'] },
        },
      },
    });

    expect(references).toEqual([
      { backend: { type: "s3", settings: { bucket: "b", key: "k" } }, outputs: ["cross-stack", "zone_id"] },
    ]);
  });
});

describe("blockersOf", () => {
  it("names the stack that was never applied", async () => {
    expect(await blockers({})).toEqual(["dev-foundation"]);
  });

  it("names the stack whose state lacks an output that is read", async () => {
    expect(await blockers({ "dev-foundation.tfstate": stateWith(1, { zone_id: "Z1" }) })).toEqual([
      "dev-foundation",
    ]);
  });

  it("names none when every output is there", async () => {
    const state = stateWith(1, { zone_id: "Z1", repository_url: "u" });

    expect(await blockers({ "dev-foundation.tfstate": state })).toEqual([]);
  });
});
