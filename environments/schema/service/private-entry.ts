import type { Environment } from "../environment";
import type { Service } from "./settings";
import type { Finding } from "../checks/finding";

/** What keeps a service from being entered by the networks alone. */
const obstacles: readonly {
  readonly property: string;
  readonly isThere: (service: Service, environment: Environment) => boolean;
  readonly expected: (environment: Environment) => string;
  readonly got: (service: Service, environment: Environment) => unknown;
  readonly remedy: string;
}[] = [
  {
    property: "routing.entry",
    isThere: (_, { privateDns }) => privateDns === undefined,
    expected: () => "not be 'private' in an environment without a private zone, which its name is in",
    got: ({ routing }) => routing.entry,
    remedy: "give the environment a zone in 'privateDns.zone', or choose another entry",
  },
  {
    property: "routing.entry",
    isThere: ({ runtimes }, { privateDns, domain }) =>
      runtimes.fargate !== undefined &&
      privateDns !== undefined &&
      !privateDns.zone.endsWith(`.${domain.name}`),
    expected: ({ domain }) =>
      `be 'private' only where 'privateDns.zone' is below ${domain.name}, in which its certificate is validated`,
    got: (_, { privateDns }) => privateDns?.zone,
    remedy: "choose a zone such as 'internal' below the domain, or another entry",
  },
  {
    property: "routing.subdomain",
    isThere: ({ routing }) => routing.subdomain === "@",
    expected: () => "not be '@' behind a private entry, because no certificate covers the zone's own name",
    got: ({ routing }) => routing.subdomain,
    remedy: "choose a name below the zone",
  },
  {
    property: "routing.policy",
    isThere: ({ routing }) => routing.policy !== "latency",
    expected: () => "be 'latency' behind a private entry, because a network reaches only its own region",
    got: ({ routing: { policy } }) => (typeof policy === "object" ? policy.kind : policy),
    remedy: "leave it out, or choose another entry",
  },
  {
    property: "runtime",
    isThere: ({ runtimes }) => Object.keys(runtimes).length > 1,
    expected: () =>
      "be one runtime behind a private entry, because App Runner answers only to its own name of a private service",
    got: ({ runtimes }) => runtimes,
    remedy: "choose 'fargate' or 'app-runner'",
  },
];

/** A private service has a name in a private zone, and a way that DNS can lead there. */
export function checkPrivateEntry(environment: Environment): Finding[] {
  return Object.entries(environment.services)
    .filter(([, { routing }]) => routing.entry === "private")
    .flatMap(([name, service]) =>
      obstacles
        .filter(({ isThere }) => isThere(service, environment))
        .map(({ property, expected, got, remedy }) => ({
          property: `services.${name}.${property}`,
          expected: expected(environment),
          got: got(service, environment),
          remedy,
        })),
    );
}
