import { check, refusals, sample, sampleService, service } from "../../sample";

const path = (word: string) => `environments/sample.ts: 'services.web.egress.${word}.to'`;

describe("checkEgress", () => {
  it("takes the own network and blocks of both families", () => {
    const egress = {
      database: { to: "network", port: 5432 },
      mainframe: { to: "192.168.7.0/24", port: 1414 },
      peer: { to: "2001:db8::/56", port: 5432 },
    };

    expect(check(sample({ ipv6: true, services: { web: service({ egress }) } }))).toHaveLength(1);
  });

  it("refuses what is no block, all at once", () => {
    const egress = {
      database: { to: "10.0.0.1/16", port: 5432 },
      cache: { to: "cache.example.com", port: 6379 },
    };
    const line = (word: string, got: string) =>
      `${path(word)} must be 'network', or an IPv4 or IPv6 block in its shortest form, got "${got}"; ` +
      'write it like "10.0.0.0/16", with no host bits set';

    expect(refusals(sampleService({ egress }))).toEqual([
      line("database", "10.0.0.1/16"),
      line("cache", "cache.example.com"),
    ]);
  });

  it("refuses IPv6 where the networks have none", () => {
    expect(refusals(sampleService({ egress: { peer: { to: "2001:db8::/56", port: 5432 } } }))).toEqual([
      `${path("peer")} must be an IPv4 block in an environment without IPv6, got "2001:db8::/56"; ` +
        "set 'ipv6' to true, or give the IPv4 block",
    ]);
  });
});
