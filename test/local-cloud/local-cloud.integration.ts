import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { localCloudEnvironment, localCloudStatus, startLocalCloud, stopLocalCloud } from "../../local-cloud";
import { isAlive, waitUntilGone } from "../../local-cloud/processes";
import { readState, stateFile } from "../../local-cloud/state";

jest.setTimeout(180_000);

describe("the local cloud", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "meridian-cloud-"));
  });
  afterEach(async () => {
    await stopLocalCloud(directory);
    rmSync(directory, { recursive: true, force: true });
  });

  async function pids(): Promise<{ pid: number; motoPid: number; motoSocket: string }> {
    const state = await readState(directory);
    if (state === undefined) {
      throw new Error("there is no state file");
    }
    return state;
  }

  it("starts once, answers, and leaves no process behind", async () => {
    const status = await startLocalCloud({ directory });
    const again = await startLocalCloud({ directory });
    const { pid, motoPid, motoSocket } = await pids();
    const socketFolder = statSync(dirname(motoSocket));
    const {
      AWS_ENDPOINT_URL,
      AWS_ACCESS_KEY_ID = "",
      AWS_SECRET_ACCESS_KEY = "",
    } = localCloudEnvironment(status);
    const client = new STSClient({
      endpoint: AWS_ENDPOINT_URL,
      region: "eu-west-1",
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    });

    const identity = await client.send(new GetCallerIdentityCommand({}));
    client.destroy();
    const stopped = await stopLocalCloud(directory);

    expect(again).toEqual(status);
    expect(identity.Account).toBe("123456789012");
    expect(stopped).toBe(true);
    expect([isAlive(pid), isAlive(motoPid)]).toEqual([false, false]);
    expect(socketFolder.mode & 0o777).toBe(0o700);
    expect(existsSync(dirname(motoSocket))).toBe(false);
    expect(await localCloudStatus(directory)).toBeUndefined();
    expect(await stopLocalCloud(directory)).toBe(false);
    expect(readdirSync(join(directory, "logs"))).toHaveLength(1);
  });

  it("returns the same cloud to two starts at the same time", async () => {
    const [one, other] = await Promise.all([startLocalCloud({ directory }), startLocalCloud({ directory })]);

    expect(one).toEqual(other);
  });

  it("loses moto together with the gateway, even when that is killed, and starts anew", async () => {
    const before = await startLocalCloud({ directory });
    const { motoPid } = await pids();

    process.kill(before.pid, "SIGKILL");

    expect(await waitUntilGone(motoPid, 10_000)).toBe(true);
    expect(await localCloudStatus(directory)).toBeUndefined();
    expect((await startLocalCloud({ directory })).instanceId).not.toBe(before.instanceId);
  });

  it("ends when moto ends", async () => {
    const { pid } = await startLocalCloud({ directory });
    const { motoPid } = await pids();

    process.kill(motoPid, "SIGKILL");

    expect(await waitUntilGone(pid, 10_000)).toBe(true);
    expect(await localCloudStatus(directory)).toBeUndefined();
  });

  it("does not take another process for the one that a stale state file names", async () => {
    const state = {
      motoPid: process.pid,
      port: 1,
      motoSocket: "/none/socket",
      instanceId: "gone",
      startedAt: "",
      logFile: "",
    };
    writeFileSync(stateFile(directory), JSON.stringify({ pid: process.pid, ...state }));

    expect(await localCloudStatus(directory)).toBeUndefined();
    expect(await stopLocalCloud(directory)).toBe(false);
  });

  it("names a port that is in use and the remedy", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;

    const start = startLocalCloud({ directory, port });

    await expect(start).rejects.toThrow(
      `port ${port} of 127.0.0.1 is in use by another program; choose another port, or none for a free one`,
    );
    other.close();
  });

  it("shows the end of the log when moto does not start", async () => {
    const broken = join(directory, "moto_server");
    writeFileSync(broken, "#!/bin/sh\necho 'no module named flask' >&2\nexit 1\n", { mode: 0o755 });
    process.env.MERIDIAN_MOTO_SERVER = broken;

    const start = startLocalCloud({ directory });

    await expect(start).rejects.toThrow(
      /^the local cloud ended while it was starting; the end of its log .* was:/,
    );
    await expect(start).rejects.toThrow("no module named flask");
    delete process.env.MERIDIAN_MOTO_SERVER;
  });

  it("refuses a setting that names no executable", async () => {
    process.env.MERIDIAN_MOTO_SERVER = "/none";

    const start = startLocalCloud({ directory });

    await expect(start).rejects.toThrow(
      'MERIDIAN_MOTO_SERVER is "/none", which is no executable file; correct it or unset it',
    );
    delete process.env.MERIDIAN_MOTO_SERVER;
  });

  it("keeps the last five logs", async () => {
    mkdirSync(join(directory, "logs"));
    for (const day of [1, 2, 3, 4, 5, 6]) {
      writeFileSync(join(directory, "logs", `2026-01-0${day}.log`), "");
    }

    await startLocalCloud({ directory });

    expect(readdirSync(join(directory, "logs")).sort()).toEqual([
      ...["2026-01-03.log", "2026-01-04.log", "2026-01-05.log", "2026-01-06.log"],
      expect.stringMatching(/^20\d\d-.*Z\.log$/),
    ]);
  });

  it("guards the state with conditional writes, as Terraform's lock file needs", async () => {
    const { endpoint, logFile } = await startLocalCloud({ directory });
    const authorization =
      "AWS4-HMAC-SHA256 Credential=testing/20261120/eu-west-1/s3/aws4_request, Signature=0";
    const put = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${endpoint}/${path}`, { method: "PUT", headers: { authorization, ...headers }, body: "x" });
    await fetch(`${endpoint}/state`, {
      method: "PUT",
      headers: { authorization },
      body: "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>",
    });

    const writes = await Promise.all(
      Array.from({ length: 5 }, () => put("state/lock.tflock", { "if-none-match": "*" })),
    );

    expect(writes.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
    expect(readFileSync(logFile, "utf8")).toContain("answers at");
  });
});
