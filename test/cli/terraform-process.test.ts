import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Interrupts } from "../../cli/base/interrupts";
import { identityOf, lifeOf, type ProcessIdentity } from "../../cli/base/process-identity";
import { type ProcessRequest, processRunner } from "../../cli/terraform/process";

const directory = (): string => mkdtempSync(join(tmpdir(), "meridian-process-"));

function requestOf(script: string, place = directory()): ProcessRequest {
  return {
    command: "sh",
    args: ["-c", script],
    directory: place,
    variables: process.env,
    log: join(place, "run", "apply.log"),
  };
}

const run = processRunner(new Interrupts(() => undefined));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await sleep(10);
  }
}

describe("processRunner", () => {
  it("gives every line as it comes, and the last one that nothing ends", async () => {
    const lines: string[] = [];

    const result = await run({
      ...requestOf("echo één; echo two >&2; printf three; exit 3"),
      onLine: (line) => lines.push(line),
    });

    expect(lines).toEqual(["één", "three"]);
    expect(result).toEqual({ exitCode: 3, output: "één\nthree", errors: "two" });
  });

  it("says which signal ended a program", async () => {
    expect(await run(requestOf("kill -KILL $$"))).toMatchObject({ exitCode: 137, signal: "SIGKILL" });
  });

  it("leaves none of what the program started", async () => {
    const place = directory();

    await run(requestOf(`sleep 600 & echo $! > ${place}/pid; kill -KILL $$`, place));

    const pid = Number(readFileSync(join(place, "pid"), "utf8"));
    await until(() => lifeOf({ ...identityHere(), pid, birth: undefined }) === "dead");
  });

  it("continues when nothing can be written to the log", async () => {
    const request = requestOf("echo one; echo two");
    mkdirSync(join(request.directory, "run"));
    symlinkSync("/dev/full", request.log);

    expect(await run(request)).toEqual({ exitCode: 0, output: "one\ntwo", errors: "" });
  });

  it("continues when a callback throws", async () => {
    const onStart = (): never => {
      throw new Error("ENOSPC: no space left on device");
    };

    expect((await run({ ...requestOf("echo one"), onStart })).output).toBe("one");
  });

  it("lets a program live on that has lost its runner", async () => {
    const place = directory();
    const script = join(place, "runner.ts");
    const root = join(__dirname, "..", "..");
    const program = `for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.1; done; touch ${place}/done`;
    writeFileSync(
      script,
      `import { Interrupts } from ${JSON.stringify(join(root, "cli/base/interrupts"))};
       import { processRunner } from ${JSON.stringify(join(root, "cli/terraform/process"))};
       void processRunner(new Interrupts(() => undefined))(${JSON.stringify(requestOf(program, place))});`,
    );
    const runner = spawn(process.execPath, ["--import", "tsx", script], { cwd: root, stdio: "ignore" });
    const out = join(place, "run", "apply.log.out");
    await until(() => existsSync(out) && readFileSync(out, "utf8").includes("2"));

    runner.kill("SIGKILL");

    await until(() => existsSync(join(place, "done")));
    expect(readFileSync(out, "utf8")).toBe("1\n2\n3\n4\n5\n6\n7\n8\n");
  }, 30_000);
});

function identityHere(): ProcessIdentity {
  return identityOf(process.pid) ?? { pid: process.pid, host: "" };
}
