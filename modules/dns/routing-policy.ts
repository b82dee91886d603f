import type { ICidrCollection } from "./cidr-collection";

/**
 * Where a branch of a policy leads: to an endpoint, by its name, or to another policy below, so
 * that a tree of alias records is plain data.
 */
export type RoutingTarget = string | RoutingPolicy;

/** Everyone gets the one target. */
export interface SimpleRouting {
  readonly kind: "simple";

  /**
   * Where the name leads.
   *
   * @default - the only endpoint
   */
  readonly to?: RoutingTarget;
}

/**
 * Everyone gets the branch whose region is the nearest by measured latency.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-latency.html
 */
export interface LatencyRouting {
  readonly kind: "latency";

  /**
   * The branches by name.
   *
   * @default - one for each endpoint, in the endpoint's region
   */
  readonly branches?: Readonly<Record<string, LatencyBranch>>;
}

/** A branch of latency routing. */
export interface LatencyBranch {
  /**
   * The region that latency is measured to.
   *
   * @default - the endpoint's region; a branch that leads to a policy must say it
   */
  readonly region?: string;

  /**
   * Where the branch leads.
   *
   * @default - the endpoint of the branch's name
   */
  readonly to?: RoutingTarget;
}

/**
 * Everyone gets the primary while it is healthy, and the secondary after.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-failover.html
 */
export interface FailoverRouting {
  readonly kind: "failover";

  /** Where the name leads in good times. */
  readonly primary: RoutingTarget;

  /**
   * Where it leads in bad times. Route 53 takes one secondary, so several endpoints stand behind a
   * policy of their own.
   *
   * @default - the one other endpoint, or the nearest of the others by latency
   */
  readonly secondary?: RoutingTarget;
}

/**
 * Shares answers out by weight.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
 */
export interface WeightedRouting {
  readonly kind: "weighted";
  /** The branches by name. */
  readonly branches: Readonly<Record<string, WeightedBranch>>;
}

/** A branch of weighted routing. */
export interface WeightedBranch {
  /** The share of answers, 0 to 255 of the sum of all weights; 0 takes the branch out. */
  readonly weight: number;

  /**
   * Where the branch leads.
   *
   * @default - the endpoint of the branch's name
   */
  readonly to?: RoutingTarget;
}

/**
 * Gives each place on earth its branch.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-geo.html
 */
export interface GeolocationRouting {
  readonly kind: "geolocation";
  /** The branches by name; one is for `"default"`, or some users get no answer. */
  readonly branches: Readonly<Record<string, GeolocationBranch>>;
}

/** A branch of geolocation routing. */
export interface GeolocationBranch {
  /** The place; the smallest that fits a user wins, and `"default"` takes who fits none. */
  readonly location: GeoLocation;

  /**
   * Where the branch leads.
   *
   * @default - the endpoint of the branch's name
   */
  readonly to?: RoutingTarget;
}

/** A place that users are in. */
export type GeoLocation =
  | "default"
  | {
      /** Africa, Antarctica, Asia, Europe, North America, Oceania or South America. */
      readonly continent: "AF" | "AN" | "AS" | "EU" | "NA" | "OC" | "SA";
    }
  | {
      /** Two capital letters of ISO 3166-1. */
      readonly country: string;

      /**
       * A state of the United States or a region of Ukraine, by its code.
       *
       * @default - the whole country
       */
      readonly subdivision?: string;
    };

/**
 * Everyone gets the branch that is nearest on the map, with a bias that widens or narrows its reach.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-geoproximity.html
 */
export interface GeoproximityRouting {
  readonly kind: "geoproximity";

  /**
   * The branches by name, 30 at most.
   *
   * @default - one for each endpoint, in the endpoint's region and without bias
   */
  readonly branches?: Readonly<Record<string, GeoproximityBranch>>;
}

/** A branch of geoproximity routing. */
export interface GeoproximityBranch {
  /**
   * Where on the map the branch is.
   *
   * @default - the endpoint's region; a branch that leads to a policy must say it
   */
  readonly place?: GeoPlace;

  /**
   * -99 to 99: above 0 the branch draws users from further away, below 0 from less far.
   *
   * @default 0
   */
  readonly bias?: number;

  /**
   * Where the branch leads.
   *
   * @default - the endpoint of the branch's name
   */
  readonly to?: RoutingTarget;
}

/** A point on the map. */
export type GeoPlace =
  | {
      /** An AWS region. */
      readonly region: string;
    }
  | {
      /** A group of Local Zones, such as `us-west-2-lax-1`. */
      readonly localZoneGroup: string;
    }
  | {
      /** Degrees north, -90 to 90, with two decimals at most. */
      readonly latitude: number;
      /** Degrees east, -180 to 180, with two decimals at most. */
      readonly longitude: number;
    };

/**
 * Answers with up to eight healthy endpoints at once, in any order. Endpoints are plain values:
 * Route 53 refuses aliases here.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-multivalue.html
 */
export interface MultivalueRouting {
  readonly kind: "multivalue";

  /**
   * The endpoints to answer with.
   *
   * @default - all endpoints
   */
  readonly endpoints?: readonly string[];
}

/**
 * Gives each network its branch. Not for private zones.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-ipbased.html
 */
export interface IpBasedRouting {
  readonly kind: "ip-based";
  /** The networks by location. */
  readonly collection: ICidrCollection;
  /** The branches by name; one is for the location `"*"`, or some users get no answer. */
  readonly branches: Readonly<Record<string, IpBasedBranch>>;
}

/** A branch of IP-based routing. */
export interface IpBasedBranch {
  /**
   * A location of the collection, or `"*"` for who is in none.
   *
   * @default - the location of the branch's name
   */
  readonly location?: string;

  /**
   * Where the branch leads.
   *
   * @default - the endpoint of the branch's name
   */
  readonly to?: RoutingTarget;
}

/** How a DNS name finds its endpoints: one kind for each routing policy of Route 53. */
export type RoutingPolicy =
  | SimpleRouting
  | LatencyRouting
  | FailoverRouting
  | WeightedRouting
  | GeolocationRouting
  | GeoproximityRouting
  | MultivalueRouting
  | IpBasedRouting;
