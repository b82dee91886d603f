import { DataAwsRoute53Zone } from "@cdktf/provider-aws/lib/data-aws-route53-zone";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { Construct } from "constructs";

import type { IHostedZone } from "../../core";
import { type ValidationRule, validate } from "../parts";
import { isDomainName } from "./private/names";

/** What a hosted zone is made of. */
export interface HostedZoneProps {
  /** The domain, in lower case and without a trailing dot. */
  readonly name: string;

  /**
   * What the zone is for, shown in the console.
   *
   * @default - nothing
   */
  readonly comment?: string;

  /**
   * Id of the reusable delegation set whose name servers answer for the zone; see {@link DelegationSet}.
   * Zones of one set have different names. A change makes another zone, without the records.
   *
   * @default - four name servers that AWS picks for this zone
   * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/route-53-concepts.html#route-53-concepts-reusable-delegation-set
   */
  readonly delegationSetId?: string;

  /**
   * Whether Terraform refuses to destroy the zone. Without it, destroying deletes all records too,
   * whoever wrote them, and the next zone of the name gets other name servers.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/** What a zone that exists already is known by. */
export interface HostedZoneAttributes {
  /** The zone's id, such as `Z0123456789`. */
  readonly hostedZoneId: string;
  /** The zone's domain without a trailing dot. */
  readonly zoneName: string;
}

/** Which zone to look up. */
export interface HostedZoneLookup {
  /** The zone's domain without a trailing dot. */
  readonly name: string;

  /**
   * Whether the zone of a VPC is meant, not the public one of the same name.
   *
   * @default false
   */
  readonly privateZone?: boolean;
}

/** A zone that was looked up. */
export interface LookedUpZone extends IHostedZone {
  /** Its name servers; none where it is private. */
  readonly nameServers: string[];
}

/**
 * A public hosted zone.
 *
 * The domain answers only once its registrar, or the zone above it, names the zone's
 * {@link HostedZone.nameServers}.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/AboutHZWorkingWith.html
 */
export class HostedZone extends Construct implements IHostedZone {
  /** A zone that exists already, by what the caller knows of it. Nothing is looked up. */
  public static fromHostedZoneAttributes(attributes: HostedZoneAttributes): IHostedZone {
    return { hostedZoneId: attributes.hostedZoneId, zoneName: attributes.zoneName };
  }

  /** A zone of the account that exists already, looked up by name when Terraform plans. */
  public static fromLookup(scope: Construct, id: string, lookup: HostedZoneLookup): LookedUpZone {
    const zone = new DataAwsRoute53Zone(scope, id, {
      name: lookup.name,
      privateZone: lookup.privateZone ?? false,
    });
    return { hostedZoneId: zone.zoneId, zoneName: lookup.name, nameServers: zone.nameServers };
  }

  /** The zone of the provider, for settings that this module does not model. */
  public readonly resource: Route53Zone;
  /** The zone's id. */
  public readonly hostedZoneId: string;
  /** The zone's domain without a trailing dot. */
  public readonly zoneName: string;
  /** The zone's ARN. */
  public readonly hostedZoneArn: string;
  /** The name servers that the registrar or the zone above must name. */
  public readonly nameServers: string[];

  public constructor(scope: Construct, id: string, props: HostedZoneProps) {
    super(scope, id);
    validate(this, rules, props);
    const deletionProtection = props.deletionProtection ?? true;

    this.resource = new Route53Zone(this, "Resource", {
      name: props.name,
      comment: props.comment ?? "",
      delegationSetId: props.delegationSetId,
      forceDestroy: !deletionProtection,
      ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
    });
    this.hostedZoneId = this.resource.zoneId;
    this.hostedZoneArn = this.resource.arn;
    this.nameServers = this.resource.nameServers;
    this.zoneName = props.name;
  }
}

const rules: readonly ValidationRule<HostedZoneProps>[] = [
  {
    property: "name",
    isValid: (props) => isDomainName(props.name),
    expected: "be a domain name in lower case without a trailing dot",
    remedy: 'write it like "example.com"',
  },
  {
    property: "comment",
    isValid: (props) => (props.comment ?? "").length <= 256,
    expected: "be at most 256 characters long",
    remedy: "shorten it",
  },
  {
    property: "delegationSetId",
    isValid: (props) => /^[A-Z0-9]{1,32}$/.test(props.delegationSetId ?? ""),
    expected: "be the id of a reusable delegation set",
    remedy: 'write it like "N1PA6795SAMPLE", without "/delegationset/" before it',
  },
];
