import { answered, type Finding } from "./finding";
import { ofType, type Subject } from "./subject";

/** ACM renews 60 days before expiry, so a certificate that comes this close has failed to renew. */
const warningDays = 30;

const dayMilliseconds = 86_400_000;

/** A certificate that users are shown: where, and for which name. */
interface Shown {
  readonly where: string;
  readonly host: string;
  readonly name: string;
}

/**
 * The certificates that users are really shown are good for another month. It sees what no alarm can:
 * certificates that App Runner keeps to itself, in each region, and what an accelerator leads to.
 */
export async function checkServedCertificates(subject: Subject): Promise<readonly Finding[]> {
  // Nothing answers to names in the local cloud.
  if (subject.environment.target === "local-cloud") {
    return [];
  }
  const found = await Promise.all(
    shownTo(subject).map(({ where, host, name }) => {
      const what = `certificate shown for ${name}`;
      return answered({ where, what, permission: `a connection to ${host}, port 443` }, async () => {
        const { expiresAt, distrust } = await subject.servedCertificate(host, name);
        const days = Math.floor((expiresAt.getTime() - subject.now().getTime()) / dayMilliseconds);
        const day = expiresAt.toISOString().slice(0, 10);
        const got = days < 0 ? `it expired on ${day}` : `it expires on ${day}, in ${days} days`;
        return days > warningDays && distrust === undefined
          ? [{ result: "ok", where, what, got }]
          : [
              {
                result: "warn",
                where,
                what,
                got: distrust === undefined ? got : `${got}; clients do not trust it: ${distrust}`,
                remedy:
                  "Its renewal has failed: check whether the validation records of its names are in the zone, and at its status in ACM, or in the custom domains of App Runner.",
              },
            ];
      });
    }),
  );
  return found.flat();
}

/** What stands and is shown: the names of services, and behind each the regions of App Runner. */
function shownTo({ environment, standing }: Subject): Shown[] {
  const records = new Set(ofType(standing, "aws_route53_record").map(({ attributes }) => attributes.name));
  const names = Object.values(environment.services ?? {})
    .filter(({ routing }) => routing.entry !== "private" && records.has(routing.hostname))
    .map(({ routing: { hostname } }) => ({ where: "global", host: hostname, name: hostname }));
  const behind = ofType(standing, "aws_apprunner_custom_domain_association").flatMap(
    ({ region, attributes: { dns_target: host, domain_name: name } }) =>
      typeof host === "string" && typeof name === "string" ? [{ where: region, host, name }] : [],
  );
  return [...names, ...behind];
}
