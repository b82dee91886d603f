import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server } from "node:net";

import { decode, encode, type Packet, streamEncode, TRUNCATED_RESPONSE } from "dns-packet";

import {
  askParent,
  delegationSteps,
  isReachable,
  judgeDelegation,
  type ParentAnswer,
} from "../../../cli/probes/delegation";

const digest = "AB".repeat(32);
const expected = {
  domain: "example.com",
  nameServers: ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"],
  dsRecord: `12345 13 2 ${digest}`,
};
const ours: ParentAnswer = {
  nameServers: ["NS-2.awsdns-02.com.", "ns-1.awsdns-01.org"],
  dsRecords: [`12345  13 2 ${digest.toLowerCase()}`],
};

describe("judgeDelegation", () => {
  it("takes names and digests in any case and order for the same", () => {
    expect(judgeDelegation(expected, ours)).toBe("delegated");
  });

  it.each([
    ["undelegated", { nameServers: [], dsRecords: [] }, false],
    ["elsewhere", { nameServers: ["ns-1.awsdns-01.org", "ns.parking.example"], dsRecords: [] }, false],
    ["unsigned", { ...ours, dsRecords: [] }, true],
    ["broken", { ...ours, dsRecords: [`1 13 2 ${digest}`] }, false],
    ["delegated", { ...ours, dsRecords: [`1 13 2 ${digest}`, ...ours.dsRecords] }, true],
    ["delegated", { ...ours, nameServers: ["ns-1.awsdns-01.org"] }, true],
  ] as const)("calls a domain %s for %j", (verdict, found, reachable) => {
    expect(judgeDelegation(expected, found)).toBe(verdict);
    expect(isReachable(verdict)).toBe(reachable);
  });

  it("takes any DS record for wrong where the zone is not signed", () => {
    const unsigned = { domain: "example.com", nameServers: expected.nameServers };

    expect(judgeDelegation(unsigned, ours)).toBe("broken");
    expect(judgeDelegation(unsigned, { ...ours, dsRecords: [] })).toBe("delegated");
  });
});

describe("delegationSteps", () => {
  it("asks for nothing where everything is healthy", () => {
    expect(delegationSteps(expected, ours)).toEqual([]);
  });

  it("names the name servers first and the DS record after them", () => {
    expect(delegationSteps(expected, { nameServers: [], dsRecords: [] })).toEqual([
      "The zone above example.com lists no name servers for it. Have the name servers of example.com be exactly these:\n  ns-1.awsdns-01.org\n  ns-2.awsdns-02.com",
      `Once they answer, add this DS record, so that its signatures are checked:\n  12345 13 2 ${digest}`,
    ]);
  });

  it("has a signed domain unsigned before it moves", () => {
    expect(delegationSteps(expected, { nameServers: ["ns.other.example"], dsRecords: ["1 8 2 FF"] })).toEqual(
      [
        "The zone above example.com delegates to other name servers:\n  ns.other.example\nHave the name servers of example.com be exactly these:\n  ns-1.awsdns-01.org\n  ns-2.awsdns-02.com",
        "First remove its DS record and wait until its TTL has passed, or resolvers refuse the answers of the new name servers:\n  1 8 2 FF",
        `Once they answer, add this DS record, so that its signatures are checked:\n  12345 13 2 ${digest}`,
      ],
    );
  });

  it("replaces a DS record of another key", () => {
    expect(delegationSteps(expected, { ...ours, dsRecords: ["1 8 2 FF"] })).toEqual([
      `The DS record that the zone above has for example.com does not match its zone's key, so resolvers refuse every answer:\n  1 8 2 FF\nReplace it with this one:\n  12345 13 2 ${digest}`,
    ]);
  });
});

describe("askParent", () => {
  let udp: Socket;
  let tcp: Server;
  let port: number;
  let answerOf: (question: Packet) => Partial<Packet>;

  beforeEach(async () => {
    udp = createSocket("udp4");
    await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
    port = udp.address().port;
    udp.on("message", (message, from) => {
      udp.send(answerTo(decode(message)), from.port, from.address);
    });
    tcp = createServer((socket) => {
      socket.once("data", (message) => {
        socket.end(streamEncode({ ...replyTo(decode(message.subarray(2))), flags: 0 }));
      });
    });
    await new Promise<void>((resolve) => tcp.listen(port, "127.0.0.1", resolve));
  });

  afterEach(async () => {
    await new Promise<void>((resolve) => udp.close(resolve));
    await new Promise<unknown>((resolve) => tcp.close(resolve));
  });

  function replyTo(query: Packet): Packet {
    return { type: "response", id: query.id, questions: query.questions, ...answerOf(query) };
  }

  function answerTo(query: Packet): Buffer {
    return encode(replyTo(query));
  }

  const parent = () => [{ address: "127.0.0.1", port }];

  it("reads the referral of the zone above and its DS record", async () => {
    answerOf = ({ questions }) =>
      questions?.[0]?.type === "NS"
        ? {
            authorities: [
              { type: "NS", name: "Example.com", data: "NS-2.awsdns-02.com" },
              { type: "NS", name: "example.com", data: "ns-1.awsdns-01.org" },
              { type: "NS", name: "com", data: "a.gtld-servers.net" },
            ],
          }
        : {
            answers: [
              {
                type: "DS",
                name: "example.com",
                data: { keyTag: 12_345, algorithm: 13, digestType: 2, digest: Buffer.from(digest, "hex") },
              },
            ],
          };

    expect(await askParent("example.com", parent())).toEqual({
      nameServers: ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"],
      dsRecords: [`12345 13 2 ${digest}`],
    });
  });

  it("takes a name that is not there for undelegated", async () => {
    answerOf = () => ({
      flags: 3,
      authorities: [
        {
          type: "SOA",
          name: "com",
          data: { mname: "a", rname: "b", serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 1 },
        },
      ],
    });

    expect(await askParent("example.com", parent())).toEqual({ nameServers: [], dsRecords: [] });
  });

  it("asks again over TCP when the answer does not fit", async () => {
    let asked = 0;
    answerOf = () => {
      asked += 1;
      return asked % 2 === 1
        ? { flags: TRUNCATED_RESPONSE }
        : { authorities: [{ type: "NS", name: "example.com", data: "ns-1.awsdns-01.org" }] };
    };

    expect(await askParent("example.com", parent())).toEqual({
      nameServers: ["ns-1.awsdns-01.org"],
      dsRecords: [],
    });
  });

  it("asks the next name server when one refuses, and says what each did when all do", async () => {
    answerOf = () => ({ flags: 5 });

    await expect(askParent("example.com", [...parent(), ...parent()])).rejects.toThrow(
      "no name server of the zone above example.com answers (127.0.0.1: refuses the question with response code 5; 127.0.0.1: refuses the question with response code 5)",
    );
  });
});
