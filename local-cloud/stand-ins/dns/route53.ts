import { randomUUID } from "node:crypto";

import { type Answer, ServiceError } from "../../answer";
import {
  found,
  omit,
  randomHex,
  required,
  type RestOperation,
  restService,
  type StandIn,
} from "../../toolkit";
import { element, members, renderXml, textOf, texts, type XmlElement } from "../../xml";
import { dnssecOperations } from "./route53-dnssec";
import { invalid, reply, space } from "./route53-replies";
import { RoutingControls } from "./routing-controls";

/**
 * Route 53: health checks (moto forgets alarms and several fields), CIDR collections, query
 * logging and DNSSEC. Zones and records are moto's, with two corrections: a zone made with a VPC
 * is private, and answers carry no `ChangeInfo`, because the provider waits 10 to 20 seconds
 * for each change that it is told about, although changes are in effect at once here.
 */
export function route53(controls = new RoutingControls()): StandIn {
  return restService({
    service: "route53",
    complete: false,
    operations: {
      ...healthCheckOperations(controls),
      ...cidrOperations(),
      ...queryLoggingOperations(),
      ...dnssecOperations(),
      ...zoneOperations(),
    },
  });
}

function zoneOperations(): Record<string, RestOperation> {
  const withoutChange: RestOperation = async (_, context) => withoutChangeInfo(await context.moto());
  return {
    "POST /2013-04-01/hostedzone": async ({ xml }, context) => {
      const isPrivate = xml.VPC !== undefined;
      const config = { ...element(xml.HostedZoneConfig), ...(isPrivate ? { PrivateZone: "true" } : {}) };
      const document = renderXml("CreateHostedZoneRequest", { ...xml, HostedZoneConfig: config }, space);
      return withoutChangeInfo(await context.moto({ body: Buffer.from(document) }));
    },
    "DELETE /2013-04-01/hostedzone/{id}": withoutChange,
    "POST /2013-04-01/hostedzone/{id}/rrset": withoutChange,
    "POST /2013-04-01/hostedzone/{id}/associatevpc": withoutChange,
    "POST /2013-04-01/hostedzone/{id}/disassociatevpc": withoutChange,
  };
}

function withoutChangeInfo(answer: Answer): Answer {
  const text = answer.body.toString("utf8").replace(/<ChangeInfo>[\s\S]*?<\/ChangeInfo>/, "");
  return { ...answer, body: Buffer.from(text) };
}

interface HealthCheck {
  readonly id: string;
  readonly callerReference: string;
  config: XmlElement;
  version: number;
}

function healthCheckOperations(controls: RoutingControls): Record<string, RestOperation> {
  const checks = new Map<string, HealthCheck>();
  const tags = new Map<string, Map<string, string>>();
  const at = (id = "") =>
    found(checks.get(id), "NoSuchHealthCheck", `No health check exists with the specified ID ${id}`, 404);
  const describe = ({ id, callerReference, config, version }: HealthCheck) => ({
    Id: id,
    CallerReference: callerReference,
    HealthCheckConfig: config,
    HealthCheckVersion: version,
  });
  return {
    "POST /2013-04-01/healthcheck": ({ xml }) => {
      const config = withDefaults(element(xml.HealthCheckConfig));
      const { CallerReference } = required(xml, invalid, "CallerReference");
      refuseNested(config, checks);
      const check = { id: randomUUID(), callerReference: CallerReference, config, version: 1 };
      checks.set(check.id, check);
      const location = `https://route53.amazonaws.com/2013-04-01/healthcheck/${check.id}`;
      return reply("CreateHealthCheckResponse", { HealthCheck: describe(check) }, 201, { location });
    },
    "GET /2013-04-01/healthcheck": () =>
      reply("ListHealthChecksResponse", {
        HealthChecks: { HealthCheck: [...checks.values()].map(describe) },
        IsTruncated: false,
        MaxItems: 100,
      }),
    "GET /2013-04-01/healthcheckcount": () =>
      reply("GetHealthCheckCountResponse", { HealthCheckCount: checks.size }),
    "GET /2013-04-01/healthcheck/{id}": ({ path }) =>
      reply("GetHealthCheckResponse", { HealthCheck: describe(at(path.id)) }),
    "GET /2013-04-01/healthcheck/{id}/status": ({ path }) => {
      const status = controls.observation(textOf(at(path.id).config.RoutingControlArn) ?? "");
      return reply("GetHealthCheckStatusResponse", {
        HealthCheckObservations: status === undefined ? {} : { HealthCheckObservation: [status] },
      });
    },
    "POST /2013-04-01/healthcheck/{id}": ({ path, xml }) => {
      const check = at(path.id);
      const changes = omit(xml, "HealthCheckVersion", "ResetElements") as XmlElement;
      const reset = new Set(texts(element(xml.ResetElements).ResettableElementName));
      const merged = Object.entries({ ...check.config, ...changes }).filter(([name]) => !reset.has(name));
      check.config = Object.fromEntries(merged);
      check.version += 1;
      return reply("UpdateHealthCheckResponse", { HealthCheck: describe(check) });
    },
    "DELETE /2013-04-01/healthcheck/{id}": ({ path }) => {
      const { id } = at(path.id);
      checks.delete(id);
      tags.delete(id);
      return reply("DeleteHealthCheckResponse", "");
    },
    "GET /2013-04-01/tags/healthcheck/{id}": ({ path }) => {
      const { id } = at(path.id);
      const list = [...(tags.get(id) ?? [])].map(([Key, Value]) => ({ Key, Value }));
      return reply("ListTagsForResourceResponse", {
        ResourceTagSet: { ResourceType: "healthcheck", ResourceId: id, Tags: { Tag: list } },
      });
    },
    "POST /2013-04-01/tags/healthcheck/{id}": ({ path, xml }) => {
      const { id } = at(path.id);
      const own = tags.get(id) ?? new Map<string, string>();
      for (const tag of members(element(xml.AddTags).Tag).map(element)) {
        own.set(textOf(tag.Key) ?? "", textOf(tag.Value) ?? "");
      }
      for (const key of texts(element(xml.RemoveTagKeys).Key)) {
        own.delete(key);
      }
      tags.set(id, own);
      return reply("ChangeTagsForResourceResponse", "");
    },
  };
}

/** Route 53 counts no calculated check in another. */
function refuseNested({ ChildHealthChecks }: XmlElement, checks: ReadonlyMap<string, HealthCheck>): void {
  const nested = texts(element(ChildHealthChecks).ChildHealthCheck).find(
    (id) => checks.get(id)?.config.Type === "CALCULATED",
  );
  if (nested !== undefined) {
    throw new ServiceError(
      invalid,
      `A calculated health check cannot monitor ${nested}, which is calculated`,
    );
  }
}

function withDefaults(config: XmlElement): XmlElement {
  const { Type } = required(config, invalid, "Type");
  const isEndpoint = !["CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"].includes(Type);
  if (isEndpoint && config.IPAddress === undefined && config.FullyQualifiedDomainName === undefined) {
    throw new ServiceError(
      invalid,
      "Invalid parameter: an endpoint health check needs an IP address or a domain name",
    );
  }
  const general = { Inverted: "false", Disabled: "false" };
  const endpoint = {
    RequestInterval: "30",
    FailureThreshold: "3",
    MeasureLatency: "false",
    EnableSNI: "false",
  };
  return { ...general, ...(isEndpoint ? endpoint : {}), ...config };
}

interface CidrCollection {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  version: number;
  readonly locations: Map<string, Set<string>>;
}

function cidrOperations(): Record<string, RestOperation> {
  const collections = new Map<string, CidrCollection>();
  const at = (id = "") =>
    found(
      collections.get(id),
      "NoSuchCidrCollectionException",
      `The CIDR collection ${id} does not exist`,
      404,
    );
  const describe = ({ arn, id, name, version }: CidrCollection) => ({
    Arn: arn,
    Id: id,
    Name: name,
    Version: version,
  });
  return {
    "POST /2013-04-01/cidrcollection": ({ xml }) => {
      const { Name } = required(xml, invalid, "Name", "CallerReference");
      if ([...collections.values()].some(({ name }) => name === Name)) {
        throw new ServiceError(
          "CidrCollectionAlreadyExistsException",
          `A CIDR collection ${Name} already exists`,
        );
      }
      const id = randomUUID();
      const arn = `arn:aws:route53:::cidrcollection/${id}`;
      const collection = { id, arn, name: Name, version: 1, locations: new Map<string, Set<string>>() };
      collections.set(id, collection);
      const location = `https://route53.amazonaws.com/2013-04-01/cidrcollection/${id}`;
      return reply("CreateCidrCollectionResponse", { Collection: describe(collection) }, 201, { location });
    },
    "GET /2013-04-01/cidrcollection": () =>
      reply("ListCidrCollectionsResponse", {
        CidrCollections: { member: [...collections.values()].map(describe) },
      }),
    "POST /2013-04-01/cidrcollection/{id}": ({ path, xml }) => {
      const collection = at(path.id);
      for (const change of members(element(xml.Changes).member).map(element)) {
        changeLocation(collection, change);
      }
      collection.version += 1;
      return reply("ChangeCidrCollectionResponse", { Id: randomHex(14) });
    },
    "GET /2013-04-01/cidrcollection/{id}": ({ path }) =>
      reply("ListCidrLocationsResponse", {
        CidrLocations: {
          member: [...at(path.id).locations.keys()].map((LocationName) => ({ LocationName })),
        },
      }),
    "GET /2013-04-01/cidrcollection/{id}/cidrblocks": ({ path, query }) => {
      const wanted = query.get("location");
      const blocks = [...at(path.id).locations]
        .filter(([name]) => wanted === null || name === wanted)
        .flatMap(([LocationName, cidrs]) => [...cidrs].map((CidrBlock) => ({ CidrBlock, LocationName })));
      return reply("ListCidrBlocksResponse", { CidrBlocks: { member: blocks } });
    },
    "DELETE /2013-04-01/cidrcollection/{id}": ({ path }) => {
      const collection = at(path.id);
      if (collection.locations.size > 0) {
        throw new ServiceError("CidrCollectionInUseException", "The CIDR collection still has locations");
      }
      collections.delete(collection.id);
      return reply("DeleteCidrCollectionResponse", "");
    },
  };
}

function changeLocation({ locations }: CidrCollection, change: XmlElement): void {
  const { LocationName, Action } = required(change, invalid, "LocationName", "Action");
  const cidrs = locations.get(LocationName) ?? new Set<string>();
  for (const cidr of texts(element(change.CidrList).Cidr)) {
    if (Action === "PUT") {
      cidrs.add(cidr);
    } else {
      cidrs.delete(cidr);
    }
  }
  if (cidrs.size > 0) {
    locations.set(LocationName, cidrs);
  } else {
    locations.delete(LocationName);
  }
}

function queryLoggingOperations(): Record<string, RestOperation> {
  const configs = new Map<string, { Id: string; HostedZoneId: string; CloudWatchLogsLogGroupArn: string }>();
  const at = (id = "") =>
    found(configs.get(id), "NoSuchQueryLoggingConfig", "The query logging configuration does not exist", 404);
  return {
    "POST /2013-04-01/queryloggingconfig": ({ xml }) => {
      const fields = required(xml, invalid, "HostedZoneId", "CloudWatchLogsLogGroupArn");
      const config = { Id: randomUUID(), ...fields };
      if (!/^arn:aws[\w-]*:logs:us-east-1:/.test(config.CloudWatchLogsLogGroupArn)) {
        throw new ServiceError(invalid, "The log group of query logging must be in us-east-1");
      }
      if ([...configs.values()].some(({ HostedZoneId }) => HostedZoneId === config.HostedZoneId)) {
        throw new ServiceError(
          "QueryLoggingConfigAlreadyExists",
          "The zone already has a configuration",
          409,
        );
      }
      configs.set(config.Id, config);
      const location = `https://route53.amazonaws.com/2013-04-01/queryloggingconfig/${config.Id}`;
      return reply("CreateQueryLoggingConfigResponse", { QueryLoggingConfig: config }, 201, { location });
    },
    "GET /2013-04-01/queryloggingconfig": ({ query }) => {
      const zone = query.get("hostedzoneid");
      const chosen = [...configs.values()].filter(
        ({ HostedZoneId }) => zone === null || HostedZoneId === zone,
      );
      return reply("ListQueryLoggingConfigsResponse", {
        QueryLoggingConfigs: { QueryLoggingConfig: chosen },
      });
    },
    "GET /2013-04-01/queryloggingconfig/{id}": ({ path }) =>
      reply("GetQueryLoggingConfigResponse", { QueryLoggingConfig: at(path.id) }),
    "DELETE /2013-04-01/queryloggingconfig/{id}": ({ path }) => {
      configs.delete(at(path.id).Id);
      return reply("DeleteQueryLoggingConfigResponse", "");
    },
  };
}
