import { type Problem, ValidationError } from "../../core";
import {
  addressBits,
  type AddressBlock,
  compareBlocks,
  contains,
  formatAddress,
  formatAddressBlock,
  overlap,
  parseAddressBlock,
  shortestPrefixLength,
  withoutHostBits,
} from "./private/address-block";

/** One line of a block list. */
export interface BlockListEntry {
  /** The block in canonical form; an address alone is a block of one, `203.0.113.7/32`. */
  readonly cidrBlock: string;
  /** The line it stands in, counted from 1. */
  readonly line: number;
  /**
   * The first day, as `YYYY-MM-DD`, on which it is no longer blocked.
   *
   * @default - it never expires
   */
  readonly expires?: string;
  /**
   * Why it is blocked.
   *
   * @default - the line does not say
   */
  readonly reason?: string;
}

/** A block list that was read and found good. */
export interface BlockList {
  /** Name of the file it was read from. */
  readonly fileName: string;
  /** Its entries in the order of the file. */
  readonly entries: readonly BlockListEntry[];
  /** What is allowed but most likely not meant, a sentence each. */
  readonly warnings: readonly string[];
}

/** What a block list is checked against. */
export interface BlockListOptions {
  /**
   * Blocks that belong to the platform itself. To block an address of one is reported as a warning.
   *
   * @default - none are known
   */
  readonly ownCidrBlocks?: readonly string[];
}

/**
 * Reads a block list: one address or block a line, IPv4 or IPv6, with an expiry and a reason where
 * wanted. Empty lines and everything from a `#` count for nothing; a reason runs to the end of its line.
 *
 * ```text
 * # Scanners of November
 * 203.0.113.0/24  expires=2027-03-01  reason=scans for /wp-login.php, ticket #41
 * 198.51.100.7    # the partner's broken robot
 * 2001:db8:bad::/48
 * ```
 *
 * @param text - the content of the file
 * @param fileName - the file's name, for messages
 * @param options - what to check it against
 * @throws ValidationError that lists every bad line with its number.
 */
export function parseBlockList(text: string, fileName: string, options: BlockListOptions = {}): BlockList {
  const problems: LineProblem[] = [];
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap((content, index) => parseLine(content, index + 1, problems));
  problems.push(...repetitions(lines));
  if (problems.length > 0) {
    throw new ValidationError(
      problems
        .sort((left, right) => left.line - right.line)
        .map(({ line, ...problem }) => ({ where: fileName, property: `line ${line}`, ...problem })),
    );
  }
  return {
    fileName,
    entries: lines.map(({ block, ...entry }) => ({ cidrBlock: formatAddressBlock(block), ...entry })),
    warnings: warningsOf(lines, fileName, blocksOf(options.ownCidrBlocks ?? [])),
  };
}

/**
 * The entries that block on a day: those without an expiry, and those that expire later.
 *
 * The day is always given, never read from a clock, so that the same input makes the same plan.
 *
 * @param list - the list
 * @param on - the day as `YYYY-MM-DD`; without it, entries block whatever their expiry
 * @throws ValidationError where the day does not exist.
 */
export function activeEntries(list: BlockList, on?: string): readonly BlockListEntry[] {
  if (on === undefined) {
    return list.entries;
  }
  if (!isDate(on)) {
    throw new ValidationError([
      {
        where: list.fileName,
        property: "on",
        expected: "be a day that exists",
        got: on,
        remedy: "write it as YYYY-MM-DD",
      },
    ]);
  }
  return list.entries.filter(({ expires }) => expires === undefined || on < expires);
}

/** The blocks of {@link activeEntries}, for a firewall's `blockList` and for `networkAclDenies`. */
export function activeCidrBlocks(list: BlockList, on?: string): readonly string[] {
  return activeEntries(list, on).map(({ cidrBlock }) => cidrBlock);
}

/** A line that could be read. */
interface Line extends Omit<BlockListEntry, "cidrBlock"> {
  readonly block: AddressBlock;
}

interface LineProblem extends Omit<Problem, "where" | "property"> {
  readonly line: number;
}

type Complaint = Omit<LineProblem, "line">;

/** The line's entry; none where there is nothing on it or something is wrong with it. */
function parseLine(content: string, line: number, problems: LineProblem[]): Line[] {
  const [address, ...words] = wordsOf(content);
  if (address === undefined) {
    return [];
  }
  const fields = new Map<string, string>();
  const complaints = [...complaintsAbout(address), ...words.flatMap((word) => readField(word, fields))];
  const block = parseAddressBlock(address);
  if (block === undefined || complaints.length > 0) {
    problems.push(...complaints.map((complaint) => ({ line, ...complaint })));
    return [];
  }
  return [{ block, line, ...Object.fromEntries(fields) }];
}

/** The words of a line up to a comment; a reason is one word to the end of the line. */
function wordsOf(content: string): string[] {
  const words: string[] = [];
  let rest = content.trim();
  while (rest !== "" && !rest.startsWith("#")) {
    const word = rest.startsWith("reason=") ? rest : (/^\S+/.exec(rest)?.[0] ?? "");
    words.push(word);
    rest = rest.slice(word.length).trimStart();
  }
  return words;
}

function complaintsAbout(address: string): Complaint[] {
  const block = parseAddressBlock(address);
  if (block === undefined) {
    return [
      {
        expected: "begin with an IPv4 or IPv6 address or block",
        got: address,
        remedy: "write it like '203.0.113.7', '203.0.113.0/24' or '2001:db8::/32'",
      },
    ];
  }
  const { version, prefixLength } = block;
  if (prefixLength < shortestPrefixLength[version]) {
    return [
      {
        expected: `be no wider than a /${shortestPrefixLength[version]}`,
        got: address,
        remedy: "list the narrower blocks that are meant",
      },
    ];
  }
  if (withoutHostBits(block).first !== block.first) {
    const whole = formatAddressBlock(withoutHostBits(block));
    return [
      {
        expected: "name a block by its first address",
        got: address,
        remedy: `write '${whole}' for the whole block or '${formatAddress(version, block.first)}' for the one address`,
      },
    ];
  }
  return isMappedIpv4(block)
    ? [
        {
          expected: "name IPv4 addresses in the form of IPv4",
          got: address,
          remedy: `write '${formatAddressBlock(mappedIpv4(block))}'`,
        },
      ]
    : [];
}

/** Notes an `expires=` or a `reason=`; returns what is wrong with it. */
function readField(word: string, fields: Map<string, string>): Complaint[] {
  const [, name = "", value = ""] = /^(expires|reason)=(.*)$/.exec(word) ?? [];
  if (name === "") {
    return [
      {
        expected: "hold nothing but 'expires=' and 'reason=' after the address",
        got: word,
        remedy: "put other words behind 'reason=' or behind a '#'",
      },
    ];
  }
  if (fields.has(name)) {
    return [{ expected: `give '${name}' once`, got: word, remedy: "remove one of the two" }];
  }
  fields.set(name, value);
  if (name === "expires" && !isDate(value)) {
    return [
      {
        expected: "expire on a day that exists",
        got: value,
        remedy: "write it as 'expires=YYYY-MM-DD', the first day that is no longer blocked",
      },
    ];
  }
  return name === "reason" && value === ""
    ? [
        {
          expected: "give a reason behind 'reason='",
          got: word,
          remedy: "give a reason, or remove 'reason='",
        },
      ]
    : [];
}

/** Lines that add nothing: listed before, or inside another for as long as they last. */
function repetitions(lines: readonly Line[]): LineProblem[] {
  const inOrder = [...lines].sort(
    (left, right) => compareBlocks(left.block, right.block) || left.line - right.line,
  );
  let enclosing: Line[] = [];
  return inOrder.flatMap((line) => {
    enclosing = enclosing.filter(({ block }) => contains(block, line.block));
    const same = enclosing.find(({ block }) => compareBlocks(block, line.block) === 0);
    const wider = enclosing.find((outer) => outer !== same && lastsAsLong(outer, line));
    enclosing.push(line);
    const got = formatAddressBlock(line.block);
    if (same !== undefined) {
      const remedy = `remove it, or line ${same.line}, which lists the same block`;
      return [{ line: line.line, expected: "differ from every line before it", got, remedy }];
    }
    if (wider !== undefined) {
      const remedy = `remove it, because line ${wider.line} lists ${formatAddressBlock(wider.block)}`;
      return [{ line: line.line, expected: "list addresses that no other line covers", got, remedy }];
    }
    return [];
  });
}

function lastsAsLong(outer: Line, inner: Line): boolean {
  return outer.expires === undefined || (inner.expires !== undefined && inner.expires <= outer.expires);
}

/**
 * Ranges that no request from the internet comes from.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml
 */
const unroutable: readonly (readonly [AddressBlock, string])[] = Object.entries({
  "0.0.0.0/8": "range of this network",
  "10.0.0.0/8": "private range",
  "100.64.0.0/10": "range shared behind carriers",
  "127.0.0.0/8": "loopback range",
  "169.254.0.0/16": "link-local range",
  "172.16.0.0/12": "private range",
  "192.168.0.0/16": "private range",
  "224.0.0.0/4": "multicast range",
  "::1/128": "loopback address",
  "fc00::/7": "private range",
  "fe80::/10": "link-local range",
  "ff00::/8": "multicast range",
}).flatMap(([cidrBlock, name]) => blocksOf([cidrBlock]).map((block) => [block, name] as const));

function warningsOf(lines: readonly Line[], fileName: string, ownBlocks: readonly AddressBlock[]): string[] {
  const ranges = [...ownBlocks.map((block) => [block, "range of your own"] as const), ...unroutable];
  return lines.flatMap(({ block, line }) =>
    ranges
      .filter(([range]) => overlap(range, block))
      .map(
        ([range, name]) =>
          `${fileName}: line ${line} blocks ${formatAddressBlock(block)}, which shares addresses with the ${name} ${formatAddressBlock(range)}`,
      ),
  );
}

function blocksOf(cidrBlocks: readonly string[]): AddressBlock[] {
  return cidrBlocks.map(parseAddressBlock).filter((block) => block !== undefined);
}

/** Whether the text is a day of the calendar as `YYYY-MM-DD`. */
function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) {
    return false;
  }
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.toISOString().startsWith(text);
}

const mappedPrefixLength = 96;

/** Whether the block lies in `::ffff:0:0/96`, the IPv4 addresses as IPv6 writes them. */
function isMappedIpv4({ version, first, prefixLength }: AddressBlock): boolean {
  return version === 6 && prefixLength >= mappedPrefixLength && first >> 32n === 0xffffn;
}

function mappedIpv4({ first, prefixLength }: AddressBlock): AddressBlock {
  const offset = addressBits[6] - addressBits[4];
  return { version: 4, first: first & 0xffff_ffffn, prefixLength: prefixLength - offset };
}
