import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "../..");

function ask(...args: string[]) {
  const script = join(root, ".github/scripts/environments.mjs");
  return spawnSync(process.execPath, ["--import", "tsx", script, ...args], { cwd: root, encoding: "utf8" });
}

function listed(output: string): string[] {
  const text = output.replace(/^environments=/, "");
  return (JSON.parse(text) as { name: string }[]).map(({ name }) => name);
}

describe("The script that lists environments", () => {
  it("names what is in AWS, and leaves out what a pull request does not change", () => {
    const names = ask("names").stdout.trim().split("\n");
    expect(names).toContain("prod");
    expect(names).not.toContain("local");
    expect(listed(ask("all").stdout)).toEqual(names);

    const reports = mkdtempSync(join(tmpdir(), "meridian-reports-"));
    for (const name of names) {
      writeFileSync(join(reports, `${name}.json`), JSON.stringify({ empty: name !== "prod" }));
    }
    expect(listed(ask("changed", reports).stdout)).toEqual(["prod"]);
  }, 120_000);

  it("refuses another question", () => {
    expect(ask("which").status).toBe(2);
  }, 120_000);
});
