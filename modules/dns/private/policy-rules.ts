import { closest } from "fastest-levenshtein";

import type { Report } from "../../../core";
import { countryCode, subdivisionCode } from "../../../core/forms";
import type {
  GeoLocation,
  GeolocationRouting,
  GeoPlace,
  GeoproximityRouting,
  IpBasedRouting,
  LatencyRouting,
  RoutingPolicy,
  RoutingTarget,
  WeightedRouting,
} from "../routing-policy";
import { type Branch, type EndpointRegions, branchesOf, endpointsBelow } from "./routing-plan";

/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html */
const limits = { records: 100, geoproximityRecords: 30, weight: 255, bias: 99 };

/** A name of an endpoint or branch: a label of DNS names and an id in the construct tree. */
export const keyPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What to say of a name that breaks {@link keyPattern}. */
export const keyExpected = "be named by lower-case letters, digits and '-', 63 at most";

/** Checks a policy and those below it. `path` is where the user wrote it. */
export function checkPolicy(
  path: string,
  policy: RoutingPolicy,
  endpoints: EndpointRegions,
  report: Report,
): void {
  const branches = branchesOf(policy, endpoints);
  checkKind(path, policy, branches, endpoints, report);
  checkSize(path, policy, branches, report);
  for (const branch of branches) {
    checkTarget(targetPath(path, policy, branch.key), branch.to, endpoints, report);
  }
}

function checkKind(
  path: string,
  policy: RoutingPolicy,
  branches: readonly Branch[],
  endpoints: EndpointRegions,
  report: Report,
): void {
  switch (policy.kind) {
    case "failover":
      checkFailover(path, branches, endpoints, report);
      break;
    case "latency":
      checkLatency(path, policy, branches, report);
      break;
    case "weighted":
      checkWeights(path, policy, report);
      break;
    case "geolocation":
      checkLocations(path, policy, report);
      break;
    case "geoproximity":
      checkPlaces(path, policy, branches, report);
      break;
    case "ip-based":
      checkNetworks(path, policy, branches, report);
      break;
    case "multivalue":
      checkAnswers(path, branches, report);
      break;
    case "simple":
      break;
  }
}

function checkAnswers(path: string, branches: readonly Branch[], report: Report): void {
  reportRepeated(
    branches,
    ({ key }) => key,
    (repeated) => {
      report(
        `${path}.endpoints`,
        "name each endpoint once",
        repeated,
        "remove the repetition: the endpoint's name is the record's set identifier",
      );
    },
  );
}

function checkSize(path: string, policy: RoutingPolicy, branches: readonly Branch[], report: Report): void {
  const property = policy.kind === "multivalue" ? `${path}.endpoints` : `${path}.branches`;
  const badKeys = branches.map(({ key }) => key).filter((key) => !keyPattern.test(key));
  if (badKeys.length > 0 && policy.kind !== "multivalue") {
    report(property, keyExpected, badKeys, "rename the branches");
  }
  if (branches.length === 0) {
    report(property, "hold at least one branch", [], "add one");
  }
  const most = policy.kind === "geoproximity" ? limits.geoproximityRecords : limits.records;
  if (branches.length > most) {
    report(
      property,
      `hold at most ${most} branches under ${policy.kind} routing`,
      branches.length,
      "group some under policies of their own",
    );
  }
}

function checkTarget(path: string, to: RoutingTarget, endpoints: EndpointRegions, report: Report): void {
  if (typeof to !== "string") {
    checkPolicy(path, to, endpoints, report);
    return;
  }
  const names = Object.keys(endpoints);
  if (names.length > 0 && !names.includes(to)) {
    const remedy = to === "" ? `name one of ${names.join(", ")}` : `did you mean "${closest(to, names)}"`;
    report(path, "name an endpoint", to, remedy);
  }
}

function targetPath(path: string, policy: RoutingPolicy, key: string): string {
  switch (policy.kind) {
    case "simple":
      return `${path}.to`;
    case "failover":
      return `${path}.${key}`;
    case "multivalue":
      return `${path}.endpoints`;
    default:
      return `${path}.branches.${key}.to`;
  }
}

function checkFailover(
  path: string,
  branches: readonly Branch[],
  endpoints: EndpointRegions,
  report: Report,
): void {
  const [primary, secondary] = branches.map((branch) => endpointsBelow(branch.to, endpoints));
  const shared = [...(primary ?? [])].filter((endpoint) => endpoint !== "" && secondary?.has(endpoint));
  if (shared.length > 0) {
    report(
      `${path}.secondary`,
      "lead to other endpoints than 'primary'",
      shared,
      "name another endpoint: an endpoint on both sides cannot take over",
    );
  }
}

function checkLatency(
  path: string,
  policy: LatencyRouting,
  branches: readonly Branch[],
  report: Report,
): void {
  const regions = branches.map(({ key, selector, to }) => ({
    key,
    to,
    region: selector.kind === "latency" ? selector.region : undefined,
  }));
  for (const { key } of regions.filter(({ to, region }) => typeof to !== "string" && region === undefined)) {
    report(
      `${path}.branches.${key}.region`,
      "be given for a branch that leads to a policy",
      policy.branches?.[key]?.region,
      "name the region that latency is measured to",
    );
  }
  reportRepeated(
    regions,
    ({ region }) => region,
    (repeated) => {
      report(
        `${path}.branches`,
        "each measure latency to a different region",
        repeated,
        "put endpoints of one region under a policy of their own, such as a weighted one",
      );
    },
  );
}

function checkWeights(path: string, policy: WeightedRouting, report: Report): void {
  const branches = Object.entries(policy.branches);
  for (const [key, { weight }] of branches) {
    if (!Number.isInteger(weight) || weight < 0 || weight > limits.weight) {
      report(
        `${path}.branches.${key}.weight`,
        `be a whole number between 0 and ${limits.weight}`,
        weight,
        "scale the weights: only their ratio counts",
      );
    }
  }
  if (branches.length > 0 && branches.every(([, { weight }]) => weight === 0)) {
    report(
      `${path}.branches`,
      "have a weight above 0 among them",
      Object.fromEntries(branches.map(([key, { weight }]) => [key, weight])),
      "raise one: if all are 0, Route 53 treats them as equal",
    );
  }
}

/** Countries whose parts Route 53 tells apart. */
const dividedCountries: readonly string[] = ["US", "UA"];

function checkLocations(path: string, policy: GeolocationRouting, report: Report): void {
  const branches = Object.entries(policy.branches).map(([key, { location }]) => ({ key, location }));
  for (const { key, location } of branches) {
    checkLocation(`${path}.branches.${key}.location`, location, report);
  }
  reportRepeated(
    branches,
    ({ location }) => JSON.stringify(location),
    (repeated) => {
      report(
        `${path}.branches`,
        "each be for a different location",
        repeated,
        "remove or merge the repetition",
      );
    },
  );
  if (!branches.some(({ location }) => location === "default")) {
    report(
      `${path}.branches`,
      'have one for the location "default"',
      branches.map(({ key }) => key),
      "add it: users that Route 53 cannot locate get no answer without it",
    );
  }
}

function checkLocation(path: string, location: GeoLocation, report: Report): void {
  if (location === "default" || "continent" in location) {
    return;
  }
  if (!countryCode.accepts(location.country)) {
    report(
      `${path}.country`,
      countryCode.expected,
      location.country,
      'write it like "DE"; for all users write the location "default"',
    );
  }
  if (location.subdivision === undefined) {
    return;
  }
  if (!dividedCountries.includes(location.country)) {
    report(
      `${path}.subdivision`,
      `be given for ${dividedCountries.join(" or ")} only`,
      location.subdivision,
      "remove it: Route 53 does not distinguish the subdivisions of other countries",
    );
  } else if (!subdivisionCode.accepts(location.subdivision)) {
    report(
      `${path}.subdivision`,
      subdivisionCode.expected,
      location.subdivision,
      'write the code alone, like "CA" for California',
    );
  }
}

function checkPlaces(
  path: string,
  policy: GeoproximityRouting,
  branches: readonly Branch[],
  report: Report,
): void {
  const places = branches.map(({ key, selector, to }) => ({
    key,
    to,
    place: selector.kind === "geoproximity" ? selector.place : undefined,
    bias: selector.kind === "geoproximity" ? selector.bias : 0,
  }));
  for (const { key, to, place, bias } of places) {
    if (!Number.isInteger(bias) || Math.abs(bias) > limits.bias) {
      report(
        `${path}.branches.${key}.bias`,
        `be a whole number between -${limits.bias} and ${limits.bias}`,
        bias,
        "begin with small steps: the effect grows fast",
      );
    }
    if (place !== undefined) {
      checkPlace(`${path}.branches.${key}.place`, place, report);
    } else if (typeof to !== "string") {
      report(
        `${path}.branches.${key}.place`,
        "be given for a branch that leads to a policy",
        policy.branches?.[key]?.place,
        "give the place of the branch on the map",
      );
    }
  }
  reportRepeated(
    places,
    ({ place }) => place && JSON.stringify(place),
    (repeated) => {
      report(
        `${path}.branches`,
        "each be at a different place",
        repeated,
        "put endpoints of one place under a policy of their own, such as a weighted one",
      );
    },
  );
}

function checkPlace(path: string, place: GeoPlace, report: Report): void {
  if (!("latitude" in place)) {
    return;
  }
  for (const [name, degrees, most] of [
    ["latitude", place.latitude, 90],
    ["longitude", place.longitude, 180],
  ] as const) {
    if (!(Math.abs(degrees) <= most) || Number(degrees.toFixed(2)) !== degrees) {
      report(
        `${path}.${name}`,
        `be between -${most} and ${most} degrees with two decimals at most`,
        degrees,
        "round it: Route 53 takes hundredths of a degree",
      );
    }
  }
}

/** The location that takes users of no other. */
const anywhereElse = "*";

function checkNetworks(
  path: string,
  policy: IpBasedRouting,
  branches: readonly Branch[],
  report: Report,
): void {
  const locations = branches.map(({ key, selector }) => ({
    key,
    location: selector.kind === "ip-based" ? selector.location : "",
  }));
  const known = [...policy.collection.locationNames, anywhereElse];
  for (const { key, location } of locations.filter(({ location }) => !known.includes(location))) {
    report(
      `${path}.branches.${key}.location`,
      "be a location of the collection",
      location,
      `did you mean "${closest(location, known)}"`,
    );
  }
  reportRepeated(
    locations,
    ({ location }) => location,
    (repeated) => {
      report(
        `${path}.branches`,
        "each be for a different location",
        repeated,
        "remove or merge the repetition",
      );
    },
  );
  if (!locations.some(({ location }) => location === anywhereElse)) {
    report(
      `${path}.branches`,
      `have one for the location "${anywhereElse}"`,
      locations.map(({ key }) => key),
      "add it: users from no listed network get no answer without it",
    );
  }
}

/** Calls `say` with the branches whose value another branch before them has. */
function reportRepeated<Each extends { readonly key: string }>(
  branches: readonly Each[],
  valueOf: (branch: Each) => string | undefined,
  say: (repeated: readonly string[]) => void,
): void {
  const values = branches.map(valueOf);
  const repeated = branches.filter(
    (_, position) => values[position] !== undefined && values.indexOf(values[position]) < position,
  );
  if (repeated.length > 0) {
    say(repeated.map(({ key }) => key));
  }
}
