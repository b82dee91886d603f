import { randomUUID } from "node:crypto";

import { type Answer, ServiceError, xmlAnswer } from "../../answer";
import {
  account,
  type Context,
  found,
  randomHex,
  required,
  type RestOperation,
  restService,
  type StandIn,
  Tags,
} from "../../toolkit";
import { element, members, textOf, texts, type XmlElement } from "../../xml";
import { functionOperations } from "./cloudfront-functions";
import { managedPolicies } from "./cloudfront-managed-policies";
import { checkVersion, newEtag, reply, root, withEtag } from "./cloudfront-replies";

/**
 * CloudFront: distributions (moto forgets most of their settings), policies, functions, key
 * groups, public keys, key value stores, VPC origins and monitoring subscriptions. Origin access
 * controls are moto's.
 */
export function cloudFront(): StandIn {
  const tags = new Tags();
  return restService({
    service: "cloudfront",
    complete: false,
    operations: {
      ...Object.fromEntries(kinds.flatMap((kind) => Object.entries(kindOperations(kind, tags)))),
      ...functionOperations(),
      ...monitoringOperations(),
      ...invalidationOperations(),
      ...tagOperations(tags),
    },
  });
}

/** A kind of resource that consists of the configuration it was given, an id and an ETag. */
interface Kind {
  /** Path below the version. */
  readonly path: string;
  /** Element of the resource, such as `CachePolicy`. */
  readonly name: string;
  /** Element of its configuration. */
  readonly config: string;
  /** Field that the configuration must have, and by which the resource is unique. */
  readonly nameField: string;
  /** Element of the time of the last change. */
  readonly time: string;
  /** Error code for an unknown id. */
  readonly notFound: string;
  /** Whether the list wraps each resource in a summary that tells managed from custom. */
  readonly summary: boolean;
  /** Whether the id is the name. */
  readonly idIsName?: boolean;
  /** Makes an id; a UUID when absent. */
  readonly newId?: () => string;
  /** Why a resource with that configuration cannot be deleted, if so. */
  readonly removable?: (config: XmlElement) => string | undefined;
  /** What CloudFront answers where the configuration says nothing. */
  readonly defaults?: XmlElement;
  /** Fields beside the configuration. */
  readonly extra?: (id: string, config: XmlElement) => Record<string, unknown>;
}

const kinds: readonly Kind[] = [
  {
    path: "distribution",
    name: "Distribution",
    config: "DistributionConfig",
    nameField: "CallerReference",
    time: "LastModifiedTime",
    notFound: "NoSuchDistribution",
    summary: false,
    defaults: {
      CacheBehaviors: { Quantity: "0" },
      CustomErrorResponses: { Quantity: "0" },
      OriginGroups: { Quantity: "0" },
    },
    extra: (id) => ({
      ARN: `arn:aws:cloudfront::${account}:distribution/${id}`,
      Status: "Deployed",
      InProgressInvalidationBatches: 0,
      DomainName: `d${id.toLowerCase()}.cloudfront.net`,
      ActiveTrustedSigners: { Enabled: false, Quantity: 0 },
      ActiveTrustedKeyGroups: { Enabled: false, Quantity: 0 },
    }),
    newId: newEtag,
    removable: (config) =>
      config.Enabled === "true" ? "The distribution must be disabled before it is deleted" : undefined,
  },
  policyKind("cache-policy", "CachePolicy"),
  policyKind("origin-request-policy", "OriginRequestPolicy"),
  policyKind("response-headers-policy", "ResponseHeadersPolicy"),
  {
    path: "key-group",
    name: "KeyGroup",
    config: "KeyGroupConfig",
    nameField: "Name",
    time: "LastModifiedTime",
    notFound: "NoSuchResource",
    summary: true,
  },
  {
    path: "public-key",
    name: "PublicKey",
    config: "PublicKeyConfig",
    nameField: "Name",
    time: "CreatedTime",
    notFound: "NoSuchPublicKey",
    summary: false,
  },
  {
    path: "vpc-origin",
    name: "VpcOrigin",
    config: "VpcOriginEndpointConfig",
    nameField: "Name",
    time: "LastModifiedTime",
    notFound: "EntityNotFound",
    summary: false,
    extra: (id) => ({
      Arn: `arn:aws:cloudfront::${account}:vpcorigin/${id}`,
      AccountId: account,
      Status: "Deployed",
      CreatedTime: "2026-01-01T00:00:00Z",
    }),
  },
  {
    path: "key-value-store",
    name: "KeyValueStore",
    config: "",
    nameField: "Name",
    time: "LastModifiedTime",
    notFound: "EntityNotFound",
    summary: false,
    idIsName: true,
    extra: (id, config) => ({
      Name: config.Name,
      Comment: config.Comment,
      ARN: `arn:aws:cloudfront::${account}:key-value-store/${id}`,
      Status: "READY",
    }),
  },
];

function policyKind(path: string, name: string): Kind {
  return {
    path,
    name,
    config: `${name}Config`,
    nameField: "Name",
    time: "LastModifiedTime",
    notFound: `NoSuch${name}`,
    summary: true,
  };
}

export interface Resource {
  readonly id: string;
  readonly managed: boolean;
  readonly document: Record<string, unknown>;
  readonly config: XmlElement;
  readonly etag: string;
}

function kindOperations(kind: Kind, tags: Tags): Record<string, RestOperation> {
  const resources = new Map<string, Resource>(
    (managedPolicies[kind.path] ?? []).map(({ id, config }) => [id, build(kind, id, config, true)]),
  );
  const at = (id = "") =>
    found(resources.get(id), kind.notFound, `The specified ${kind.name} does not exist: ${id}`, 404);
  const keep = (resource: Resource) => {
    resources.set(kind.idIsName === true ? (textOf(resource.config.Name) ?? "") : resource.id, resource);
    return resource;
  };
  const editable = (id: string | undefined, context: Context): Resource => {
    const resource = at(id);
    if (resource.managed) {
      throw new ServiceError("IllegalUpdate", `The ${kind.name} ${resource.id} is managed by AWS`);
    }
    checkVersion(context, resource.etag);
    return resource;
  };
  const change: RestOperation = ({ path: { id }, xml }, context) => {
    const before = editable(id, context);
    const config = kind.config === "" ? { ...before.config, ...xml } : configOf(kind, xml);
    const resource = keep(build(kind, before.id, config));
    return withEtag(kind.name, resource.document, resource.etag);
  };
  const path = `${root}/${kind.path}`;
  return {
    [`POST ${path}`]: ({ xml }) => {
      const config = configOf(kind, xml);
      const name = required(config, "InvalidArgument", kind.nameField)[kind.nameField];
      if ([...resources.values()].some((each) => each.config[kind.nameField] === name)) {
        throw new ServiceError(
          `${kind.name}AlreadyExists`,
          `A ${kind.name} named ${String(name)} already exists`,
          409,
        );
      }
      const resource = keep(build(kind, (kind.newId ?? randomUUID)(), config));
      tags.addList(arnOf(resource), members(element(element(xml.Tags).Items).Tag).map(element));
      return reply(kind.name, resource.document, 201, {
        etag: resource.etag,
        location: `https://cloudfront.amazonaws.com${path}/${resource.id}`,
      });
    },
    [`GET ${path}`]: ({ query }) => listAnswer(kind, [...resources.values()], query.get("Type")),
    [`GET ${path}/{id}`]: ({ path: { id } }) => withEtag(kind.name, at(id).document, at(id).etag),
    [`GET ${path}/{id}/config`]: ({ path: { id } }) => withEtag(kind.config, at(id).config, at(id).etag),
    [`PUT ${path}/{id}`]: change,
    [`PUT ${path}/{id}/config`]: change,
    [`DELETE ${path}/{id}`]: ({ path: { id } }, context) => {
      const resource = editable(id, context);
      const obstacle = kind.removable?.(resource.config);
      if (obstacle !== undefined) {
        throw new ServiceError(`${kind.name}NotDisabled`, obstacle, 409);
      }
      resources.delete(id ?? "");
      tags.drop(arnOf(resource));
      return xmlAnswer("", 204);
    },
  };
}

/** Most requests have the configuration as their root, some wrap it together with tags. */
function arnOf({ document }: Resource): string {
  return String(document.ARN ?? document.Arn);
}

function configOf(kind: Kind, xml: XmlElement): XmlElement {
  return { ...kind.defaults, ...(kind.config in xml ? element(xml[kind.config]) : xml) };
}

function build(kind: Kind, id: string, config: XmlElement, managed = false): Resource {
  const document = {
    Id: id,
    [kind.time]: managed ? "2020-01-01T00:00:00Z" : new Date().toISOString(),
    ...kind.extra?.(id, config),
    ...(kind.config === "" ? {} : { [kind.config]: config }),
  };
  return { id, managed, document, config, etag: newEtag() };
}

function listAnswer(kind: Kind, resources: readonly Resource[], type: string | null): Answer {
  const chosen = resources.filter(({ managed }) => type === null || (type === "managed") === managed);
  const items = chosen.map((resource) =>
    kind.summary
      ? { Type: resource.managed ? "managed" : "custom", [kind.name]: resource.document }
      : { ...resource.document, ...resource.config },
  );
  const itemName = kind.summary || kind.name !== "KeyValueStore" ? `${kind.name}Summary` : kind.name;
  return reply(`${kind.name}List`, { MaxItems: 1000, Quantity: items.length, Items: { [itemName]: items } });
}

function monitoringOperations(): Record<string, RestOperation> {
  const subscriptions = new Map<string, XmlElement>();
  const path = `${root}/distributions/{id}/monitoring-subscription`;
  return {
    [`POST ${path}`]: ({ path: { id = "" }, xml }) => {
      subscriptions.set(id, xml);
      return reply("MonitoringSubscription", xml);
    },
    [`GET ${path}`]: ({ path: { id = "" } }) =>
      reply(
        "MonitoringSubscription",
        found(
          subscriptions.get(id),
          "NoSuchMonitoringSubscription",
          "The distribution has no subscription",
          404,
        ),
      ),
    [`DELETE ${path}`]: ({ path: { id = "" } }) => {
      subscriptions.delete(id);
      return xmlAnswer("");
    },
  };
}

function invalidationOperations(): Record<string, RestOperation> {
  const invalidations = new Map<string, Record<string, unknown>>();
  const path = `${root}/distribution/{id}/invalidation`;
  return {
    [`POST ${path}`]: ({ path: { id = "" }, xml }) => {
      const Id = `I${randomHex(13).toUpperCase()}`;
      const invalidation = {
        Id,
        Status: "Completed",
        CreateTime: new Date().toISOString(),
        InvalidationBatch: xml,
      };
      invalidations.set(Id, invalidation);
      const location = `https://cloudfront.amazonaws.com${root}/distribution/${id}/invalidation/${Id}`;
      return reply("Invalidation", invalidation, 201, { location });
    },
    [`GET ${path}/{invalidation}`]: ({ path: { invalidation = "" } }) =>
      reply(
        "Invalidation",
        found(invalidations.get(invalidation), "NoSuchInvalidation", "No such invalidation", 404),
      ),
  };
}

function tagOperations(tags: Tags): Record<string, RestOperation> {
  const isOwn = (arn: string | null): arn is string =>
    /:(distribution|vpcorigin|key-value-store)\//.test(arn ?? "");
  return {
    [`GET ${root}/tagging`]: ({ query }) => {
      const arn = query.get("Resource");
      return isOwn(arn) ? reply("Tags", { Items: { Tag: tags.list(arn) } }) : undefined;
    },
    [`POST ${root}/tagging`]: ({ query, xml }) => {
      const arn = query.get("Resource");
      if (!isOwn(arn)) {
        return undefined;
      }
      if (query.get("Operation") === "Untag") {
        tags.remove(arn, texts(element(xml.Items).Key));
      } else {
        tags.addList(arn, members(element(xml.Items).Tag).map(element));
      }
      return xmlAnswer("", 204);
    },
  };
}
