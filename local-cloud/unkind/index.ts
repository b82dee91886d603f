import { certificateUse } from "./certificate-use";
import { eventualConsistency } from "./consistency";
import { darkRegion } from "./dark-region";
import type { Interference } from "./interference";
import { missingLinkedRole } from "./linked-roles";
import { quotas } from "./quotas";
import { refusals } from "./refusals";
import { silence } from "./silence";
import type { Unkindness } from "./switches";

export type { Interference } from "./interference";
export { switches, switchesNamed, Unkindness, UnknownSwitches } from "./switches";
export type { Switch } from "./switches";

/** What happens to calls of any service, each as far as its switch is on. */
export function interferences(unkind: Unkindness): Interference[] {
  return [
    silence(unkind),
    darkRegion(unkind),
    refusals(unkind),
    eventualConsistency(unkind),
    quotas(unkind),
    missingLinkedRole(unkind),
    certificateUse(unkind),
  ];
}
