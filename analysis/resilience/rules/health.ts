import type { DnsRecord, RecordSet } from "../model/dns";
import type { HealthCheck } from "../model/health";
import type { Proof, ServiceProof } from "../proof";
import { holdsIn } from "../truth/table";
import { about, type Finding, promisedIn, type Rule, whenOf } from "./finding";

/** A set of records on the way from a name of a service, and the host that is asked for at its end. */
interface Chosen {
  readonly set: RecordSet;
  /** The service's own name; behind a distribution, its origin's. */
  readonly host: string;
}

/** The sets of records that lead from a name of a service to where it ends, and are chosen from. */
function chosenSets({ model, walk }: Proof, { sets, claim }: ServiceProof): Chosen[] {
  const chosen = new Map<RecordSet, Chosen>();
  const visit = (set: RecordSet, host: string): void => {
    if (chosen.has(set)) {
      return;
    }
    chosen.set(set, { set, host });
    for (const target of set.records.flatMap(({ targets }) => targets)) {
      if (target.kind === "name") {
        visitIf(walk.nextSet(set, target.name), host);
      } else if (target.kind === "resource") {
        model.distributions
          .filter(({ resource }) => resource === target.resource)
          .flatMap(({ origins }) => origins)
          .forEach((origin) => {
            visitIf(walk.publicSet(origin), origin);
          });
      }
    }
  };
  const visitIf = (set: RecordSet | undefined, host: string): void => {
    if (set !== undefined) {
      visit(set, host);
    }
  };
  sets.forEach((set) => {
    visit(set, claim.hostname);
  });
  return [...chosen.values()];
}

/** A record among others stays healthy though what it leads to is dead. */
export const neverLeft: Rule = (proof) =>
  forEachRecord(proof, (service, { set, host }, record) => {
    if (set.records.length < 2 || set.records[0]?.policy === "simple") {
      return [];
    }
    const { verdicts } = proof.scenarios;
    const { path } = service.claim;
    const [place] = proof.places;
    if (place === undefined || isLastResort(set, record)) {
      return [];
    }
    const alone = {
      ...set,
      key: `${set.key} ${record.resource.address}`,
      records: [{ ...record, policy: "simple" as const }],
    };
    const served = proof.walk.served(proof.walk.answers(alone, place, { host, path }), path);
    const health = proof.walk.recordHealth(set, record, place);
    const stays = verdicts.and(verdicts.not(served), health);
    const scenarios = promisedIn(proof, verdicts.tables.and(stays.must, service.alive.must));
    return scenarios.length === 0
      ? []
      : [
          about(service, {
            rule: "NEVER-LEFT",
            grade: "broken",
            address: record.resource.address,
            says: `${whenOf(proof, scenarios)}, the record ${nameOf(set, record)} stays healthy, though nothing serves where it leads`,
            remedy:
              record.check === undefined
                ? "Give it a health check, or evaluate the health of its target."
                : "Its health check asks something else than its users: let it ask the same endpoint.",
          }),
        ];
  });

/** The secondary of a failover pair needs no check: it is used when the primary is not healthy, whatever it is. */
function isLastResort(set: RecordSet, record: DnsRecord): boolean {
  return set.records[0]?.policy === "failover" && !record.isPrimary;
}

/** A record that is not healthy although nothing fails. */
export const standbyDead: Rule = (proof) =>
  forEachRecord(proof, (service, { set }, record) => {
    const dead = proof.places.filter((place) => !holdsIn(proof.walk.recordHealth(set, record, place).may, 0));
    return dead.length < proof.places.length || dead.length === 0
      ? []
      : [
          about(service, {
            rule: "STANDBY-DEAD",
            grade: "broken",
            address: record.resource.address,
            says: `the record ${nameOf(set, record)} is not healthy although nothing fails: it takes over nothing`,
            remedy:
              "Its health check fails from the beginning: look at the host and path it asks, and whether it is inverted.",
          }),
        ];
  });

/** A health check that asks a name which is itself led by health. */
export const checkAsks: Rule = (proof) =>
  forEachCheck(proof, (service, check) => {
    if (check.kind !== "endpoint" || check.host === undefined || check.address !== undefined) {
      return [];
    }
    const set = proof.walk.publicSet(check.host);
    const isRouted = set !== undefined && set.records.length > 1 && set.records[0]?.policy !== "simple";
    return isRouted
      ? [
          about(service, {
            rule: "CHECK-ASKS",
            grade: "broken",
            address: check.resource.address,
            says: `the health check asks ${check.host}, whose own answers depend on health: what comes of it cannot be predicted`,
            remedy: "Ask a name that always leads to the one endpoint that the check stands for.",
          }),
        ]
      : [];
  });

/** A health check with too few checkers, or all in one part of the world. */
export const checkBiased: Rule = (proof) =>
  forEachCheck(proof, (service, check) => {
    if (check.kind !== "endpoint" || check.regions.length === 0) {
      return [];
    }
    const continents = new Set(check.regions.map((region) => region.split("-")[0]));
    return check.regions.length >= 3 && continents.size >= 2
      ? []
      : [
          about(service, {
            rule: "CHECK-BIASED",
            grade: "weak",
            address: check.resource.address,
            says: `the health check is asked from ${check.regions.join(", ")} only: more than 18 % of all checkers decide, so a fault between them and the endpoint takes it out`,
            remedy:
              "Ask from at least three regions on two continents, or leave the regions out for all of them.",
          }),
        ];
  });

/** A failover policy without its other half, or with both halves in one place. */
export const failoverPair: Rule = (proof) =>
  proof.services.flatMap((service) =>
    chosenSets(proof, service)
      .filter(({ set }) => set.records[0]?.policy === "failover")
      .flatMap(({ set, host }) => {
        const halves = [true, false].map((isPrimary) =>
          set.records.filter((record) => record.isPrimary === isPrimary),
        );
        const address = set.records[0]?.resource.address ?? "";
        if (halves.some(({ length }) => length === 0)) {
          return [
            about(service, {
              rule: "ONE-SIDED",
              grade: "broken",
              address,
              says: `${set.name} (${set.type}) has a ${halves[0]?.length === 0 ? "secondary" : "primary"} and no other record to fail over`,
              remedy: "Add the other half of the failover pair, or use a simple record.",
            }),
          ];
        }
        const regions = halves.map((records) =>
          regionsBehind(proof, { set, host }, service.claim.path, records),
        );
        const shared = [...(regions[0] ?? [])].filter((region) => regions[1]?.has(region));
        return regions.every(({ size }) => size === 1) && shared.length > 0
          ? [
              about(service, {
                rule: "ONE-REGION",
                grade: "broken",
                address,
                says: `primary and secondary of ${set.name} (${set.type}) both lead to ${shared.join(", ")}: they fail together`,
                remedy: "Lead the secondary to another region.",
              }),
            ]
          : [];
      }),
  );

function regionsBehind(
  { walk, places }: Proof,
  { set, host }: Chosen,
  path: string,
  records: readonly DnsRecord[],
): Set<string> {
  const alone = {
    ...set,
    key: `${set.key} ${records.map(({ resource }) => resource.address).join(" ")}`,
    records: records.map((record) => ({ ...record, policy: "simple" as const })),
  };
  return new Set(
    places
      .flatMap((place) => walk.answers(alone, place, { host, path }))
      .map(({ leaf }) => leaf.region)
      .filter((region) => region !== undefined),
  );
}

/** IPv4 and IPv6 of a name lead to different places. */
export const family: Rule = (proof) =>
  proof.services.flatMap((service) => {
    const ends = (type: string): string[] =>
      [
        ...new Set(
          service.outlooks
            .filter(({ set }) => set.type === type)
            .flatMap(({ answers }) => answers.map(({ leaf }) => leaf.key)),
        ),
      ].sort();
    const [four, six] = [ends("A"), ends("AAAA")];
    return six.length === 0 || four.length === 0 || four.join(" ") === six.join(" ")
      ? []
      : [
          about(service, {
            rule: "FAMILY",
            grade: "broken",
            ...(service.sets[0]?.records[0] === undefined
              ? {}
              : { address: service.sets[0].records[0].resource.address }),
            says: `${service.claim.hostname} leads to other places by IPv6 than by IPv4: they do not fail over alike`,
            remedy: "Give A and AAAA the same records, targets and health checks.",
          }),
        ];
  });

function nameOf(set: RecordSet, { setIdentifier }: DnsRecord): string {
  return `${set.name} (${set.type}${setIdentifier === undefined ? "" : `, ${setIdentifier}`})`;
}

function forEachRecord(
  proof: Proof,
  find: (service: ServiceProof, chosen: Chosen, record: DnsRecord) => readonly Finding[],
): Finding[] {
  return proof.services.flatMap((service) =>
    chosenSets(proof, service).flatMap((chosen) =>
      chosen.set.records.flatMap((record) => find(service, chosen, record)),
    ),
  );
}

function forEachCheck(
  proof: Proof,
  find: (service: ServiceProof, check: HealthCheck) => readonly Finding[],
): Finding[] {
  return proof.services.flatMap((service) => {
    const checks = chosenSets(proof, service)
      .flatMap(({ set }) => set.records)
      .flatMap(({ check }) => (check === undefined ? [] : withChildren(check)));
    const byResource = new Map(checks.map((check) => [check.resource, check]));
    return [...byResource.values()].flatMap((check) => find(service, check));
  });
}

function withChildren(check: HealthCheck): HealthCheck[] {
  return check.kind === "calculated"
    ? [check, ...check.children.flatMap((child) => (child === undefined ? [] : withChildren(child)))]
    : [check];
}
