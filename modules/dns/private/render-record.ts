import type { Route53RecordConfig } from "@cdktf/provider-aws/lib/route53-record";

import { known, type DnsAlias, type DnsValues } from "../../../core";
import type { GeoLocation, GeoPlace } from "../routing-policy";
import { canEvaluateHealth, valuesOfType } from "./endpoint-types";
import type { AddressType } from "./names";
import type { Selector } from "./routing-plan";

/** What a record answers, in the provider's words. */
export function renderTarget(
  value: DnsAlias | DnsValues,
  type: AddressType,
): Pick<Route53RecordConfig, "alias" | "records" | "ttl"> {
  return value.kind === "alias"
    ? {
        alias: {
          name: value.dnsName,
          zoneId: value.hostedZoneId,
          evaluateTargetHealth: canEvaluateHealth(value),
        },
      }
    : { records: valuesOfType(value, type), ttl: value.ttlSeconds };
}

/** How Route 53 picks a record, in the provider's words. */
export function renderSelector(selector: Selector): Partial<Route53RecordConfig> {
  switch (selector.kind) {
    case "simple":
      return {};
    case "latency":
      return {
        latencyRoutingPolicy: {
          region: known(
            selector.region,
            "an endpoint of latency routing has no region, which the rules refuse",
          ),
        },
      };
    case "failover":
      return { failoverRoutingPolicy: { type: selector.role } };
    case "weighted":
      return { weightedRoutingPolicy: { weight: selector.weight } };
    case "geolocation":
      return { geolocationRoutingPolicy: renderLocation(selector.location) };
    case "geoproximity":
      return { geoproximityRoutingPolicy: { ...renderPlace(selector.place), bias: selector.bias } };
    case "multivalue":
      return { multivalueAnswerRoutingPolicy: true };
    case "ip-based":
      return {
        cidrRoutingPolicy: { collectionId: selector.cidrCollectionId, locationName: selector.location },
      };
  }
}

function renderLocation(location: GeoLocation): NonNullable<Route53RecordConfig["geolocationRoutingPolicy"]> {
  if (location === "default") {
    return { country: "*" };
  }
  return "continent" in location
    ? { continent: location.continent }
    : { country: location.country, subdivision: location.subdivision };
}

function renderPlace(
  place: GeoPlace | undefined,
): NonNullable<Route53RecordConfig["geoproximityRoutingPolicy"]> {
  if (place === undefined) {
    return {};
  }
  if ("region" in place) {
    return { awsRegion: place.region };
  }
  return "localZoneGroup" in place
    ? { localZoneGroup: place.localZoneGroup }
    : { coordinates: [{ latitude: place.latitude.toFixed(2), longitude: place.longitude.toFixed(2) }] };
}
