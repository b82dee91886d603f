import { createSocket, type Socket } from "node:dgram";
import { request } from "node:http";
import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Answer as DnsRecord,
  type Packet,
  type Question,
} from "dns-packet";
import { readAll } from "./http";
import type { Unkindness } from "./unkind";
import { element, members, parseXml, textOf, texts, type XmlElement } from "./xml";

/** What the name server of the zones above needs to know. */
export interface ParentZonesOptions {
  /** Port of the gateway on loopback, which is asked for the zones that Route 53 has. */
  readonly gatewayPort: number;
  /** How unkind the cloud is: no zone is delegated while `undelegated-zone` is on. */
  readonly unkind: Unkindness;
  /** Receives a line for each question that could not be answered. */
  readonly log: (line: string) => void;
}

/** The response code for a name that is not there: https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1 */
const noSuchName = 3;
const serverFailure = 2;
const ttl = 300;

/**
 * A name server over UDP for the zones above those of Route 53, as registries run them: it answers with the
 * name servers and the DS record of each public zone. Everybody's registrar is quick here: a zone is delegated
 * as soon as it stands, unless the cloud is unkind.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1034#section-4.2
 */
export function parentZones(options: ParentZonesOptions): Socket {
  const socket = createSocket("udp4");
  socket.on("message", (message, from) => {
    void answer(message, options).then((reply) => {
      if (reply !== undefined) {
        socket.send(reply, from.port, from.address);
      }
    });
  });
  return socket;
}

async function answer(message: Buffer, options: ParentZonesOptions): Promise<Buffer | undefined> {
  let query: Packet;
  try {
    query = decode(message);
  } catch {
    return undefined;
  }
  const [question] = query.questions ?? [];
  const reply = { type: "response" as const, id: query.id, questions: query.questions };
  try {
    return encode({ ...reply, ...(question === undefined ? {} : await records(question, options)) });
  } catch (error) {
    options.log(`dns ${question?.type ?? ""} ${question?.name ?? ""}: ${String(error)}`);
    return encode({ ...reply, flags: serverFailure });
  }
}

async function records({ name, type }: Question, options: ParentZonesOptions): Promise<Partial<Packet>> {
  const domain = name.toLowerCase();
  const zone = options.unkind.isOn("undelegated-zone") ? undefined : await zoneNamed(domain, options);
  if (zone === undefined) {
    return { flags: AUTHORITATIVE_ANSWER | noSuchName };
  }
  return type === "DS"
    ? { flags: AUTHORITATIVE_ANSWER, answers: zone.dsRecords.map((record) => dsAnswer(domain, record)) }
    : { authorities: zone.nameServers.map((data): DnsRecord => ({ type: "NS", name: domain, ttl, data })) };
}

function dsAnswer(name: string, record: string): DnsRecord {
  const [keyTag, algorithm, digestType, digest = ""] = record.split(" ");
  return {
    type: "DS",
    name,
    ttl,
    data: {
      keyTag: Number(keyTag),
      algorithm: Number(algorithm),
      digestType: Number(digestType),
      digest: Buffer.from(digest, "hex"),
    },
  };
}

interface Zone {
  readonly nameServers: readonly string[];
  readonly dsRecords: readonly string[];
}

async function zoneNamed(domain: string, options: ParentZonesOptions): Promise<Zone | undefined> {
  const list = await route53("hostedzone", options);
  const found = members(element(list.HostedZones).HostedZone)
    .map((zone) => element(zone))
    .find(
      (zone) =>
        textOf(zone.Name)?.replace(/\.$/, "") === domain &&
        textOf(element(zone.Config).PrivateZone) !== "true",
    );
  if (found === undefined) {
    return undefined;
  }
  const id = (textOf(found.Id) ?? "").replace(/^\/hostedzone\//, "");
  const zone = await route53(`hostedzone/${id}`, options);
  const signing = await route53(`hostedzone/${id}/dnssec`, options);
  const isSigned = textOf(element(signing.Status).ServeSignature) === "SIGNING";
  return {
    nameServers: texts(element(element(zone.DelegationSet).NameServers).NameServer),
    dsRecords: isSigned
      ? members(element(signing.KeySigningKeys).member).flatMap((key) => textOf(element(key).DSRecord) ?? [])
      : [],
  };
}

/** What Route 53 answers; the gateway is asked as by any caller, as far as it looks at signatures. */
async function route53(path: string, { gatewayPort }: ParentZonesOptions): Promise<XmlElement> {
  const text = await new Promise<string>((resolve, reject) => {
    request(
      {
        host: "127.0.0.1",
        port: gatewayPort,
        path: `/2013-04-01/${path}`,
        headers: {
          authorization: "AWS4-HMAC-SHA256 Credential=registry/20261101/us-east-1/route53/aws4_request",
          // An unkind cloud refuses no call that its client would not repeat.
          "amz-sdk-request": "attempt=1; max=1",
        },
        agent: false,
      },
      (response) => {
        readAll(response).then((body) => {
          if (response.statusCode === 200) {
            resolve(body.toString("utf8"));
          } else {
            // A refusal is not the same as no zone: whoever asks is told that the question failed.
            reject(new Error(`Route 53 answers ${response.statusCode ?? 0} to ${path}`));
          }
        }, reject);
      },
    )
      .once("error", reject)
      .end();
  });
  const [answered] = Object.values(parseXml(text));
  return element(answered);
}
