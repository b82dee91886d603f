import type { Environment, Service } from "../environments";

/** The name of one region's copy of a service, which health checks ask: `web.eu-west-1.example.com`. */
export function regionalHostname(environment: Environment, service: Service, region: string): string {
  const regionDomain = `${region}.${environment.domain.name}`;
  const { subdomain } = service.routing;
  return subdomain === "@" ? regionDomain : `${subdomain}.${regionDomain}`;
}

/** The names that a region's certificate covers: the services' own, and those of their copy there. */
export function certificateNames(environment: Environment, region: string): string[] {
  const domain = environment.domain.name;
  return [domain, `*.${domain}`, `*.${region}.${domain}`];
}
