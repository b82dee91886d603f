import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";

import type { IHostedZone } from "../../core";
import { type ValidationRule, validate } from "../parts";
import { isInZone } from "./private/names";

/** Which zone hands a part of its names to which. */
export interface ZoneDelegationProps {
  /** The zone above. */
  readonly parent: IHostedZone;

  /** The domain of the zone below. */
  readonly zoneName: string;

  /** The name servers of the zone below. */
  readonly nameServers: string[];

  /**
   * The DS record of the zone below; see `dsRecord` of `ZoneSigning`.
   *
   * @default - the zone below is not signed
   */
  readonly dsRecord?: string;

  /**
   * How long resolvers may keep the name servers, in seconds.
   *
   * @default 3600
   */
  readonly ttlSeconds?: number;
}

/** Hands the names below a domain to a zone of their own, with the promise of its signatures. */
export class ZoneDelegation extends Construct {
  /** The NS record of the provider, for settings that this module does not model. */
  public readonly resource: Route53Record;

  public constructor(scope: Construct, id: string, props: ZoneDelegationProps) {
    super(scope, id);
    validate(this, rules, props);
    const common = {
      zoneId: props.parent.hostedZoneId,
      name: props.zoneName,
      ttl: props.ttlSeconds ?? 3600,
    };

    this.resource = new Route53Record(this, "Resource", {
      ...common,
      type: "NS",
      records: props.nameServers,
    });
    if (props.dsRecord !== undefined) {
      new Route53Record(this, "Signature", { ...common, type: "DS", records: [props.dsRecord] });
    }
  }
}

const rules: readonly ValidationRule<ZoneDelegationProps>[] = [
  {
    property: "zoneName",
    isValid: (props) =>
      props.zoneName !== props.parent.zoneName && isInZone(props.zoneName, props.parent.zoneName),
    expected: (props) => `be a name below "${props.parent.zoneName}"`,
    remedy: "pass the zone above it",
  },
  {
    property: "ttlSeconds",
    isValid: (props) => Number.isInteger(props.ttlSeconds) && (props.ttlSeconds ?? 0) >= 0,
    expected: "be a whole number of seconds",
    remedy: "choose 3600, or less while name servers change",
  },
];
