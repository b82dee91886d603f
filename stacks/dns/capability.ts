import type { Capability } from "../capability";
import { addDnsAlarms } from "./dns-alarms";

/** The names of services. Their records stand in the edge itself, since they are what it is for. */
export const dns: Capability = {
  noun: "dns",
  edge: ({ scope, environment, zone, healthCheckIds, providerIn }) => {
    addDnsAlarms(scope, { environment, zone, healthCheckIds, providerIn });
  },
};
