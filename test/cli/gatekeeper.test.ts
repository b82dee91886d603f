import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { Gatekeeper } from "../../cli/gatekeeper";
import { Workspace } from "../../cli/workspace";
import { refusal } from "../support/synth";
import { fakeContext } from "./support/fake-context";
import { fakeSession } from "./support/fake-session";

const loss = {
  name: "dev-eu",
  changes: [
    {
      address: "aws_s3_bucket.Logs",
      type: "aws_s3_bucket",
      action: "destroy",
      risk: "data",
      findings: [{ risk: "data", summary: "holds objects" }],
      attributes: [],
    },
  ],
} as const;

const approval =
  'environment: dev\napprovedBy: ada\nreason: It was agreed upon.\napproved: 2026-11-20\nexpires: 2026-11-21\nallows:\n  - gate: data-loss\n    addresses: ["aws_s3_bucket.Logs"]\n';

/** A repository, and a project in one of its directories. */
async function projectIn(directory: string) {
  const context = fakeContext();
  const root = context.workspace.projectDirectory;
  const project = join(root, directory);
  mkdirSync(project, { recursive: true });
  const session = await fakeSession({ ...context, workspace: new Workspace(project) });
  const git = (...args: string[]): void => {
    execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...args], {
      cwd: root,
      stdio: "pipe",
    });
  };
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  git("init", "--quiet");
  git("commit", "--quiet", "--allow-empty", "--message", "Base");
  return {
    git,
    write,
    file: join(project, "approvals/dev.yaml"),
    approve: () => {
      write(join(directory, "approvals/dev.yaml"), approval);
    },
    verdict: () =>
      refusal(() => {
        new Gatekeeper(session).admit([loss]);
        throw new Error("admitted");
      }),
  };
}

describe.each([".", "platform"])("An approval of a project in %s of its repository", (directory) => {
  const ignored = "approvals/dev.yaml is not committed, so it approves nothing.";

  it("approves nothing before it is committed", async () => {
    const project = await projectIn(directory);
    project.approve();
    expect(project.verdict()).toContain(ignored);

    project.git("add", ".");
    expect(project.verdict()).toContain(ignored);

    project.git("commit", "--quiet", "--message", "Approve");
    expect(project.verdict()).toBe("admitted");
  });

  it("approves nothing where git is told to ignore it", async () => {
    const project = await projectIn(directory);
    project.write(".gitignore", "approvals/\n");
    project.approve();

    expect(project.verdict()).toContain(ignored);
  });

  it("approves nothing once it is changed, even where git is told not to look", async () => {
    const project = await projectIn(directory);
    project.approve();
    project.git("add", ".");
    project.git("commit", "--quiet", "--message", "Approve");
    appendFileSync(project.file, '  - gate: data-loss\n    addresses: ["*"]\n');
    expect(project.verdict()).toContain(ignored);

    project.git("update-index", "--assume-unchanged", join(directory, "approvals/dev.yaml"));
    expect(project.verdict()).toContain(ignored);
  });

  it("approves nothing where git cannot be asked", async () => {
    const project = await projectIn(directory);
    project.approve();
    project.write(".git/HEAD", "broken");

    expect(project.verdict()).toContain("git does not say which approvals are committed");
  });
});
