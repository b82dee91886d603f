import { readFileSync } from "node:fs";
import path from "node:path";

import type { Environment } from "../../environments";
import { ValidationError } from "../../core";
import { activeCidrBlocks, parseBlockList } from "../../modules/firewall";

/** Who is turned away everywhere in an environment. */
export interface BlockedAddresses {
  /** IPv4 and IPv6 blocks. */
  readonly cidrBlocks: readonly string[];
}

/**
 * The blocks of the environment's data and of its block list, `environments/<name>.blocklist.txt`.
 * With a day, entries that have expired by then are left out.
 *
 * @throws ValidationError that names every bad line, or the file that is missing.
 */
export function readBlockedAddresses(environment: Environment, day?: string): BlockedAddresses {
  const { blockedIpv4CidrBlocks, blockList } = environment.firewall;
  if (!blockList) {
    return { cidrBlocks: blockedIpv4CidrBlocks };
  }
  const fileName = `environments/${environment.name}.blocklist.txt`;
  const ownCidrBlocks = Object.values(environment.regions).map(({ ipv4CidrBlock }) => ipv4CidrBlock);
  const list = parseBlockList(readText(fileName), fileName, { ownCidrBlocks });
  return { cidrBlocks: [...new Set([...blockedIpv4CidrBlocks, ...activeCidrBlocks(list, day)])] };
}

function readText(fileName: string): string {
  try {
    return readFileSync(path.resolve(__dirname, "../..", fileName), "utf8");
  } catch {
    throw new ValidationError([
      {
        where: fileName,
        property: "firewall.blockList",
        expected: "be false while there is no such file",
        got: true,
        remedy: "write the file, one address or block a line, or set 'blockList' to false",
      },
    ]);
  }
}
