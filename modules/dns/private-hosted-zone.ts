import { Route53VpcAssociationAuthorization } from "@cdktf/provider-aws/lib/route53-vpc-association-authorization";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { Route53ZoneAssociation } from "@cdktf/provider-aws/lib/route53-zone-association";
import { Construct } from "constructs";

import type { IHostedZone, INetwork } from "../../core";
import { type ValidationRule, validate } from "../parts";
import { isDomainName } from "./private/names";

/** A network that may ask a private zone. */
export type ZoneNetwork = Pick<INetwork, "region" | "vpcId">;

/** What a private hosted zone is made of. */
export interface PrivateHostedZoneProps {
  /** The domain, in lower case and without a trailing dot. */
  readonly name: string;

  /** The network that the zone is made with. Changing it later replaces nothing and does nothing. */
  readonly network: ZoneNetwork;

  /**
   * Further networks of the account that may ask, by a name that stays: the region, where there is
   * one in each. Other stacks add theirs by {@link ZoneAssociation}.
   *
   * @default - none
   */
  readonly otherNetworks?: Readonly<Record<string, ZoneNetwork>>;

  /**
   * Networks of other accounts that may be associated, by a name that stays. The other account
   * makes the {@link ZoneAssociation}.
   *
   * @default - none
   */
  readonly authorizedNetworks?: Readonly<Record<string, ZoneNetwork>>;

  /**
   * What the zone is for, shown in the console.
   *
   * @default - nothing
   */
  readonly comment?: string;

  /**
   * Whether Terraform refuses to destroy the zone. Without it, destroying deletes all records too.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/**
 * A hosted zone that only the named networks can ask. They need DNS support and DNS host names on.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html
 */
export class PrivateHostedZone extends Construct implements IHostedZone {
  /** The zone of the provider, for settings that this module does not model. */
  public readonly resource: Route53Zone;
  /** The zone's id. */
  public readonly hostedZoneId: string;
  /** The zone's domain without a trailing dot. */
  public readonly zoneName: string;

  public constructor(scope: Construct, id: string, props: PrivateHostedZoneProps) {
    super(scope, id);
    validate(this, rules, props);
    const deletionProtection = props.deletionProtection ?? true;

    this.resource = new Route53Zone(this, "Resource", {
      name: props.name,
      comment: props.comment ?? "",
      forceDestroy: !deletionProtection,
      vpc: [{ vpcId: props.network.vpcId, vpcRegion: props.network.region }],
      // Associations made by other resources and stacks appear in this block too.
      lifecycle: { ignoreChanges: ["vpc"], ...(deletionProtection ? { preventDestroy: true } : {}) },
    });
    this.hostedZoneId = this.resource.zoneId;
    this.zoneName = props.name;

    const networks = new Construct(this, "Networks");
    for (const [name, network] of Object.entries(props.otherNetworks ?? {})) {
      new ZoneAssociation(networks, name, { zone: this, network });
    }
    const authorized = new Construct(this, "Authorized");
    for (const [name, network] of Object.entries(props.authorizedNetworks ?? {})) {
      new Route53VpcAssociationAuthorization(authorized, name, {
        zoneId: this.hostedZoneId,
        vpcId: network.vpcId,
        vpcRegion: network.region,
      });
    }
  }
}

/** Which network may ask which private zone. */
export interface ZoneAssociationProps {
  /** The private zone. */
  readonly zone: IHostedZone;
  /** The network; one of another account than the zone's must be authorized there first. */
  readonly network: ZoneNetwork;
}

/** Lets a network ask a private zone that already exists. */
export class ZoneAssociation extends Construct {
  /** The association of the provider, for settings that this module does not model. */
  public readonly resource: Route53ZoneAssociation;

  public constructor(scope: Construct, id: string, props: ZoneAssociationProps) {
    super(scope, id);
    this.resource = new Route53ZoneAssociation(this, "Resource", {
      zoneId: props.zone.hostedZoneId,
      vpcId: props.network.vpcId,
      vpcRegion: props.network.region,
    });
  }
}

/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html */
const limits = { networks: 300, authorizations: 1000, commentCharacters: 256 };

const rules: readonly ValidationRule<PrivateHostedZoneProps>[] = [
  {
    property: "name",
    isValid: (props) => isDomainName(props.name),
    expected: "be a domain name in lower case without a trailing dot",
    remedy: 'write it like "example.internal"',
  },
  {
    property: "comment",
    isValid: (props) => (props.comment ?? "").length <= limits.commentCharacters,
    expected: `be at most ${limits.commentCharacters} characters long`,
    remedy: "shorten it",
  },
  {
    property: "otherNetworks",
    isValid: (props) => Object.keys(props.otherNetworks ?? {}).length < limits.networks,
    expected: `hold fewer than ${limits.networks} networks`,
    got: (props) => Object.keys(props.otherNetworks ?? {}).length,
    remedy: "share the zone through a Route 53 profile instead",
  },
  {
    property: "otherNetworks",
    isValid: (props) => repeated(props).length === 0,
    expected: "name each network once, and not the one of 'network'",
    got: repeated,
    remedy: "remove the repetition",
  },
  {
    property: "authorizedNetworks",
    isValid: (props) => Object.keys(props.authorizedNetworks ?? {}).length <= limits.authorizations,
    expected: `hold at most ${limits.authorizations} networks`,
    got: (props) => Object.keys(props.authorizedNetworks ?? {}).length,
    remedy: "remove authorizations whose association stands: it stays without them",
  },
];

/** Names of networks that stand for a VPC that another name stands for already. */
function repeated(props: PrivateHostedZoneProps): readonly string[] {
  const others = Object.entries(props.otherNetworks ?? {});
  const ids = [props.network.vpcId, ...others.map(([, network]) => network.vpcId)];
  return others.filter(([, { vpcId }], position) => ids.indexOf(vpcId) <= position).map(([name]) => name);
}
