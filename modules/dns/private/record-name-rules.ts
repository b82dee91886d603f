import type { IHostedZone, Problem } from "../../../core";
import { isDomainNameOrWildcard, isInZone } from "./names";

/** What is wrong with the name of a record in a zone. */
export function recordNameProblems(where: string, zone: IHostedZone, recordName: string): readonly Problem[] {
  const report = (expected: string, remedy: string): Problem => ({
    where,
    property: "recordName",
    expected,
    got: recordName,
    remedy,
  });
  if (!isDomainNameOrWildcard(recordName)) {
    return [
      report(
        "be a domain name in lower case without a trailing dot, with '*' for its first label only",
        'write the whole name, like "web.example.com"',
      ),
    ];
  }
  return isInZone(recordName, zone.zoneName)
    ? []
    : [
        report(
          `end in the zone's name, "${zone.zoneName}"`,
          "change the name, or pass the zone that holds it",
        ),
      ];
}
