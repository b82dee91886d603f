import type { Capability } from "../capability";
import { addDnsFirewall } from "./dns-firewall";

/** What networks may look up. */
export const dnsFirewall: Capability = {
  noun: "dns-firewall",
  network: ({ scope, environment, network }) => {
    addDnsFirewall(scope, environment, network);
  },
};
