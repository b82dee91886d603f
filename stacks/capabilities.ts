import type { Capability } from "./capability";
import { dns } from "./dns/capability";
import { dnsFirewall } from "./dns-firewall/capability";
import { privateDns } from "./private-dns/capability";
import { recovery } from "./recovery/capability";
import { registry } from "./registry/capability";
import { services } from "./runtimes/capability";
import { tables } from "./tables/capability";

/** What environments offer, in the order in which every stack adds it. A new noun is one line here. */
export const capabilities: readonly Capability[] = [
  privateDns,
  dnsFirewall,
  registry,
  tables,
  recovery,
  services,
  dns,
];
