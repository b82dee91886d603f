import {
  account,
  found,
  jsonService,
  listAt,
  objectAt,
  omit,
  pick,
  randomHex,
  required,
  Store,
  Tags,
  textsAt,
  type Context,
  type JsonObject,
  type JsonOperation,
  type StandIn,
} from "../../toolkit";
import { dnsFirewallOperations, refuseProtected } from "./dns-firewall";

const invalid = "ValidationException";
const notFound = "ResourceNotFoundException";

/** A kind of resource whose record is its input and a few generated fields. */
interface Kind {
  /** Field of the answer that holds the resource. */
  readonly field: string;
  /** First part of the resource's ARN. */
  readonly arnPart: string;
  /** First part of the id. */
  readonly idPart: string;
  /** Status of a resource that is ready. */
  readonly status: string;
  /** Fields that are taken over from the input. */
  readonly fields: readonly string[];
  /** Fields of other kinds that this one does not have. */
  readonly lacks: readonly string[];
  /** Fields that the input must have. */
  readonly required: readonly string[];
  /** Names of the operations. */
  readonly create: string;
  readonly read: string;
  readonly remove: string;
  readonly update?: string;
  /** Field of the input that names the resource in the other operations. */
  readonly idField: string;
}

const kinds: readonly Kind[] = [
  {
    field: "FirewallDomainList",
    arnPart: "firewall-domain-list",
    idPart: "rslvr-fdl",
    status: "COMPLETE",
    fields: ["Name"],
    lacks: ["OwnerId", "ShareStatus", "MutationProtection"],
    required: ["Name"],
    create: "CreateFirewallDomainList",
    read: "GetFirewallDomainList",
    remove: "DeleteFirewallDomainList",
    idField: "FirewallDomainListId",
  },
  {
    field: "FirewallRuleGroup",
    arnPart: "firewall-rule-group",
    idPart: "rslvr-frg",
    status: "COMPLETE",
    fields: ["Name"],
    lacks: ["MutationProtection"],
    required: ["Name"],
    create: "CreateFirewallRuleGroup",
    read: "GetFirewallRuleGroup",
    remove: "DeleteFirewallRuleGroup",
    idField: "FirewallRuleGroupId",
  },
  {
    field: "FirewallRuleGroupAssociation",
    arnPart: "firewall-rule-group-association",
    idPart: "rslvr-frgassoc",
    status: "COMPLETE",
    fields: ["FirewallRuleGroupId", "VpcId", "Name", "Priority", "MutationProtection"],
    lacks: ["OwnerId", "ShareStatus"],
    required: ["FirewallRuleGroupId", "VpcId", "Name", "Priority"],
    create: "AssociateFirewallRuleGroup",
    read: "GetFirewallRuleGroupAssociation",
    remove: "DisassociateFirewallRuleGroup",
    update: "UpdateFirewallRuleGroupAssociation",
    idField: "FirewallRuleGroupAssociationId",
  },
  {
    field: "ResolverQueryLogConfig",
    arnPart: "resolver-query-log-config",
    idPart: "rslvr-qlc",
    status: "CREATED",
    fields: ["Name", "DestinationArn"],
    lacks: ["ModificationTime", "MutationProtection"],
    required: ["Name", "DestinationArn"],
    create: "CreateResolverQueryLogConfig",
    read: "GetResolverQueryLogConfig",
    remove: "DeleteResolverQueryLogConfig",
    idField: "ResolverQueryLogConfigId",
  },
  {
    field: "ResolverQueryLogConfigAssociation",
    arnPart: "resolver-query-log-config-association",
    idPart: "rslvr-qlcassoc",
    status: "ACTIVE",
    fields: ["ResolverQueryLogConfigId", "ResourceId"],
    lacks: ["Arn", "OwnerId", "ShareStatus", "ModificationTime", "MutationProtection"],
    required: ["ResolverQueryLogConfigId", "ResourceId"],
    create: "AssociateResolverQueryLogConfig",
    read: "GetResolverQueryLogConfigAssociation",
    remove: "",
    idField: "ResolverQueryLogConfigAssociationId",
  },
];

/**
 * Route 53 Resolver: query logging, DNS Firewall, the protocols of end points and changes of rules.
 * End points and rules are moto's otherwise.
 */
export function route53Resolver(): StandIn {
  const tags = new Tags();
  const owned = new Map<string, Store<JsonObject>>(
    kinds.map((kind) => [kind.field, new Store<JsonObject>()]),
  );
  const store = (field: string) => owned.get(field) ?? new Store<JsonObject>();
  return jsonService({
    service: "route53resolver",
    complete: false,
    operations: {
      ...Object.fromEntries(
        kinds.flatMap((kind) => Object.entries(kindOperations(kind, store(kind.field), tags))),
      ),
      DisassociateResolverQueryLogConfig: (input, { region }) => {
        const associations = store("ResolverQueryLogConfigAssociation").in(region);
        const entry = [...associations].find(
          ([, each]) =>
            each.ResolverQueryLogConfigId === input.ResolverQueryLogConfigId &&
            each.ResourceId === input.ResourceId,
        );
        const [id, association] = found(entry, notFound, "the association does not exist");
        associations.delete(id);
        return { ResolverQueryLogConfigAssociation: { ...association, Status: "DELETING" } };
      },
      ...dnsFirewallOperations(store),
      ...endpointOperations(),
      ...resolverRuleOperations(),
      ...ownTagOperations(tags),
    },
  });
}

function kindOperations(kind: Kind, store: Store<JsonObject>, tags: Tags): Record<string, JsonOperation> {
  const at = (region: string, input: JsonObject) => {
    const id = String(input[kind.idField]);
    return found(store.in(region).get(id), notFound, `${kind.field} with ID '${id}' does not exist`);
  };
  return {
    [kind.create]: (input, context) => {
      required(input, invalid, ...kind.required);
      const Id = `${kind.idPart}-${randomHex(17)}`;
      const now = new Date().toISOString();
      const Arn = context.arn("route53resolver", `${kind.arnPart}/${Id}`);
      const common = {
        ...{ Id, Arn, OwnerId: account, ShareStatus: "NOT_SHARED", Status: kind.status },
        ...{ CreationTime: now, ModificationTime: now, MutationProtection: "DISABLED" },
      };
      const resource: JsonObject = {
        ...omit(common, ...kind.lacks),
        ...pick(input, "CreatorRequestId", ...kind.fields),
      };
      store.in(context.region).set(Id, resource);
      tags.addList(Arn, listAt(input, "Tags"));
      return { [kind.field]: resource };
    },
    [kind.read]: (input, { region }) => ({ [kind.field]: at(region, input) }),
    [kind.remove]: (input, { region }) => {
      const resource = at(region, input);
      refuseProtected(resource, input);
      store.in(region).delete(String(resource.Id));
      tags.drop(String(resource.Arn));
      return { [kind.field]: { ...resource, Status: "DELETING" } };
    },
    [kind.update ?? ""]: (input, { region }) => {
      refuseProtected(at(region, input), input);
      const resource = { ...at(region, input), ...pick(input, ...kind.fields) };
      store.in(region).set(String(resource.Id), resource);
      return { [kind.field]: resource };
    },
  };
}

function endpointOperations(): Record<string, JsonOperation> {
  const protocols = new Map<string, string[]>();
  const complete = (endpoint: JsonObject): JsonObject => ({
    ...endpoint,
    Protocols: protocols.get(String(endpoint.Id)) ?? ["Do53"],
  });
  const passOn = (action: string): JsonOperation => {
    return async (input, context) => {
      const endpoint = objectAt(await context.motoJson(action, input), "ResolverEndpoint");
      if (Array.isArray(input.Protocols)) {
        protocols.set(String(endpoint.Id), textsAt(input, "Protocols"));
      }
      return { ResolverEndpoint: complete(endpoint) };
    };
  };
  return {
    CreateResolverEndpoint: passOn("CreateResolverEndpoint"),
    GetResolverEndpoint: passOn("GetResolverEndpoint"),
    // moto would take the name away from an end point whose update does not name it.
    UpdateResolverEndpoint: (input, context) =>
      passOn(input.Name === undefined ? "GetResolverEndpoint" : "UpdateResolverEndpoint")(input, context),
    ListResolverEndpoints: async (input, context) => {
      const output = await context.motoJson("ListResolverEndpoints", input);
      return { ...output, ResolverEndpoints: listAt(output, "ResolverEndpoints").map(complete) };
    },
  };
}

/** moto cannot change a rule, so that changes are laid over what it says. */
function resolverRuleOperations(): Record<string, JsonOperation> {
  const changes = new Map<string, JsonObject>();
  const complete = (rule: JsonObject): JsonObject => ({ ...rule, ...changes.get(String(rule.Id)) });
  const read: JsonOperation = async ({ ResolverRuleId }, context) => {
    const output = await context.motoJson("GetResolverRule", { ResolverRuleId });
    return { ResolverRule: complete(objectAt(output, "ResolverRule")) };
  };
  return {
    GetResolverRule: read,
    UpdateResolverRule: (input, context) => {
      const { ResolverRuleId } = required(input, invalid, "ResolverRuleId", "Config");
      const config = pick(objectAt(input, "Config"), "Name", "TargetIps", "ResolverEndpointId");
      changes.set(ResolverRuleId, { ...changes.get(ResolverRuleId), ...config });
      return read(input, context);
    },
    ListResolverRules: async (input, context) => {
      const output = await context.motoJson("ListResolverRules", input);
      return { ...output, ResolverRules: listAt(output, "ResolverRules").map(complete) };
    },
  };
}

/** moto knows tags of end points and rules only. */
function ownTagOperations(tags: Tags): Record<string, JsonOperation> {
  const isOwn = (input: JsonObject) =>
    kinds.some(({ arnPart }) => String(input.ResourceArn).includes(`:${arnPart}/`));
  const either = (action: string, own: (input: JsonObject) => unknown): JsonOperation => {
    return (input: JsonObject, context: Context) =>
      isOwn(input) ? own(input) : context.motoJson(action, input);
  };
  return {
    ListTagsForResource: either("ListTagsForResource", (input) => ({
      Tags: tags.list(String(input.ResourceArn)),
    })),
    TagResource: either("TagResource", (input) => {
      tags.addList(String(input.ResourceArn), listAt(input, "Tags"));
    }),
    UntagResource: either("UntagResource", (input) => {
      tags.remove(String(input.ResourceArn), textsAt(input, "TagKeys"));
    }),
  };
}
