import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { testNames } from "../support/test-names";

const folder = join(__dirname, "../../docs");
const page = readFileSync(join(folder, "features.md"), "utf8");
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .filter(([first = ""]) => first !== "Capability" && !/^-+$/.test(first));
const proof = /^\[(.+)\]\((\.\.\/test\/.+\.ts)\)$/;

describe("docs/features.md", () => {
  it("compares each capability with all three peers", () => {
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter((row) => row.length !== 5 || row.includes(""))).toEqual([]);
  });

  it("names no capability twice in a table", () => {
    for (const table of page.split("\n## ").slice(1)) {
      const names = [...table.matchAll(/^\| (.+?) +\|/gm)].map(([, name]) => name);

      expect(names).toEqual([...new Set(names)]);
    }
  });

  it("proves each of our rows by a test that is there, or says that it is missing", () => {
    const unproved = rows.flatMap(([capability = "", , , , own = ""]) => {
      const [, name = "", path = ""] = proof.exec(own) ?? [];
      const file = join(folder, path);
      if (own === "missing" || (path !== "" && existsSync(file) && testNames(file).has(name))) {
        return [];
      }
      return [`${capability}: ${own}`];
    });

    expect(unproved).toEqual([]);
  });

  it("links to tests and examples only where they are", () => {
    const targets = [...page.matchAll(/\]\((\.\.\/[^)]+)\)/g)].map(([, target = ""]) => join(folder, target));

    expect(targets.filter((target) => !existsSync(target))).toEqual([]);
  });
});
