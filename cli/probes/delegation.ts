import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { connect } from "node:net";

import {
  decode,
  encode,
  type DSAnswer,
  type Packet,
  RECURSION_DESIRED,
  streamDecode,
  streamEncode,
} from "dns-packet";

/** What the zone above a domain must say, so that the domain answers. */
export interface ExpectedDelegation {
  /** The domain without a trailing dot. */
  readonly domain: string;
  /** The name servers of its zone. */
  readonly nameServers: readonly string[];
  /**
   * The DS record of its zone, as `12345 13 2 A1B2...`.
   *
   * @default - the zone is not signed
   */
  readonly dsRecord?: string;
}

/** What the zone above a domain says of it. */
export interface ParentAnswer {
  /** The name servers that it leads to; none where the domain is not delegated. */
  readonly nameServers: readonly string[];
  /** Its DS records, as `12345 13 2 A1B2...`. */
  readonly dsRecords: readonly string[];
}

/**
 * Whether a domain is delegated to its zone.
 *
 * - `delegated`: all name servers are the zone's, and the DS record is the zone's or, where it is not
 *   signed, absent.
 * - `unsigned`: as above, but the zone is signed and the zone above does not say so: names answer, and
 *   nobody checks the signatures.
 * - `undelegated`: the zone above names no name servers.
 * - `elsewhere`: at least one name server is not the zone's.
 * - `broken`: a DS record is there and none is the zone's, so that resolvers that check refuse every answer.
 */
export type DelegationVerdict = "delegated" | "unsigned" | "undelegated" | "elsewhere" | "broken";

/** Compares what the zone above says with what it must say. */
export function judgeDelegation(expected: ExpectedDelegation, found: ParentAnswer): DelegationVerdict {
  const own = new Set(expected.nameServers.map(plainName));
  if (found.nameServers.length === 0) {
    return "undelegated";
  }
  if (found.nameServers.some((name) => !own.has(plainName(name)))) {
    return "elsewhere";
  }
  const signatures = found.dsRecords.map(plainRecord);
  if (signatures.length > 0) {
    const isOurs = expected.dsRecord !== undefined && signatures.includes(plainRecord(expected.dsRecord));
    return isOurs ? "delegated" : "broken";
  }
  return expected.dsRecord === undefined ? "delegated" : "unsigned";
}

/** Whether certificates of the domain can be validated: its names reach its zone. */
export function isReachable(verdict: DelegationVerdict): boolean {
  return verdict === "delegated" || verdict === "unsigned";
}

/** What is to be done at the registrar, or in the zone above, line by line; none where all is well. */
export function delegationSteps(expected: ExpectedDelegation, found: ParentAnswer): readonly string[] {
  const verdict = judgeDelegation(expected, found);
  const { domain, nameServers, dsRecord } = expected;
  const toNameServers = `Have the name servers of ${domain} be exactly these:\n${listed(nameServers.map(plainName).sort())}`;
  const toDsRecord =
    dsRecord === undefined
      ? []
      : [`Once they answer, add this DS record, so that its signatures are checked:\n${listed([dsRecord])}`];
  switch (verdict) {
    case "delegated":
      return [];
    case "undelegated":
      return [`The zone above ${domain} lists no name servers for it. ${toNameServers}`, ...toDsRecord];
    case "elsewhere":
      return [
        `The zone above ${domain} delegates to other name servers:\n${listed(found.nameServers.map(plainName).sort())}\n${toNameServers}`,
        ...(found.dsRecords.length > 0
          ? [
              `First remove its DS record and wait until its TTL has passed, or resolvers refuse the answers of the new name servers:\n${listed(found.dsRecords)}`,
            ]
          : []),
        ...toDsRecord,
      ];
    case "broken":
      return [
        `The DS record that the zone above has for ${domain} does not match its zone's key, so resolvers refuse every answer:\n${listed(found.dsRecords)}\n` +
          (dsRecord === undefined
            ? "Remove it: the zone is not signed."
            : `Replace it with this one:\n${listed([dsRecord])}`),
      ];
    case "unsigned":
      return toDsRecord;
  }
}

/** A name server to ask: an IP address and a port. */
export interface NameServer {
  readonly address: string;
  readonly port: number;
}

/**
 * Asks the name servers of the zone above a domain which name servers and DS records it has for it. Resolvers
 * are not asked: they remember for hours that a domain was not there.
 *
 * @param parents - whom to ask instead of the name servers that the domain's parent has in the DNS.
 * @throws ParentUnreachable when none of them answers, as behind a firewall that lets no DNS out.
 */
export async function askParent(domain: string, parents?: readonly NameServer[]): Promise<ParentAnswer> {
  const servers = parents ?? (await parentsOf(domain));
  const failures: string[] = [];
  for (const server of servers.slice(0, maximumServers)) {
    try {
      return {
        nameServers: namesIn(await ask(server, domain, "NS"), domain),
        dsRecords: signaturesIn(await ask(server, domain, "DS"), domain),
      };
    } catch (error) {
      failures.push(`${server.address}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new ParentUnreachable(domain, failures);
}

/** Thrown when no name server of the zone above could be asked. */
export class ParentUnreachable extends Error {
  public constructor(domain: string, failures: readonly string[]) {
    super(
      `no name server of the zone above ${domain} answers${failures.length === 0 ? "" : ` (${failures.join("; ")})`}`,
    );
  }
}

const maximumServers = 4;

/** A name that is not there is an answer too: nothing is delegated. See RFC 1035, section 4.1.1. */
const responseCodes = { noError: 0, noSuchName: 3 };
const responseCodeBits = 0xf;

const dnsPort = 53;
const patienceMilliseconds = 3000;

/** The name servers of the closest zone above the domain that the DNS knows. */
async function parentsOf(domain: string): Promise<NameServer[]> {
  const resolver = new Resolver({ timeout: patienceMilliseconds, tries: 2 });
  const labels = domain.split(".");
  const failures: string[] = [];
  for (let depth = 1; depth < labels.length; depth += 1) {
    const parent = labels.slice(depth).join(".");
    try {
      const names = await resolver.resolveNs(parent);
      const found = await Promise.allSettled(names.map((name) => resolver.resolve4(name)));
      const addresses = found.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
      if (addresses.length > 0) {
        return addresses.map((address) => ({ address, port: dnsPort }));
      }
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      failures.push(`${parent}: ${code}`);
      // Only what is no zone of its own is passed over: a resolver that fails knows nothing of any.
      if (code !== "ENODATA" && code !== "ENOTFOUND") {
        break;
      }
    }
  }
  throw new ParentUnreachable(domain, failures);
}

/** Who leads a referral says so among the authorities; who also has the zone below answers itself. */
function namesIn({ answers = [], authorities = [] }: Packet, domain: string): string[] {
  const names = [...answers, ...authorities].flatMap((record) =>
    record.type === "NS" && plainName(record.name) === plainName(domain) ? [plainName(record.data)] : [],
  );
  return [...new Set(names)].sort();
}

function signaturesIn({ answers = [] }: Packet, domain: string): string[] {
  return answers
    .flatMap((record) =>
      record.type === "DS" && plainName(record.name) === plainName(domain) ? [dsText(record)] : [],
    )
    .sort();
}

function dsText({ data }: DSAnswer): string {
  return `${data.keyTag} ${data.algorithm} ${data.digestType} ${data.digest.toString("hex").toUpperCase()}`;
}

async function ask(server: NameServer, name: string, type: "NS" | "DS"): Promise<Packet> {
  const query: Packet = {
    type: "query",
    id: randomInt(65_536),
    // Some resolvers in between refuse what does not ask for recursion; an authority ignores it.
    flags: RECURSION_DESIRED,
    questions: [{ type, name, class: "IN" }],
  };
  const short = decode(await overUdp(server, encode(query), query.id ?? 0));
  const answer = short.flag_tc ? streamDecode(await overTcp(server, streamEncode(query))) : short;
  const code = (answer.flags ?? 0) & responseCodeBits;
  if (!Object.values(responseCodes).includes(code)) {
    throw new Error(`refuses the question with response code ${code}`);
  }
  return answer;
}

function overUdp({ address, port }: NameServer, message: Buffer, id: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      socket.close();
      act();
    };
    const timer = setTimeout(() => {
      finish(() => {
        reject(new Error("does not answer"));
      });
    }, patienceMilliseconds);
    socket.once("error", (error) => {
      finish(() => {
        reject(error);
      });
    });
    socket.on("message", (answer, from) => {
      // Anyone may send a packet here: only the answer to this question, from whom it was put to, counts.
      if (
        from.address === address &&
        from.port === port &&
        answer.length > 2 &&
        answer.readUInt16BE(0) === id
      ) {
        finish(() => {
          resolve(answer);
        });
      }
    });
    socket.send(message, port, address);
  });
}

function overTcp({ address, port }: NameServer, message: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, address);
    const parts: Buffer[] = [];
    socket.setTimeout(patienceMilliseconds, () => socket.destroy(new Error("does not answer over TCP")));
    socket.once("error", reject);
    socket.once("close", () => {
      reject(new Error("ends the connection before it has answered"));
    });
    socket.once("connect", () => socket.write(message));
    socket.on("data", (part) => {
      parts.push(part);
      const received = Buffer.concat(parts);
      if (received.length >= 2 && received.length >= received.readUInt16BE(0) + 2) {
        resolve(received);
        socket.destroy();
      }
    });
  });
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function plainRecord(record: string): string {
  const [tag, algorithm, digestType, ...digest] = record.trim().toUpperCase().split(/\s+/);
  return [tag, algorithm, digestType, digest.join("")].join(" ");
}

function listed(values: readonly string[]): string {
  return values.map((value) => `  ${value}`).join("\n");
}
