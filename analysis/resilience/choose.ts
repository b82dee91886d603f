import type { DnsRecord, RecordSet } from "./model/dns";
import { fitOf, type Place } from "./places";
import type { Verdict, Verdicts } from "./truth/verdict";

/** Candidates of the same rank. */
export interface Tier<Candidate> {
  readonly candidates: readonly Candidate[];
  /**
   * Whether each healthy one certainly gets a part of the clients, as by weights. Otherwise one of them gets
   * all, and which one is not known, as where it depends on distances.
   */
  readonly isShared: boolean;
}

/** A candidate, and where it is chosen: `must` says that some clients of the place certainly get it. */
export interface Choice<Candidate> {
  readonly candidate: Candidate;
  readonly when: Verdict;
}

/**
 * Chooses the first tier in which something is healthy. Where nothing is, everything counts as healthy, so
 * the first tier is taken
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html).
 */
export function choose<Candidate>(
  verdicts: Verdicts,
  tiers: readonly Tier<Candidate>[],
  healthOf: (candidate: Candidate) => Verdict,
): Choice<Candidate>[] {
  const chosen = new Map<Candidate, Verdict>();
  const take = (candidate: Candidate, when: Verdict): void => {
    chosen.set(candidate, verdicts.or(chosen.get(candidate) ?? verdicts.never, when));
  };
  let rest = verdicts.always;
  for (const { candidates, isShared } of tiers) {
    const health = candidates.map(healthOf);
    candidates.forEach((candidate, position) => {
      const own = health[position] ?? verdicts.never;
      const others = verdicts.or(...health.filter((_, other) => other !== position));
      const certain = isShared ? verdicts.always : verdicts.not(others);
      take(candidate, {
        must: verdicts.and(rest, own, certain).must,
        may: verdicts.and(rest, own).may,
      });
    });
    rest = verdicts.and(rest, verdicts.not(verdicts.or(...health)));
  }
  const first = tiers.find(({ candidates }) => candidates.length > 0);
  first?.candidates.forEach((candidate) => {
    const isCertain = first.isShared || first.candidates.length === 1;
    take(candidate, { must: isCertain ? rest.must : verdicts.never.must, may: rest.may });
  });
  return [...chosen].map(([candidate, when]) => ({ candidate, when }));
}

/** The ranks of a name's records for a place; none where Route 53 has no answer for it. */
export function tiersOf({ records }: RecordSet, place: Place): Tier<DnsRecord>[] {
  const policy = records[0]?.policy ?? "simple";
  const tier = (candidates: readonly DnsRecord[], isShared = false): Tier<DnsRecord> => ({
    candidates,
    isShared,
  });
  switch (policy) {
    case "failover":
      return [
        tier(records.filter(({ isPrimary }) => isPrimary)),
        tier(records.filter(({ isPrimary }) => !isPrimary)),
      ].filter(({ candidates }) => candidates.length > 0);
    case "latency":
    case "geoproximity":
      return [
        tier(records.filter(({ region }) => region !== undefined && region === place.region)),
        tier(records.filter(({ region }) => region === undefined || region !== place.region)),
      ].filter(({ candidates }) => candidates.length > 0);
    case "geolocation":
      return [3, 2, 1, 0]
        .map((fit) => tier(records.filter(({ location = {} }) => fitOf(location, place.location) === fit)))
        .filter(({ candidates }) => candidates.length > 0);
    case "weighted":
      return [
        tier(
          records.filter(({ weight }) => weight > 0),
          true,
        ),
        tier(
          records.filter(({ weight }) => weight === 0),
          true,
        ),
      ].filter(({ candidates }) => candidates.length > 0);
    case "multivalue":
      return [tier(records, true)];
    // Which client is in which block is not known.
    case "cidr":
      return [tier(records)];
    case "simple":
      return [tier(records, true)];
  }
}
