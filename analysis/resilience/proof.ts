import type { SynthesizedOutput } from "../diff";
import { Leaves } from "./leaves";
import { modelOf, type Model } from "./model/entries";
import type { Copy } from "./model/compute";
import type { RecordSet } from "./model/dns";
import { Program } from "./model/program";
import { type Place, placesOf } from "./places";
import { Scenarios } from "./scenarios";
import { Seconds } from "./seconds";
import type { Verdict } from "./truth/verdict";
import { type Answer, Walk } from "./walk";

/** What somebody promises of a service. */
export interface ServiceClaim {
  readonly name: string;
  /** The name that its users ask for. */
  readonly hostname: string;
  /** The path that tells whether it serves. */
  readonly path: string;
  /**
   * Tasks that carry the peak, in all regions together.
   *
   * @default - not promised, so whether capacity holds is not proved
   */
  readonly peakTasks?: number;
}

/** What is promised, and has to be proved. */
export interface Claims {
  /** Seconds until new connections avoid what failed. */
  readonly rtoSeconds: number;
  /** Regions that may be lost at once. */
  readonly survives: number;
  readonly services: readonly ServiceClaim[];
}

/** What clients of a place get of a name. */
export interface Outlook {
  readonly set: RecordSet;
  readonly place: Place;
  readonly answers: readonly Answer[];
}

/** What is known of a service under all scenarios. */
export interface ServiceProof {
  readonly claim: ServiceClaim;
  /** The record sets of its name: of IPv4, IPv6, or the name that it stands for. */
  readonly sets: readonly RecordSet[];
  /** What the clients of each place and address family get. */
  readonly outlooks: readonly Outlook[];
  readonly copies: readonly Copy[];
  /** Where anything of it serves. */
  readonly alive: Verdict;
}

/** Everything that rules look at. */
export interface Proof {
  readonly claims: Claims;
  readonly model: Model;
  readonly scenarios: Scenarios;
  readonly places: readonly Place[];
  readonly leaves: Leaves;
  readonly walk: Walk;
  readonly seconds: Seconds;
  readonly services: readonly ServiceProof[];
}

/**
 * Works out what users get in every scenario, from the synthesized stacks alone.
 *
 * @param output - all stacks of the environment, by name.
 */
export function prove(output: SynthesizedOutput, claims: Claims): Proof {
  const program = new Program(output);
  const model = modelOf(program);
  const regions = [...new Set(model.copies.map(({ region }) => region))].sort();
  const scenarios = new Scenarios(
    {
      regions,
      zones: zonesOf(model),
      services: model.copies.map(({ name, region }) => ({ service: name, region })),
      accelerators: model.accelerators.map(({ name }) => name),
    },
    claims.survives,
  );
  const places = placesOf(model.sets, regions);
  const leaves = new Leaves(model, scenarios);
  const walk = new Walk(model, scenarios, leaves, places);
  return {
    claims,
    model,
    scenarios,
    places,
    leaves,
    walk,
    seconds: new Seconds(model, walk, leaves, places),
    services: claims.services.map((claim) => serviceProof(claim, { model, scenarios, places, leaves, walk })),
  };
}

function serviceProof(
  claim: ServiceClaim,
  {
    model,
    scenarios,
    places,
    leaves,
    walk,
  }: Pick<Proof, "model" | "scenarios" | "places" | "leaves" | "walk">,
): ServiceProof {
  const { hostname: host, path } = claim;
  const sets = model.sets.filter(({ name, isPrivate }) => name === host.toLowerCase() && !isPrivate);
  const outlooks = sets.flatMap((set) =>
    places.map((place) => ({ set, place, answers: walk.answers(set, place, { host, path }) })),
  );
  const answers = outlooks.flatMap((outlook) => outlook.answers);
  const reached = new Map(answers.map((answer) => [`${answer.leaf.key} ${answer.host}`, answer]));
  return {
    claim,
    sets,
    outlooks,
    copies: [
      ...new Set([...reached.values()].flatMap((answer) => leaves.copiesAt(answer.leaf, answer.host, path))),
    ],
    alive: scenarios.verdicts.or(
      ...[...reached.values()].map((answer) => leaves.alive(answer.leaf, answer.host, path)),
    ),
  };
}

/** The zones that anything runs in, by region. */
function zonesOf({ copies, balancers }: Model): Record<string, readonly string[]> {
  const zones: Record<string, Set<string>> = {};
  for (const each of [...copies, ...balancers]) {
    each.zones.forEach((zone) => (zones[each.region] ??= new Set()).add(zone));
  }
  return Object.fromEntries(Object.entries(zones).map(([region, names]) => [region, [...names].sort()]));
}
