import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import ts from "typescript";

import { addNoun, type AddedNoun } from "../../scripts/new/add-noun";

const root = path.join(__dirname, "../..");

describe("npm run new", () => {
  const copy = mkdtempSync(path.join(tmpdir(), "meridian-noun-"));
  let added: AddedNoun;

  beforeAll(() => {
    for (const part of [
      ...["core", "modules", "environments", "index.ts", "examples/support", "jest.config.js"],
      ...[
        "tsconfig.json",
        ".prettierrc.json",
        "test/support",
        "test/environments/sample.ts",
        "test/layout.test.ts",
      ],
      ...["stacks", "analysis", "local-cloud", "cli"],
    ]) {
      cpSync(path.join(root, part), path.join(copy, part), {
        recursive: true,
        filter: (file) => !file.endsWith("__pycache__"),
      });
    }
    symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
    added = addNoun(copy, "event-bus");
  });

  afterAll(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  it("adds one line to each shared file, to four at most", () => {
    const linesOf = (folder: string, file: string) =>
      readFileSync(path.join(folder, file), "utf8").split("\n").length;

    expect(added.shared.length).toBeLessThanOrEqual(4);
    expect(added.shared.map((file) => linesOf(copy, file) - linesOf(root, file))).toEqual(
      added.shared.map(() => 1),
    );
  });

  it("writes what compiles", () => {
    const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), (file) =>
      readFileSync(file, "utf8"),
    ) as {
      config: unknown;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, copy);
    const files = [...added.files, ...added.shared].filter((file) => file.endsWith(".ts"));
    const program = ts.createProgram(
      files.map((file) => path.join(copy, file)),
      options,
    );
    const problems = files.flatMap((file) => {
      const source = program.getSourceFile(path.join(copy, file));
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    });

    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
  });

  it("writes tests that pass, in a house that still stands", () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(root, "node_modules/jest/bin/jest.js"), "--ci", "--selectProjects", "unit"],
      { cwd: copy, encoding: "utf8" },
    );

    expect(stderr).toMatch(/Tests: +\d+ passed, \d+ total/);
    expect(status).toBe(0);
  });
});
