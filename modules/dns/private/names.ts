import { Token } from "cdktf";

/** The record types that answer where something is. */
export type AddressType = "A" | "AAAA" | "CNAME";

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Whether text is a domain name in lower case, without a trailing dot. */
export function isDomainName(name: string): boolean {
  return name.length <= 253 && name.split(".").every((part) => label.test(part));
}

/** Whether text is a domain name whose first label may be `*`. */
export function isDomainNameOrWildcard(name: string): boolean {
  return isDomainName(name.replace(/^\*\./, ""));
}

/** Whether a name belongs in a zone; taken for granted where either is unknown at synthesis. */
export function isInZone(name: string, zoneName: string): boolean {
  return (
    Token.isUnresolved(name) ||
    Token.isUnresolved(zoneName) ||
    name === zoneName ||
    name.endsWith(`.${zoneName}`)
  );
}
