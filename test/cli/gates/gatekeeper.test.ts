import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { CommandError } from "../../../cli/base/errors";
import { Gatekeeper } from "../../../cli/gates/gatekeeper";
import { Workspace } from "../../../cli/base/workspace";
import { refusal } from "../../support/synth";
import { devEnvironment, fakeContext } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";

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
async function projectIn(directory: string, approvers?: Readonly<Record<string, string>>) {
  const context = fakeContext();
  const root = context.workspace.projectDirectory;
  const project = join(root, directory);
  mkdirSync(project, { recursive: true });
  const environment = { ...devEnvironment, rollout: { ...devEnvironment.rollout, approvers } };
  const session = await fakeSession({ ...context, workspace: new Workspace(project) }, [], { environment });
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
    remedy: () => {
      try {
        new Gatekeeper(session).admit([loss]);
      } catch (error) {
        return error instanceof CommandError ? error.remedy : String(error);
      }
      return "admitted";
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

  it("approves nothing where git ignores it", async () => {
    const project = await projectIn(directory);
    project.write(".gitignore", "approvals/\n");
    project.approve();

    expect(project.verdict()).toContain(ignored);
  });

  it("approves nothing once it is changed, even where git is configured not to look", async () => {
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

    expect(project.verdict()).toContain("git cannot show which approvals are committed");
  });
});

describe("An approval where approvers are named", () => {
  /** A key pair without a passphrase, and how its holder signs a file. */
  function signer(name: string) {
    const directory = mkdtempSync(join(tmpdir(), "meridian-signer-"));
    const key = join(directory, name);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", `${name}@example.com`, "-f", key]);
    return {
      publicKey: readFileSync(`${key}.pub`, "utf8").trim(),
      sign: (file: string, namespace = "meridian-approval") => {
        rmSync(`${file}.sig`, { force: true });
        execFileSync("ssh-keygen", ["-Y", "sign", "-n", namespace, "-f", key, file], { stdio: "pipe" });
      },
    };
  }

  const ada = signer("ada");
  const mallory = signer("mallory");

  /** A project with a committed approval of Ada's, which `sign` signs before. */
  async function approvedBy(
    sign: (file: string) => void,
    approvers: Readonly<Record<string, string>> = { ada: ada.publicKey },
  ) {
    const project = await projectIn(".", approvers);
    project.approve();
    sign(project.file);
    project.git("add", ".");
    project.git("commit", "--quiet", "--message", "Approve");
    return project;
  }

  it("approves with the signature of the person that it names", async () => {
    const project = await approvedBy(ada.sign);

    expect(project.verdict()).toBe("admitted");
  });

  it.each([
    ["has no signature", () => undefined, "it has no signature approvals/dev.yaml.sig"],
    [
      "is signed by somebody else",
      mallory.sign,
      "approvals/dev.yaml.sig is not a signature of ada over it as it is now",
    ],
    [
      "is signed for another purpose",
      (file: string) => {
        ada.sign(file, "git");
      },
      "approvals/dev.yaml.sig is not a signature of ada over it as it is now",
    ],
    [
      "was changed after it was signed",
      (file: string) => {
        ada.sign(file);
        appendFileSync(file, '  - gate: data-loss\n    addresses: ["*"]\n');
      },
      "approvals/dev.yaml.sig is not a signature of ada over it as it is now",
    ],
  ])("approves nothing where it %s", async (_, sign, why) => {
    const project = await approvedBy(sign);

    expect(project.verdict()).toContain(`\napprovals/dev.yaml approves nothing: ${why}.`);
    expect(project.remedy()).toContain(
      "Sign it: `ssh-keygen -Y sign -n meridian-approval -f <private key of 'approvedBy'> approvals/dev-2026-11-20.yaml`, and commit the .sig file with it.",
    );
  });

  it("approves nothing in the name of somebody who may not approve", async () => {
    const project = await approvedBy(ada.sign, { grace: mallory.publicKey });

    expect(project.verdict()).toContain(
      "\napprovals/dev.yaml approves nothing: \"ada\" is not one of 'rollout.approvers'.",
    );
  });
});
