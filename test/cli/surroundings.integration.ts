/**
 * Broken surroundings, met by the real runner and the real Terraform: each is named with its cause and its
 * remedy, the remedy works as it is printed, and nothing is left half-written.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { awsSdk } from "../../cli/aws/aws";
import type { Outcome } from "../support/project";
import { Project } from "../support/project";
import { demo, demoStack, LocalRunner } from "./support/local-runner";

jest.setTimeout(600_000);

/** Locks and files that were to be renamed, of commands that have ended. */
function halfWritten(directory: string): string[] {
  return !existsSync(directory)
    ? []
    : readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) =>
        /\.(lock|new|tmp|tfplan)$|\.(new|tmp)-|\.lock\.\d+/.test(file),
      );
}

describe("a checkout", () => {
  const project = new Project();
  const shallow = mkdtempSync(join(tmpdir(), "meridian-shallow-"));
  const tools = mkdtempSync(join(tmpdir(), "meridian-tools-"));

  function git(directory: string, ...args: readonly string[]): void {
    execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...args], {
      cwd: directory,
    });
  }

  /** A PATH that has nothing but these programs. */
  function pathOf(...programs: readonly string[]): { PATH: string } {
    const directory = mkdtempSync(join(tools, "bin-"));
    programs.forEach((program) => {
      const file = execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
      symlinkSync(file, join(directory, program));
    });
    return { PATH: directory };
  }

  /** Runs `meridian` in the shallow clone, after a command that changes its mounts if there is one. */
  function meridian(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    mount = "",
  ): Outcome {
    const command = [process.execPath, join(shallow, "bin", "meridian.js"), ...args];
    // A mount namespace is root's to make, and what runs in it is the user's.
    const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    const asUser = ["setpriv", `--reuid=${user}`, `--regid=${group}`, "--clear-groups"];
    const script = `${mount} && cd "$0" && exec ${asUser.join(" ")} "$@"`;
    const mounted = [
      ...(user === 0 ? [] : ["sudo", "--non-interactive", "--preserve-env"]),
      ...["unshare", "--mount", "--propagation", "private", "sh", "-c", script, shallow],
    ];
    const [program = "", ...rest] = [...(mount === "" ? [] : mounted), ...command];
    const { status, stdout, stderr } = spawnSync(program, rest, {
      cwd: shallow,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", ...env },
      // Nobody sits before it.
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { exitCode: status, output: `${stdout}${stderr}` };
  }

  beforeAll(() => {
    git(project.directory, "init", "--quiet", "--initial-branch", "main");
    git(project.directory, "add", ".");
    git(project.directory, "commit", "--quiet", "--message", "One");
    git(project.directory, "commit", "--quiet", "--allow-empty", "--message", "Two");
    const origin = pathToFileURL(project.directory).href;
    git(tmpdir(), "clone", "--quiet", "--depth", "1", origin, shallow);
    symlinkSync(join(project.directory, "node_modules"), join(shallow, "node_modules"));
  });

  afterAll(() => {
    project.remove();
    [shallow, tools].forEach((directory) => {
      rmSync(directory, { recursive: true, force: true });
    });
  });

  interface Broken {
    readonly what: string;
    readonly args: string[];
    /** @default 1 */
    readonly exitCode?: number;
    readonly message: string;
    readonly remedy: string;
    readonly env?: Record<string, string>;
    /** Changes the mounts before the command. */
    readonly mount?: string;
  }

  const isReadOnly = {
    remedy:
      "The file system is read-only. Run in a checkout that can be written; Meridian writes below .meridian/.",
    mount: `mount --bind ${shallow} ${shallow} && mount -o remount,bind,ro ${shallow}`,
  };

  it.each<Broken>([
    {
      ...isReadOnly,
      what: "that is read-only",
      args: ["synth", "local"],
      message: `EROFS: read-only file system, open '${shallow}/.meridian/local.lock.<pid>.new'`,
    },
    {
      ...isReadOnly,
      what: "that is read-only, for the local cloud",
      args: ["local", "start"],
      message: `EROFS: read-only file system, mkdir '${shallow}/.meridian/local-cloud'`,
    },
    {
      what: "on a full disk",
      args: ["synth", "local"],
      message: "ENOSPC: no space left on device, write",
      remedy:
        "The disk is full. Free some space (old logs and plans are below .meridian/), then run the command again.",
      mount: `mount -t tmpfs -o size=64k,mode=777 none ${shallow}/.meridian`,
    },
    {
      what: "without git",
      args: ["diff", "local"],
      message: "git is not installed, or not on the PATH, so there is nothing to compare with.",
      remedy: "Install git (Debian: apt-get install git; macOS: xcode-select --install).",
      env: pathOf("node", "terraform"),
    },
    {
      what: "without Terraform",
      args: ["plan", "local"],
      message: "The program 'terraform' was not found.",
      remedy:
        "Install Terraform 1.11 or later (https://developer.hashicorp.com/terraform/install) or OpenTofu 1.10 or later with TERRAFORM_BINARY_NAME=tofu.",
      env: pathOf("node", "git"),
    },
    {
      what: "without a terminal",
      args: ["deploy", "local"],
      exitCode: 2,
      message: "Nobody is here to approve the changes to 'local'.",
      remedy: "Give --auto-approve.",
    },
    {
      what: "of one commit",
      args: ["diff", "local", "--base", "HEAD~1"],
      message: "'HEAD~1' is not a commit of this repository.",
      remedy:
        "Name a branch, tag or commit that is here. A shallow clone lacks most of them: `git fetch --unshallow` (in CI: fetch-depth: 0 of actions/checkout, GIT_DEPTH: 0 on GitLab).",
    },
  ])("$what is refused with what to do", ({ args, exitCode = 1, message, remedy, env, mount }) => {
    mkdirSync(join(shallow, ".meridian"), { recursive: true });

    const said = meridian(args, env, mount);

    expect({ ...said, output: said.output.replace(/\.lock\.\d+\./, ".lock.<pid>.") }).toEqual({
      exitCode,
      output: `Error: ${message}\nTo do: ${remedy}\n`,
    });
    expect(halfWritten(join(shallow, ".meridian"))).toEqual([]);
  });

  it("with a syntax error is shown where it is, and read once that is mended", () => {
    const file = join(shallow, "environments", "local.ts");
    const [good, line] = [`${file}.good`, "export const broken = {{ };"];
    cpSync(file, good);
    execFileSync("sh", ["-c", `echo '${line}' | cat - '${good}' > '${file}'`]);

    const broken = meridian(["environments"]);
    cpSync(good, file);

    expect(broken).toEqual({
      exitCode: 1,
      output: `Error: Transform failed with 1 error:\n${file}:1:${line.indexOf("{{") + 1}: ERROR: Expected identifier but found "{"\n`,
    });
    expect(meridian(["environments"]).exitCode).toBe(0);
  });

  it("has all that it needs once the remedies were followed", () => {
    git(shallow, "fetch", "--quiet", "--unshallow");

    const { exitCode, output } = meridian(["diff", "local", "--base", "HEAD~1"]);

    expect(exitCode === 0 ? "" : output).toBe("");
    expect(output).toContain("nothing changes");
  });
});

describe("a cloud", () => {
  let runner: LocalRunner;
  const place = { bucket: demo.state.bucket, region: demo.homeRegion, key: "demo/demo-foundation.tfstate" };

  /** Locks and marks of what was begun, and what is half-written on the disk. */
  async function left(): Promise<string[]> {
    const objects = await awsSdk.objects.list(runner.access, place, "");
    return [
      ...objects.filter((key) => /\.(tflock|begun\.json)$/.test(key)),
      ...halfWritten(join(runner.directory, ".meridian")).filter(
        (file) => !/^local-cloud|^plugin/.test(file),
      ),
    ];
  }

  beforeAll(async () => {
    runner = await LocalRunner.start();
    runner.stacks = [
      demoStack("demo-foundation", { resource: { aws_cloudwatch_log_group: { Log: { name: "demo" } } } }),
    ];
    await runner.succeeds("deploy", "demo", "--auto-approve");
  });

  afterEach(async () => {
    await runner.beUnkind();
    runner.endpoint = undefined;
  });

  afterAll(async () => {
    await runner.stop();
  });

  it.each([
    [
      "whose token has expired",
      () => runner.beUnkind("expired-token"),
      "The AWS credentials have expired. (ExpiredToken: The security token included in the request is expired)",
      "Get new ones (`aws sso login`, or a fresh session token) and run the command again.",
    ],
    [
      "that refuses each call because of its rate",
      () => runner.beUnkind("used-up-rate"),
      "AWS refuses calls because there are too many of them, however often they are repeated. (Throttling: Rate exceeded)",
      "Wait some minutes, then run the command again: it continues where it stopped. Fewer stacks at once (`--parallelism 1`) make fewer calls; other tools in the account share its rates.",
    ],
    [
      "that nobody answers for",
      () => {
        runner.endpoint = "http://127.0.0.1:1";
        return Promise.resolve();
      },
      "AWS cannot be reached. (connect ECONNREFUSED 127.0.0.1:1)",
      "Check the network and proxy settings; for the local cloud, run `meridian local status`.",
    ],
  ])("%s is told apart from a missing permission", async (_what, breakIt, message, remedy) => {
    await breakIt();

    expect(await runner.meridian("deploy", "demo", "--auto-approve")).toEqual({
      exitCode: 1,
      text: `Error: ${message}\nTo do: ${remedy}\n`,
    });

    await runner.beUnkind();
    runner.endpoint = undefined;
    expect(await left()).toEqual([]);
  });

  it("that holds a corrupt state is given its last good one by the commands as they are printed", async () => {
    await awsSdk.objects.write(runner.access, place, "{ half a sta");

    const { exitCode, text } = await runner.meridian("deploy", "demo", "--auto-approve");

    expect(exitCode).toBe(1);
    expect(text).toContain("Error: The state s3://demo-states/demo/demo-foundation.tfstate is unreadable: ");
    const [, list = "", restore = ""] =
      /To do: Nothing was changed\. `meridian ([^`]+)` shows its versions; go back to the latest good one with `meridian ([^`]+)`\.\n/.exec(
        text,
      ) ?? [];
    const listed = await runner.succeeds(...list.split(" "));
    expect(listed).toContain("current, unreadable");
    const [, version = ""] = /^demo-foundation +(\S+) +\S+ +\d+ /m.exec(listed) ?? [];
    await runner.succeeds(...restore.replace("<version>", version).split(" "), "--auto-approve");
    await runner.succeeds("plan", "demo", "--detailed-exitcode");
    expect(await left()).toEqual([]);
  });

  it("whose token expires in the middle of an apply loses nothing, by the commands as they are printed", async () => {
    const body = JSON.stringify({ switches: ["expired-token"] });
    const request = `fetch("${runner.access.endpoint ?? ""}/_meridian/unkind", { method: "PUT", body: ${JSON.stringify(body)} })`;
    runner.stacks = [
      demoStack("demo-foundation", {
        resource: {
          aws_cloudwatch_log_group: { Log: { name: "demo" }, Second: { name: "demo-second" } },
          terraform_data: {
            Expiry: {
              input: "${aws_cloudwatch_log_group.Second.arn}",
              provisioner: [
                {
                  "local-exec": {
                    command: `exec "$NODE" --eval "$REQUEST"`,
                    environment: { NODE: process.execPath, REQUEST: request },
                  },
                },
              ],
            },
          },
        },
      }),
    ];

    const failed = await runner.meridian("deploy", "demo", "--auto-approve");
    await runner.beUnkind();

    expect(failed.exitCode).toBe(1);
    expect(failed.text).toContain(
      "  The AWS credentials have expired. Terraform could not store the state; it kept it in errored.tfstate in the stack's directory.\n",
    );
    const [, recover = ""] =
      /To do: Get new ones \(.*\) and run the command again\. Before that, run `meridian ([^`]+)`, which/.exec(
        failed.text,
      ) ?? [];
    // Terraform could not release its lock either; nobody but the user knows that it is dead.
    const locked = await runner.meridian(...recover.split(" "), "--auto-approve");
    expect(locked.exitCode).toBe(1);
    expect(locked.text).not.toContain("\u001b");
    const [, unlock = ""] = /release the lock with `meridian ([^`]+)`/.exec(locked.text) ?? [];
    await runner.succeeds(...unlock.split(" "), "--auto-approve");
    await runner.succeeds(...recover.split(" "), "--auto-approve");
    await runner.succeeds("plan", "demo", "--detailed-exitcode");
    expect(await left()).toEqual([]);
  });

  it("does not start on a port that is in use, and starts on another one", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    await runner.succeeds("local", "stop");

    const { exitCode, text } = await runner.meridian("local", "start", "--port", String(port));

    other.close();
    expect(exitCode).toBe(1);
    expect(text.replace(/^Starting .*\n/, "")).toBe(
      `Error: The local cloud did not start: port ${port} of 127.0.0.1 is in use by another program; choose another port, or none for a free one\n` +
        "To do: End that program, or choose another port with `meridian local start --port <number>`.\n",
    );
    await runner.succeeds("local", "start", "--port", String(port));
  });
});
