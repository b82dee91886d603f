import { createHash, randomUUID } from "node:crypto";
import { ServiceError, xmlAnswer, type Answer } from "../../answer";
import {
  found,
  omit,
  randomHex,
  required,
  restService,
  type Context,
  type RestOperation,
  type StandIn,
} from "../../toolkit";
import { RoutingControls } from "./routing-controls";
import { element, members, renderXml, textOf, texts, type XmlElement } from "../../xml";

const space = ' xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';
const invalid = "InvalidInput";

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

function reply(name: string, value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return xmlAnswer(renderXml(name, value, space), status, headers);
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

interface Signing {
  enabled: boolean;
  readonly keys: Map<string, Record<string, string | number>>;
}

function dnssecOperations(): Record<string, RestOperation> {
  const zones = new Map<string, Signing>();
  const zoneOf = (id = ""): Signing => {
    const zone = zones.get(id) ?? { enabled: false, keys: new Map() };
    zones.set(id, zone);
    return zone;
  };
  const keyOf = (zone: string | undefined, name = "") =>
    found(
      zoneOf(zone).keys.get(name),
      "NoSuchKeySigningKey",
      "The specified key-signing key (KSK) doesn't exist.",
      404,
    );
  const setStatus = (zone: string | undefined, name: string | undefined, status: string) => {
    keyOf(zone, name).Status = status;
  };
  return {
    "POST /2013-04-01/keysigningkey": ({ xml }) => {
      const input = required(xml, invalid, "HostedZoneId", "KeyManagementServiceArn", "Name", "Status");
      const { keys } = zoneOf(input.HostedZoneId);
      if (keys.has(input.Name)) {
        throw new ServiceError(
          "KeySigningKeyAlreadyExists",
          `A key-signing key ${input.Name} already exists`,
          409,
        );
      }
      if (!input.KeyManagementServiceArn.includes(":us-east-1:")) {
        throw new ServiceError("InvalidKMSArn", "The KMS key of a key-signing key must be in us-east-1");
      }
      const key = signingKey(input.Name, input.KeyManagementServiceArn, input.Status);
      keys.set(input.Name, key);
      const location = `https://route53.amazonaws.com/2013-04-01/keysigningkey/${input.HostedZoneId}/${input.Name}`;
      return reply("CreateKeySigningKeyResponse", { KeySigningKey: key }, 201, { location });
    },
    "POST /2013-04-01/keysigningkey/{zone}/{name}/activate": ({ path }) => {
      setStatus(path.zone, path.name, "ACTIVE");
      return reply("ActivateKeySigningKeyResponse", "");
    },
    "POST /2013-04-01/keysigningkey/{zone}/{name}/deactivate": ({ path }) => {
      setStatus(path.zone, path.name, "INACTIVE");
      return reply("DeactivateKeySigningKeyResponse", "");
    },
    "DELETE /2013-04-01/keysigningkey/{zone}/{name}": ({ path }) => {
      if (keyOf(path.zone, path.name).Status === "ACTIVE") {
        throw new ServiceError("InvalidKeySigningKeyStatus", "The key-signing key must be deactivated first");
      }
      zoneOf(path.zone).keys.delete(path.name ?? "");
      return reply("DeleteKeySigningKeyResponse", "");
    },
    "POST /2013-04-01/hostedzone/{id}/enable-dnssec": ({ path }) => {
      const zone = zoneOf(path.id);
      if (![...zone.keys.values()].some(({ Status }) => Status === "ACTIVE")) {
        throw new ServiceError(
          "KeySigningKeyWithActiveStatusNotFound",
          "The zone has no active key-signing key",
        );
      }
      zone.enabled = true;
      return reply("EnableHostedZoneDNSSECResponse", "");
    },
    "POST /2013-04-01/hostedzone/{id}/disable-dnssec": ({ path }) => {
      zoneOf(path.id).enabled = false;
      return reply("DisableHostedZoneDNSSECResponse", "");
    },
    "GET /2013-04-01/hostedzone/{id}/dnssec": async ({ path }, context: Context) => {
      const known = await context.moto({
        url: new URL(`/2013-04-01/hostedzone/${path.id ?? ""}`, context.call.url),
      });
      if (known.status >= 300) {
        return known;
      }
      const { enabled, keys } = zoneOf(path.id);
      return reply("GetDNSSECResponse", {
        Status: { ServeSignature: enabled ? "SIGNING" : "NOT_SIGNING" },
        KeySigningKeys: { member: [...keys.values()] },
      });
    },
  };
}

/** A key-signing key whose cryptographic fields have the right form and no meaning. */
function signingKey(name: string, kmsArn: string, status: string): Record<string, string | number> {
  const digest = createHash("sha256").update(kmsArn).digest();
  const tag = digest.readUInt16BE(0);
  const publicKey = createHash("sha512").update(kmsArn).digest("base64");
  const now = new Date().toISOString();
  const hex = digest.toString("hex").toUpperCase();
  return {
    Name: name,
    KmsArn: kmsArn,
    Flag: 257,
    SigningAlgorithmMnemonic: "ECDSAP256SHA256",
    SigningAlgorithmType: 13,
    DigestAlgorithmMnemonic: "SHA-256",
    DigestAlgorithmType: 2,
    KeyTag: tag,
    DigestValue: hex,
    PublicKey: publicKey,
    DSRecord: `${tag} 13 2 ${hex}`,
    DNSKEYRecord: `257 3 13 ${publicKey}`,
    Status: status,
    CreatedDate: now,
    LastModifiedDate: now,
  };
}
