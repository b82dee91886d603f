import type { Interference } from "./interference";
import type { Unkindness } from "./switches";

const certificateArn = /arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]+/g;

/** Services that renew the certificates which they are given: https://docs.aws.amazon.com/acm/latest/userguide/acm-services.html */
const users: ReadonlySet<string> = new Set(["elasticloadbalancing", "cloudfront", "apigateway"]);

const usedByCloud = new WeakMap<Unkindness, Set<string>>();

/** ARNs of the certificates that a service was given to use since the cloud began. */
export function usedCertificates(unkind: Unkindness): Set<string> {
  const used = usedByCloud.get(unkind) ?? new Set();
  usedByCloud.set(unkind, used);
  return used;
}

/** Notes which certificates are used: moto keeps no `InUseBy`. One that was used once counts as used for good. */
export function certificateUse(unkind: Unkindness): Interference {
  return {
    before: (call) => {
      if (users.has(call.service)) {
        for (const [arn] of readable(call.body.toString("utf8")).matchAll(certificateArn)) {
          usedCertificates(unkind).add(arn);
        }
      }
    },
  };
}

/** Bodies of the query protocol are escaped as in an address. */
function readable(body: string): string {
  try {
    return decodeURIComponent(body);
  } catch {
    return body;
  }
}
