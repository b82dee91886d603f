import { isIP } from "node:net";

import { Token } from "cdktf";

import type { DnsAlias, DnsValues } from "../../../core";
import type { AddressType } from "./names";

/** The record types that a target answers for. */
export function recordTypesOf(value: DnsAlias | DnsValues, dualStack: boolean): readonly AddressType[] {
  if (value.kind === "alias") {
    return dualStack ? ["A", "AAAA"] : ["A"];
  }
  const types = new Set(value.values.map(typeOf));
  return (["A", "AAAA", "CNAME"] as const).filter((type) => types.has(type));
}

/** The values that belong in a record of one type. */
export function valuesOfType(value: DnsValues, type: AddressType): string[] {
  return value.values.filter((each) => typeOf(each) === type);
}

/** The type of record that holds a value. One unknown at synthesis is taken for an IPv4 address. */
function typeOf(value: string): AddressType {
  if (Token.isUnresolved(value)) {
    return "A";
  }
  switch (isIP(value)) {
    case 4:
      return "A";
    case 6:
      return "AAAA";
    default:
      return "CNAME";
  }
}

/** The hosted zone of all CloudFront distributions, whose health Route 53 refuses to evaluate. */
const cloudFrontZoneId = "Z2FDTNDATAQYW2";

/** Whether Route 53 can ask the target of an alias for its health, and is told of this endpoint alone. */
export function canEvaluateHealth({ hostedZoneId, sharesHealth }: DnsAlias): boolean {
  return hostedZoneId !== cloudFrontZoneId && sharesHealth !== true;
}
