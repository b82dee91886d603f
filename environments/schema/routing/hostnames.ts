import type { Environment } from "../environment";
import type { Finding } from "../checks/finding";

/**
 * The first name of a certificate.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
 */
const longestCertificateName = 64;

/** The names of services are short enough for their certificates; a name cannot be cut as a resource's can. */
export function checkHostnames({ domain, services }: Environment): Finding[] {
  return Object.entries(services)
    .filter(([, { routing }]) => routing.hostname.length > longestCertificateName)
    .map(([name, { routing }]) => ({
      property: `services.${name}.routing.subdomain`,
      expected: `leave '${routing.hostname}' at most ${longestCertificateName} characters, a certificate's limit`,
      got: routing.subdomain,
      remedy: hostnameRemedy(longestCertificateName - domain.name.length - 1),
    }));
}

function hostnameRemedy(room: number): string {
  return room > 0 ? `shorten it to ${room} characters` : "choose a shorter domain";
}
