import { type Deaths, deathsOf } from "../outcome";
import type { Outlook, Proof, ServiceProof } from "../proof";
import { holdsIn, isEmpty } from "../truth/table";
import { about, few, type Finding, promisedIn, type Rule, whenOf } from "./finding";

/** A name that has no record leads nobody anywhere. */
export const noName: Rule = ({ services }) =>
  services
    .filter(({ sets }) => sets.length === 0)
    .map((service) =>
      about(service, {
        rule: "NO-NAME",
        grade: "unproved",
        says: `no record of a public zone in these stacks has the name ${service.claim.hostname}`,
        remedy: "Nothing can be said of it here: look at the zone that holds it.",
      }),
    );

/** Users are led to what is dead, though something of the service is alive. */
export const blackHole: Rule = (proof) =>
  proof.services.flatMap((service) => {
    const dead = service.outlooks.map((outlook) => ({ outlook, ...deathsOf(proof, service, outlook) }));
    return [
      ...blackHoles(proof, service, "broken", dead),
      ...blackHoles(
        proof,
        service,
        "unproved",
        dead.map(({ certain, possible, ...rest }) => ({
          ...rest,
          certain: proof.scenarios.verdicts.tables.and(
            possible,
            proof.scenarios.verdicts.tables.not(certain),
          ),
          possible,
        })),
      ),
    ];
  });

function blackHoles(
  proof: Proof,
  service: ServiceProof,
  grade: "broken" | "unproved",
  deaths: readonly (Deaths & { readonly outlook: Outlook })[],
): Finding[] {
  const hit = deaths
    .map((death) => ({ ...death, scenarios: promisedIn(proof, death.certain) }))
    .filter(({ scenarios }) => scenarios.length > 0);
  if (hit.length === 0) {
    return [];
  }
  const scenarios = [...new Set(hit.flatMap((each) => each.scenarios))].sort((left, right) => left - right);
  const places = few(hit.map(({ outlook }) => outlook.place.key));
  const dead = hit
    .flatMap((death) => death.ends)
    .filter(({ led }) => scenarios.some((scenario) => holdsIn(led.may, scenario)));
  const ends = few(dead.map(({ answer }) => answer.leaf.says));
  const record = dead[0]?.answer.records.at(-1)?.resource.address;
  const verb = grade === "broken" ? "are led" : "may be led";
  return [
    about(service, {
      rule: "BLACK-HOLE",
      grade,
      ...(record === undefined ? {} : { address: record }),
      says:
        `${whenOf(proof, scenarios)}, users of ${service.claim.hostname} ${verb} to what does not serve there ` +
        `(${ends}), though another copy does; clients: ${places}`,
      remedy:
        "Give the record a health check that fails with what it leads to, and another record that these clients are led to instead: for geolocation, a default that leads to more than one region.",
    }),
  ];
}

/** Nothing of a service is left, though the environment promises to survive that. */
export const lastCopy: Rule = (proof) =>
  proof.services
    .filter(({ sets }) => sets.length > 0)
    .flatMap((service) => {
      const dead = promisedIn(proof, proof.scenarios.verdicts.tables.not(service.alive.may));
      return dead.length === 0
        ? []
        : [
            about(service, {
              rule: "LAST-COPY",
              grade: "broken",
              ...(service.copies[0] === undefined ? {} : { address: service.copies[0].resource.address }),
              says: `${whenOf(proof, dead)}, no copy of ${service.claim.name} is left`,
              remedy: "Run it in another region, or promise less with recovery.survives.",
            }),
          ];
    });

/** Route 53 has no answer for some clients: a geolocation policy without a default. */
export const noAnswer: Rule = ({ services }) =>
  services.flatMap((service) => {
    const without = service.outlooks.filter(({ answers }) =>
      answers.some(({ leaf, when }) => leaf.key === "nothing" && !isEmpty(when.may)),
    );
    const [first] = without;
    return first === undefined
      ? []
      : [
          about(service, {
            rule: "NO-ANSWER",
            grade: "broken",
            ...(first.set.records[0] === undefined ? {} : { address: first.set.records[0].resource.address }),
            says: `clients of ${few(without.map(({ place }) => place.key))} get no answer for ${service.claim.hostname}, whatever is alive`,
            remedy: "Add a record for the default location (country `*`).",
          }),
        ];
  });

/** Names that stand for each other in a circle. */
export const loop: Rule = ({ walk }) =>
  [...walk.loops].map((set) => ({
    rule: "LOOP",
    grade: "broken",
    ...(set.records[0] === undefined ? {} : { address: set.records[0].resource.address }),
    says: `the records of ${set.name} lead back to themselves`,
    remedy: "Let one of them lead to a load balancer, an accelerator or an address.",
  }));

/** A region that can serve, and is never an answer. */
export const idle: Rule = ({ services, leaves }) =>
  services.flatMap((service) =>
    service.copies
      .filter((copy) =>
        service.outlooks.every(({ answers }) =>
          answers.every(
            ({ leaf, host, when }) =>
              isEmpty(when.may) || !leaves.copiesAt(leaf, host, service.claim.path).includes(copy),
          ),
        ),
      )
      .map((copy) =>
        about(service, {
          rule: "IDLE",
          grade: "weak",
          address: copy.resource.address,
          says: `${copy.name} in ${copy.region} is no answer in any case: it is paid for and saves nobody`,
          remedy: "Add a record that leads there, or take the region out of the service.",
        }),
      ),
  );
