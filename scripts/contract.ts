/**
 * `tsx scripts/contract.ts <folder>`: checks the calls that local clouds recorded there against the API models
 * of the botocore that moto runs with. What it prints says how to mend it; test/contract/allowed.json holds what
 * may stay, each with its reason.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";

import { findMoto, pythonOf } from "../local-cloud";

async function main(): Promise<number> {
  const [folder = ""] = process.argv.slice(2);
  const root = path.resolve(__dirname, "..");
  const moto = await findMoto(path.join(root, ".meridian", "local-cloud"), console.error);
  const contract = path.join(root, "test", "contract");
  const { status, error } = spawnSync(
    await pythonOf(moto),
    [path.join(contract, "check.py"), path.resolve(folder), path.join(contract, "allowed.json")],
    { stdio: "inherit", env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } },
  );
  if (error !== undefined) {
    throw error;
  }
  return status ?? 1;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
