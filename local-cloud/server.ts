import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Models, pythonOf } from "./enforcement";
import { createGateway } from "./gateway";
import { httpGet } from "./http";
import { newMotoSocket, startMoto, type Moto } from "./moto";
import { parentZones } from "./parent-zones";
import { Recorder, recordLabelSetting, recordSetting } from "./recorder";
import { portInUseExitCode, removeState, writeState } from "./state";
import { Unkindness } from "./unkind";

/*
 * The process that is the local cloud: started detached by startLocalCloud(), it owns moto and
 * lives exactly as long as moto does.
 */
const [directory = ".", instanceId = "", logFile = "", executable = "", wantedPort = "0"] =
  process.argv.slice(2);

const standardError = 2;

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}

function recorderFor(instance: string): Recorder | undefined {
  const folder = process.env[recordSetting] ?? "";
  return folder === "" ? undefined : new Recorder(folder, instance, process.env[recordLabelSetting] ?? "");
}

async function main(): Promise<void> {
  const startedAt = new Date().toISOString();
  const motoSocket = await newMotoSocket();
  const unkind = new Unkindness();
  const python = (): Promise<string> => pythonOf(executable);
  const gateway = createGateway({
    ...{ instanceId, startedAt, log, unkind },
    moto: { socketPath: motoSocket },
    models: new Models(python),
    python,
    recorder: recorderFor(instanceId),
  });
  const port = await new Promise<number>((resolve, reject) => {
    gateway.once("error", reject);
    gateway.listen(Number(wantedPort), "127.0.0.1", () => {
      resolve((gateway.address() as AddressInfo).port);
    });
  });
  answerForParentZones(port, unkind);
  const moto = await startMoto(executable, motoSocket, standardError);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(signal, () => {
      log(`Stopping on ${signal}`);
      moto.end();
    });
  }
  void moto.ended.then(async (how) => {
    log(how);
    await removeState(directory, instanceId);
    process.exit(0);
  });
  await untilAnswering(motoSocket, moto);
  const pids = { pid: process.pid, motoPid: moto.pid };
  await writeState(directory, { ...pids, port, motoSocket, instanceId, startedAt, logFile });
  log(
    `The local cloud ${instanceId} answers at http://127.0.0.1:${port} (moto at ${motoSocket}, pid ${moto.pid})`,
  );
}

/** On the gateway's own port, which whoever knows the end point knows, too. */
function answerForParentZones(port: number, unkind: Unkindness): void {
  parentZones({ gatewayPort: port, unkind, log })
    .once("error", (error) => {
      log(`No name server for the zones above: ${error.message}`);
    })
    .bind(port, "127.0.0.1");
}

async function untilAnswering(socketPath: string, moto: Moto): Promise<void> {
  const life = { over: false };
  void moto.ended.then(() => (life.over = true));
  while (!life.over) {
    try {
      await httpGet({ socketPath }, "/moto-api/");
      return;
    } catch {
      await sleep(100);
    }
  }
}

main().catch((error: unknown) => {
  log(
    `The local cloud could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  process.exit((error as NodeJS.ErrnoException).code === "EADDRINUSE" ? portInUseExitCode : 1);
});
