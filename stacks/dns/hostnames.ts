import type { Environment, Service } from "../../environments";

/** The name of one region's copy of a service, which health checks ask: `web.eu-west-1.example.com`. */
export function regionalHostname(
  { domain }: { readonly domain: Pick<Environment["domain"], "name"> },
  { routing: { subdomain } }: { readonly routing: Pick<Service["routing"], "subdomain"> },
  region: string,
): string {
  const regionDomain = `${region}.${domain.name}`;
  return subdomain === "@" ? regionDomain : `${subdomain}.${regionDomain}`;
}

/** The names that services share, whatever the region: the domain and what is one label below it. */
export function sharedCertificateNames({ domain }: Environment): readonly [string, string] {
  return [domain.name, `*.${domain.name}`];
}

/** The names of services that only the networks reach. */
export function privateCertificateName(zone: string): string {
  return `*.${zone}`;
}

/** The names of the copies in one region. */
export function regionalCertificateName({ domain }: Environment, region: string): string {
  return `*.${region}.${domain.name}`;
}
