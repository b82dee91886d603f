import { pascalCase, type Problem } from "../../../core";
import type { Environment } from "../environment";
import type { Service } from "../service/settings";
import type { Subject } from "./finding";

/** A name that must have one owner. */
interface Claim {
  readonly where: string;
  readonly property: string;
  /** What is claimed, to be read after "a". */
  readonly noun: string;
  /** Where it must be unique, with the value itself. */
  readonly key: string;
  readonly got: unknown;
  /** Who claims it, to be read before "has it". */
  readonly owner: string;
}

/** Names that become one thing in AWS or in the construct tree are given once. */
export function checkDuplicates(subjects: readonly Subject[]): Problem[] {
  const owners = new Map<string, Claim>();
  const problems: Problem[] = [];
  for (const claim of subjects.flatMap(claimsOf)) {
    const first = owners.get(claim.key);
    if (first === undefined) {
      owners.set(claim.key, claim);
      continue;
    }
    problems.push({
      where: claim.where,
      property: claim.property,
      expected: `be a ${claim.noun} that nothing else has`,
      got: claim.got,
      remedy: `choose another; ${first.owner} has it`,
    });
  }
  return problems;
}

function claimsOf({ file, environment }: Subject): Claim[] {
  const owner = `environment '${environment.name}' (${file})`;
  const { bucket } = environment.state;
  const domain = environment.domain;
  const own = [
    {
      property: "name",
      noun: "name",
      key: `environment ${environment.name}`,
      got: environment.name,
      owner: file,
    },
    { property: "state.bucket", noun: "bucket name", key: `bucket ${bucket}`, got: bucket, owner },
    ...(domain.zone === "create"
      ? [
          {
            property: "domain.name",
            noun: "domain to create",
            key: `zone ${domain.name}`,
            got: domain.name,
            owner,
          },
        ]
      : []),
    ...servicesOf(environment, file),
  ];
  return own.map((claim) => ({ where: file, ...claim }));
}

function servicesOf(environment: Environment, file: string): Omit<Claim, "where">[] {
  return Object.entries(environment.services).flatMap(([name, service]) => {
    const path = `services.${name}`;
    const { hostname, regionsHostname, subdomain } = service.routing;
    const hostnames = [...new Set([hostname, regionsHostname])];
    return [
      {
        property: path,
        noun: "name in letters and digits",
        key: `${file} service ${pascalCase(name)}`,
        got: name,
        owner: `service '${name}'`,
      },
      ...hostnames.map((claimed) => ({
        property: `${path}.routing.subdomain`,
        noun: "subdomain",
        key: `host ${claimed}`,
        got: subdomain,
        owner: `service '${name}' of '${environment.name}'`,
      })),
      ...containersOf(`${file} ${path}`, path, name, service),
    ];
  });
}

/** Containers of a task share its network, so their ports must differ as their names do. */
function containersOf(scope: string, path: string, name: string, service: Service): Omit<Claim, "where">[] {
  const main = { name, port: service.port, path, owner: `the service's own container` };
  const beside = service.sidecars.map((sidecar, index) => ({
    name: sidecar.name,
    port: sidecar.port,
    path: `${path}.sidecars.${index}`,
    owner: `sidecar '${sidecar.name}'`,
  }));
  return [main, ...beside].flatMap(({ name: container, port, path: own, owner }) => [
    {
      property: `${own}.name`,
      noun: "container name",
      key: `${scope} container ${container}`,
      got: container,
      owner,
    },
    ...(port === undefined
      ? []
      : [{ property: `${own}.port`, noun: "port", key: `${scope} port ${port}`, got: port, owner }]),
  ]);
}
