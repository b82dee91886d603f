import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import { synthesizeAt } from "../../../cli/stacks/base-synthesis";
import { CommandError } from "../../../cli/base/errors";
import { refusal } from "../../support/synth";

/** An App that has one stack, of the name that stands in a file. */
const program = `
const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const name = readFileSync("name.txt", "utf8");
const workingDirectory = "stacks/" + name;
mkdirSync(process.env.CDKTF_OUTDIR + "/" + workingDirectory, { recursive: true });
writeFileSync(process.env.CDKTF_OUTDIR + "/" + workingDirectory + "/cdk.tf.json", "{}");
writeFileSync(process.env.CDKTF_OUTDIR + "/manifest.json", JSON.stringify({ stacks: { [name]: { name, workingDirectory, dependencies: [] } } }));
`;

/** A project in a directory of a repository, where its packages may be installed above it. */
function projectIn(directory: string, packages = directory) {
  const root = mkdtempSync(join(tmpdir(), "meridian-base-test-"));
  const project = join(root, directory);
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  };
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...args], {
      cwd: root,
      encoding: "utf8",
      stdio: "pipe",
    });
  git("init", "--quiet");
  writeFileSync(join(root, ".gitignore"), "node_modules\n");
  write("main.ts", program);
  write("name.txt", "dev-before");
  symlinkSync(resolve(__dirname, "../../../node_modules"), join(root, packages, "node_modules"));
  git("add", ".");
  git("commit", "--quiet", "--message", "Base");
  write("name.txt", "dev-after");
  return { root, project, git };
}

function namesAt(project: string, revision = "HEAD"): string[] {
  return synthesizeAt(project, revision).map(({ name }) => name);
}

describe("The synthesis of a base", () => {
  it.each([".", "teams/the platform"])("is of the commit, for a project in '%s'", (directory) => {
    const { project, git } = projectIn(directory);

    expect(namesAt(project)).toEqual(["dev-before"]);
    expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
  });

  it("runs with packages that are installed above the project", () => {
    expect(namesAt(projectIn("teams/platform", ".").project)).toEqual(["dev-before"]);
  });

  it("is empty where the project did not exist yet", () => {
    const { project, git } = projectIn("platform");
    git("rm", "--quiet", "-r", "--force", "platform/main.ts");
    git("commit", "--quiet", "--message", "Leave");

    expect(namesAt(project)).toEqual([]);
  });

  it("refuses what is no commit", () => {
    expect(refusal(() => namesAt(projectIn(".").project, "nosuch"))).toBe(
      "'nosuch' is not a commit of this repository.",
    );
  });

  it("says that there is no repository", () => {
    const directory = mkdtempSync(join(tmpdir(), "meridian-base-test-"));

    expect(refusal(() => namesAt(directory))).toBe(
      `${directory} is not in a git repository, so there is no 'HEAD' to compare with.`,
    );
  });

  it("says why git cannot check the commit out, and leaves nothing behind", () => {
    const { root, project } = projectIn(".");
    const objects = join(root, ".git/objects");
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("meridian-base-"));
    // What a partial clone without its remote looks like: the commit is there, its files are not.
    const blob = execFileSync("git", ["rev-parse", "HEAD:main.ts"], { cwd: root, encoding: "utf8" }).trim();
    rmSync(join(objects, blob.slice(0, 2), blob.slice(2)), { force: true });

    expect(() => namesAt(project)).toThrow(CommandError);
    expect(refusal(() => namesAt(project))).toMatch(/^HEAD cannot be checked out: .*main\.ts/s);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("meridian-base-"))).toEqual(before);
  });
});
