import { ServiceError } from "../../answer";
import {
  account,
  found,
  pick,
  randomHex,
  required,
  Store,
  textsAt,
  type JsonObject,
  type JsonOperation,
} from "../../toolkit";

const invalid = "ValidationException";
const notFound = "ResourceNotFoundException";

/** Domains that AWS takes in one request. */
const domainsOfRequest = 1_000;

/** What DNS Firewall holds beside the lists, groups and associations of the given stores, by their field. */
export function dnsFirewallOperations(
  store: (field: string) => Store<JsonObject>,
): Record<string, JsonOperation> {
  return {
    ...domainOperations(store("FirewallDomainList")),
    ...ruleOperations(),
    ...configOperations(),
  };
}

/** Refuses to change or remove an association that is protected, except to take the protection away. */
export function refuseProtected(resource: JsonObject, input: JsonObject): void {
  if (resource.MutationProtection === "ENABLED" && input.MutationProtection !== "DISABLED") {
    throw new ServiceError(
      invalid,
      "[RSLVR-02307] The DNS Firewall rule group association is under mutation protection. Remove the mutation protection and try again.",
    );
  }
}

function domainOperations(lists: Store<JsonObject>): Record<string, JsonOperation> {
  const domains = new Map<string, Set<string>>();
  return {
    UpdateFirewallDomains: (input, { region }) => {
      const id = String(input.FirewallDomainListId);
      const list = found(lists.in(region).get(id), notFound, `firewall domain list '${id}' does not exist`);
      if (textsAt(input, "Domains").length > domainsOfRequest) {
        throw new ServiceError(invalid, `a request holds at most ${domainsOfRequest} domains`);
      }
      const current =
        input.Operation === "REPLACE" ? new Set<string>() : (domains.get(id) ?? new Set<string>());
      for (const domain of textsAt(input, "Domains").map(rooted)) {
        if (input.Operation === "REMOVE") {
          current.delete(domain);
        } else {
          current.add(domain);
        }
      }
      domains.set(id, current);
      lists.in(region).set(id, { ...list, DomainCount: current.size });
      return { Id: id, Name: list.Name, Status: "COMPLETE" };
    },
    ListFirewallDomains: (input) => ({
      Domains: [...(domains.get(String(input.FirewallDomainListId)) ?? [])],
    }),
  };
}

const ruleFields = [
  ...[
    "FirewallRuleGroupId",
    "FirewallDomainListId",
    "FirewallThreatProtectionId",
    "Name",
    "Priority",
    "Action",
  ],
  ...["BlockResponse", "BlockOverrideDomain", "BlockOverrideDnsType", "BlockOverrideTtl"],
  ...[
    "FirewallDomainRedirectionAction",
    "Qtype",
    "DnsThreatProtection",
    "ConfidenceThreshold",
    "CreatorRequestId",
  ],
];

function ruleOf(input: JsonObject): JsonObject {
  const rule = pick(input, ...ruleFields);
  const { BlockOverrideDomain: domain } = rule;
  return typeof domain === "string" ? { ...rule, BlockOverrideDomain: rooted(domain) } : rule;
}

/** AWS gives domains back with the dot of the root. */
function rooted(domain: string): string {
  return domain.endsWith(".") ? domain : `${domain}.`;
}

function ruleOperations(): Record<string, JsonOperation> {
  const rules = new Store<JsonObject>();
  const key = (input: JsonObject) =>
    [
      input.FirewallRuleGroupId,
      input.FirewallDomainListId,
      input.FirewallThreatProtectionId,
      input.Qtype,
    ].join("/");
  const at = (region: string, input: JsonObject) =>
    found(rules.in(region).get(key(input)), notFound, "the firewall rule does not exist");
  const refuseTaken = (region: string, input: JsonObject) => {
    const { FirewallRuleGroupId, Priority } = input;
    const other = [...rules.in(region)].find(
      ([id, rule]) =>
        id !== key(input) && rule.FirewallRuleGroupId === FirewallRuleGroupId && rule.Priority === Priority,
    );
    if (other !== undefined) {
      throw new ServiceError(invalid, `the rule group has a rule of priority ${String(Priority)} already`);
    }
  };
  return {
    CreateFirewallRule: (input, { region }) => {
      required(input, invalid, "FirewallRuleGroupId", "Name", "Priority", "Action");
      refuseTaken(region, input);
      const rule = {
        FirewallDomainRedirectionAction: "INSPECT_REDIRECTION_DOMAIN",
        ...ruleOf(input),
      };
      rules.in(region).set(key(input), rule);
      return { FirewallRule: rule };
    },
    UpdateFirewallRule: (input, { region }) => {
      const rule = { ...at(region, input), ...ruleOf(input) };
      refuseTaken(region, rule);
      rules.in(region).set(key(input), rule);
      return { FirewallRule: rule };
    },
    DeleteFirewallRule: (input, { region }) => {
      const rule = at(region, input);
      rules.in(region).delete(key(input));
      return { FirewallRule: rule };
    },
    ListFirewallRules: (input, { region }) => ({
      FirewallRules: [...rules.in(region).values()].filter(
        (rule) => rule.FirewallRuleGroupId === input.FirewallRuleGroupId,
      ),
    }),
  };
}

function configOperations(): Record<string, JsonOperation> {
  const configs = new Store<JsonObject>();
  const at = (region: string, ResourceId: string): JsonObject => {
    const config = configs.in(region).get(ResourceId) ?? {
      Id: `rslvr-fc-${randomHex(17)}`,
      ResourceId,
      OwnerId: account,
      FirewallFailOpen: "DISABLED",
    };
    configs.in(region).set(ResourceId, config);
    return config;
  };
  return {
    GetFirewallConfig: (input, { region }) => ({ FirewallConfig: at(region, String(input.ResourceId)) }),
    UpdateFirewallConfig: (input, { region }) => {
      const ResourceId = String(input.ResourceId);
      const config = { ...at(region, ResourceId), FirewallFailOpen: input.FirewallFailOpen };
      configs.in(region).set(ResourceId, config);
      return { FirewallConfig: config };
    },
    ListFirewallConfigs: (_input, { region }) => ({ FirewallConfigs: [...configs.in(region).values()] }),
  };
}
