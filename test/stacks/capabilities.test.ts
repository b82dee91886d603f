import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

import { capabilities } from "../../stacks/capabilities";
import type { Capability } from "../../stacks/capability";

const root = path.join(__dirname, "../..");

/** Nouns that stacks wire by themselves, and which do. */
const wiredByStacks: Readonly<Record<string, string>> = {
  firewall: "the stacks of regions and of CloudFront, whose entries it stands before",
  hpc: "a stack for each cluster",
  routing: "the edge, which is made of it",
};

function foldersIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

describe("the list of capabilities", () => {
  const nouns = capabilities.map(({ noun }) => noun);

  it("has every noun of environments that has a folder among the stacks, unless a stack wires it by itself", () => {
    const wired = foldersIn("stacks");
    const forgotten = foldersIn("environments/schema")
      .filter((noun) => wired.includes(noun))
      .filter((noun) => !nouns.includes(noun) && wiredByStacks[noun] === undefined);

    expect(forgotten).toEqual([]);
  });

  it("has the capability of every folder that exports one, once", async () => {
    const folders = foldersIn("stacks").filter((name) =>
      existsSync(path.join(root, "stacks", name, "capability.ts")),
    );
    const exported = await Promise.all(
      folders.map(async (name) => {
        const module = (await import(path.join(root, "stacks", name, "capability"))) as Record<
          string,
          Capability
        >;
        return Object.values(module);
      }),
    );

    expect(exported.map(({ length }) => length)).toEqual(folders.map(() => 1));
    expect(new Set(exported.flat())).toEqual(new Set(capabilities));
    expect(new Set(nouns).size).toBe(capabilities.length);
  });

  it("names nouns by the folder that wires them, but for services, which runtimes run", () => {
    const folders = nouns.map((noun) => (noun === "service" ? "runtimes" : noun));

    expect(folders.filter((name) => !existsSync(path.join(root, "stacks", name, "capability.ts")))).toEqual(
      [],
    );
  });
});
