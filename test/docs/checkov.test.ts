import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

const root = join(__dirname, "../..");
const modules = join(root, "modules");

/** The lines of a module's section on Checkov: ids, and why they remain. */
function reasonsOf(name: string): { readonly ids: string[]; readonly why: string }[] {
  const text = readFileSync(join(modules, name, "README.md"), "utf8");
  const section = /^## Checkov\n([\s\S]*?)(?=^## )/m.exec(text)?.[1] ?? "";
  return [...section.matchAll(/^- ((?:`CKV2?_AWS_\d+`(?:, )?)+): (.+)$/gm)].map(([, ids = "", why = ""]) => ({
    ids: ids.split(", ").map((id) => id.replaceAll("`", "")),
    why,
  }));
}

const documented = readdirSync(modules, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "parts")
  .flatMap(({ name }) => reasonsOf(name).map((reason) => ({ name, ...reason })));

describe("The settings of Checkov", () => {
  it("skip exactly the findings that a module's README gives a reason for", () => {
    const { "skip-check": skipped } = parse(readFileSync(join(root, ".checkov.yaml"), "utf8")) as {
      "skip-check": string[];
    };

    expect([...skipped].sort()).toEqual([...new Set(documented.flatMap(({ ids }) => ids))].sort());
    expect(new Set(skipped).size).toBe(skipped.length);
  });

  it("have a written reason for each finding, and each finding once in a module", () => {
    expect(documented.filter(({ why }) => why.split(" ").length < 5 || !why.endsWith("."))).toEqual([]);
    const twice = documented.flatMap(({ name, ids }) => ids.map((id) => `${name} ${id}`));
    expect(new Set(twice).size).toBe(twice.length);
  });
});
