import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { addNoun } from "../../scripts/new/add-noun";
import { namesOf } from "../../scripts/new/names";

const root = path.join(__dirname, "../..");

describe("addNoun", () => {
  let tree: string;

  beforeEach(() => {
    tree = mkdtempSync(path.join(tmpdir(), "meridian-noun-"));
    for (const part of ["index.ts", "core/naming.ts", "modules/network", "environments/schema"]) {
      cpSync(path.join(root, part), path.join(tree, part), { recursive: true });
    }
    mkdirSync(path.join(tree, "stacks"));
  });

  afterEach(() => {
    rmSync(tree, { recursive: true, force: true });
  });

  const filesIn = () => readdirSync(tree, { recursive: true, encoding: "utf8" }).sort();

  it.each([
    [
      "Queue",
      "be at most 24 lower-case letters, digits and single hyphens, starting with a letter",
      "write one noun in the singular, such as 'queue' or 'event-bus'",
    ],
    [
      "../queue",
      "be at most 24 lower-case letters, digits and single hyphens, starting with a letter",
      "write one noun in the singular, such as 'queue' or 'event-bus'",
    ],
    [
      "parts",
      "not be one of app, checks, core, nouns, parts, private, runtimes, schema, support",
      "these folders are about no noun; choose another",
    ],
    [
      "registry",
      "be new, but environments/schema/registry stands",
      "choose another noun, or remove the folder",
    ],
    [
      "network-tier",
      "leave 'NetworkTier' to modules/network/network-tier.ts, which declares it",
      "choose another noun",
    ],
    ["tag", "not make the key 'tags', which environments have", "choose another noun"],
  ])("refuses %s and writes nothing", (noun, expected, remedy) => {
    const before = filesIn();

    expect(() => addNoun(tree, noun)).toThrow(
      new Error(`npm run new: 'noun' must ${expected}, got "${noun}"; ${remedy}`),
    );
    expect(filesIn()).toEqual(before);
  });

  it("refuses a noun that was added already", () => {
    addNoun(tree, "queue");

    expect(() => addNoun(tree, "queue")).toThrow(
      "npm run new: 'noun' must be new, but modules/queue, environments/schema/queue,",
    );
  });

  it.each([
    ["queue", "Queue", "queue", "queues"],
    ["event-bus", "EventBus", "eventBus", "eventBuses"],
    ["delivery-policy", "DeliveryPolicy", "deliveryPolicy", "deliveryPolicies"],
    ["key", "Key", "key", "keys"],
  ])("spells %s in every place", (noun, construct, variable, key) => {
    expect(namesOf(noun)).toEqual({ noun, construct, variable, key, words: noun.replace("-", " ") });
  });
});
