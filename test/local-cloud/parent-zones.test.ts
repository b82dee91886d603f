import type { Socket } from "node:dgram";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { askParent } from "../../cli/probes/delegation";
import { parentZones } from "../../local-cloud/parent-zones";
import { Unkindness } from "../../local-cloud/unkind";

const pages: Readonly<Record<string, string>> = {
  "/2013-04-01/hostedzone":
    "<ListHostedZonesResponse><HostedZones>" +
    "<HostedZone><Id>/hostedzone/Z1</Id><Name>example.com.</Name><Config><PrivateZone>true</PrivateZone></Config></HostedZone>" +
    "<HostedZone><Id>/hostedzone/Z2</Id><Name>example.com.</Name><Config><PrivateZone>false</PrivateZone></Config></HostedZone>" +
    "</HostedZones></ListHostedZonesResponse>",
  "/2013-04-01/hostedzone/Z2":
    "<GetHostedZoneResponse><DelegationSet><NameServers><NameServer>ns-1.awsdns-01.org</NameServer><NameServer>ns-2.awsdns-02.com</NameServer></NameServers></DelegationSet></GetHostedZoneResponse>",
  "/2013-04-01/hostedzone/Z2/dnssec":
    "<GetDNSSECResponse><Status><ServeSignature>SIGNING</ServeSignature></Status><KeySigningKeys><member><DSRecord>7 13 2 ABCD</DSRecord></member></KeySigningKeys></GetDNSSECResponse>",
};

describe("The name server of the zones above", () => {
  const unkind = new Unkindness();
  const refused = new Set<string>();
  let route53: Server;
  let socket: Socket;
  let port: number;

  beforeEach(async () => {
    unkind.set([]);
    refused.clear();
    route53 = createServer((request, response) => {
      const page = pages[request.url ?? ""];
      const isRefused = page === undefined || refused.has(request.url ?? "");
      response.writeHead(isRefused ? 400 : 200).end(isRefused ? "<ErrorResponse/>" : page);
    });
    await new Promise<void>((resolve) => route53.listen(0, "127.0.0.1", resolve));
    const gatewayPort = (route53.address() as AddressInfo).port;
    socket = parentZones({ gatewayPort, unkind, log: () => undefined });
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    port = socket.address().port;
  });

  afterEach(async () => {
    await new Promise<void>((resolve) => socket.close(resolve));
    await new Promise<unknown>((resolve) => route53.close(resolve));
  });

  const ask = (domain: string) => askParent(domain, [{ address: "127.0.0.1", port }]);

  it("leads to the name servers of a public zone, and knows its DS record", async () => {
    expect(await ask("example.com")).toEqual({
      nameServers: ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"],
      dsRecords: ["7 13 2 ABCD"],
    });
  });

  it("does not take a zone that it could not ask for as undelegated", async () => {
    refused.add("/2013-04-01/hostedzone");

    await expect(ask("example.com")).rejects.toThrow(
      "no name server of the zone above example.com answers (127.0.0.1: refuses the question with response code 2)",
    );
  });

  it("knows no other zone, and none that nobody has delegated", async () => {
    const nothing = { nameServers: [], dsRecords: [] };

    expect(await ask("example.org")).toEqual(nothing);
    unkind.set(["undelegated-zone"]);
    expect(await ask("example.com")).toEqual(nothing);
  });
});
