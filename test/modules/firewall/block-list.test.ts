import fc from "fast-check";

import { activeCidrBlocks, activeEntries, parseBlockList } from "../../../modules/firewall";
import { refusal } from "../../support/synth";

const file = "environments/prod.blocklist.txt";
const parse = (...lines: string[]): ReturnType<typeof parseBlockList> =>
  parseBlockList(lines.join("\n"), file);

describe("parseBlockList", () => {
  it("reads addresses and blocks with their expiry and reason, in the order of the file", () => {
    const list = parse(
      "# Scanners of November",
      "",
      "203.0.113.0/24  expires=2027-03-01  reason=scans for /wp-login.php, ticket #41",
      "  198.51.100.7   # the partner's broken robot",
      "2001:0DB8:00ad::/48 reason=credential stuffing",
    );

    expect(list).toEqual({
      fileName: file,
      entries: [
        {
          cidrBlock: "203.0.113.0/24",
          line: 3,
          expires: "2027-03-01",
          reason: "scans for /wp-login.php, ticket #41",
        },
        { cidrBlock: "198.51.100.7/32", line: 4 },
        { cidrBlock: "2001:db8:ad::/48", line: 5, reason: "credential stuffing" },
      ],
      warnings: [],
    });
  });

  it("reads a file of Windows, with its byte order mark", () => {
    expect(parseBlockList("\uFEFF192.0.2.1\r\n192.0.2.2\r\n", file).entries).toEqual([
      { cidrBlock: "192.0.2.1/32", line: 1 },
      { cidrBlock: "192.0.2.2/32", line: 2 },
    ]);
  });

  it("finds nothing in an empty file", () => {
    expect(parse("").entries).toEqual([]);
  });

  it("reads every IPv4 and IPv6 address that there is", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV6(), (ipv4, ipv6) => {
        fc.pre(!/^(0*:)*:?f{4}:/i.test(ipv6));

        expect(parse(ipv4, ipv6).entries).toHaveLength(2);
      }),
    );
  });

  it("refuses all bad lines at once, with their numbers", () => {
    const list = [
      "example.com",
      "203.0.113.256",
      "203.0.113.7/24",
      "0.0.0.0/0",
      "::/0",
      "::ffff:192.0.2.1",
      "192.0.2.1 expires=2027-02-30",
      "192.0.2.2 expires=tomorrow until=2027-01-01",
      "192.0.2.3 expires=2027-01-01 expires=2027-01-02",
      "192.0.2.4 reason=",
      "198.51.100.0/24",
      "198.51.100.0/24",
      "198.51.100.9",
      "fe80::1%eth0",
      "192.0.2.5/33",
    ];

    expect(refusal(() => parse(...list)).split("\n")).toEqual([
      `${file}: 'line 1' must begin with an IPv4 or IPv6 address or block, got "example.com"; write it like '203.0.113.7', '203.0.113.0/24' or '2001:db8::/32'`,
      `${file}: 'line 2' must begin with an IPv4 or IPv6 address or block, got "203.0.113.256"; write it like '203.0.113.7', '203.0.113.0/24' or '2001:db8::/32'`,
      `${file}: 'line 3' must name a block by its first address, got "203.0.113.7/24"; write '203.0.113.0/24' for the whole block or '203.0.113.7' for the one address`,
      `${file}: 'line 4' must be no wider than a /8, got "0.0.0.0/0"; list the narrower blocks that are meant`,
      `${file}: 'line 5' must be no wider than a /16, got "::/0"; list the narrower blocks that are meant`,
      `${file}: 'line 6' must name IPv4 addresses in the form of IPv4, got "::ffff:192.0.2.1"; write '192.0.2.1/32'`,
      `${file}: 'line 7' must expire on a day that exists, got "2027-02-30"; write it as 'expires=YYYY-MM-DD', the first day that is no longer blocked`,
      `${file}: 'line 8' must expire on a day that exists, got "tomorrow"; write it as 'expires=YYYY-MM-DD', the first day that is no longer blocked`,
      `${file}: 'line 8' must hold nothing but 'expires=' and 'reason=' after the address, got "until=2027-01-01"; put other words behind 'reason=' or behind a '#'`,
      `${file}: 'line 9' must give 'expires' once, got "expires=2027-01-02"; remove one of the two`,
      `${file}: 'line 10' must give a reason behind 'reason=', got "reason="; give a reason, or remove 'reason='`,
      `${file}: 'line 12' must differ from every line before it, got "198.51.100.0/24"; remove it, or line 11, which lists the same block`,
      `${file}: 'line 13' must list addresses that no other line covers, got "198.51.100.9/32"; remove it, because line 11 lists 198.51.100.0/24`,
      `${file}: 'line 14' must begin with an IPv4 or IPv6 address or block, got "fe80::1%eth0"; write it like '203.0.113.7', '203.0.113.0/24' or '2001:db8::/32'`,
      `${file}: 'line 15' must begin with an IPv4 or IPv6 address or block, got "192.0.2.5/33"; write it like '203.0.113.7', '203.0.113.0/24' or '2001:db8::/32'`,
    ]);
  });

  it("keeps a line that outlasts the wider one", () => {
    const list = parse(
      "198.51.100.0/24 expires=2027-01-01",
      "198.51.100.9",
      "198.51.100.8 expires=2027-06-01",
    );

    expect(activeCidrBlocks(list, "2027-03-01")).toEqual(["198.51.100.9/32", "198.51.100.8/32"]);
  });

  it("refuses a line that expires no later than the wider one", () => {
    expect(
      refusal(() => parse("198.51.100.9 expires=2027-01-01", "198.51.100.0/24 expires=2027-01-01")),
    ).toBe(
      `${file}: 'line 1' must list addresses that no other line covers, got "198.51.100.9/32"; remove it, because line 2 lists 198.51.100.0/24`,
    );
  });

  it("warns of ranges that nobody on the internet has, and of the platform's own", () => {
    const list = parseBlockList("10.1.0.0/16\nfd00::/16\n203.0.113.9\n192.0.2.0/24", file, {
      ownCidrBlocks: ["10.1.2.0/24", "203.0.113.0/24"],
    });

    expect(list.warnings).toEqual([
      `${file}: line 1 blocks 10.1.0.0/16, which shares addresses with the range of your own 10.1.2.0/24`,
      `${file}: line 1 blocks 10.1.0.0/16, which shares addresses with the private range 10.0.0.0/8`,
      `${file}: line 2 blocks fd00::/16, which shares addresses with the private range fc00::/7`,
      `${file}: line 3 blocks 203.0.113.9/32, which shares addresses with the range of your own 203.0.113.0/24`,
    ]);
  });
});

describe("activeEntries", () => {
  const list = parse("192.0.2.1 expires=2027-03-01 reason=robot", "192.0.2.2");

  it("keeps everything without a day, so that synthesis needs no clock", () => {
    expect(activeEntries(list)).toEqual(list.entries);
  });

  it("blocks until the day of the expiry, and no longer on it", () => {
    expect(activeCidrBlocks(list, "2027-02-28")).toEqual(["192.0.2.1/32", "192.0.2.2/32"]);
    expect(activeCidrBlocks(list, "2027-03-01")).toEqual(["192.0.2.2/32"]);
  });

  it("refuses a day that does not exist", () => {
    expect(refusal(() => activeEntries(list, "2027-3-1"))).toBe(
      `${file}: 'on' must be a day that exists, got "2027-3-1"; write it as YYYY-MM-DD`,
    );
  });
});
