import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";

import { type IDnsTarget, type IHostedZone, type Problem, ValidationError } from "../../core";
import { recordTypesOf } from "./private/endpoint-types";
import type { AddressType } from "./private/names";
import { claimRecordSet } from "./private/record-claims";
import { recordNameProblems } from "./private/record-name-rules";
import { renderTarget } from "./private/render-record";

/** A name that always leads to the same region. */
export interface RegionalRecordProps {
  /** The zone that the name belongs to. */
  readonly zone: IHostedZone;

  /** The whole name, such as `web.eu-west-1.example.com`. */
  readonly recordName: string;

  /** Where it leads. */
  readonly target: IDnsTarget;

  /**
   * Whether the target answers over IPv6 too, so that an alias gets an AAAA record.
   *
   * @default false
   */
  readonly dualStack?: boolean;
}

/**
 * A name of its own for a service in one region. Health checks ask it, so that they reach that
 * region whatever the routed name says, and carry a host that the load balancer knows.
 */
export class RegionalRecord extends Construct {
  /** The record of the provider; the IPv4 one of two. */
  public readonly resource: Route53Record;
  /** The whole name. */
  public readonly recordName: string;

  public constructor(scope: Construct, id: string, props: RegionalRecordProps) {
    super(scope, id);
    const types = recordTypesOf(props.target.value, props.dualStack ?? false);
    const problems = [
      ...recordNameProblems(this.node.path, props.zone, props.recordName),
      ...typeProblems(this.node.path, props, types),
      ...claimRecordSet(this, props.zone, props.recordName, types),
    ];
    if (problems.length > 0) {
      throw new ValidationError(problems);
    }

    const [first = "A", ...others] = types;
    this.resource = this.write("Resource", first, props);
    for (const type of others) {
      this.write(type, type, props);
    }
    this.recordName = props.recordName;
  }

  private write(id: string, type: AddressType, props: RegionalRecordProps): Route53Record {
    return new Route53Record(this, id, {
      zoneId: props.zone.hostedZoneId,
      name: props.recordName,
      type,
      ...renderTarget(props.target.value, type),
    });
  }
}

function typeProblems(
  where: string,
  props: RegionalRecordProps,
  types: readonly AddressType[],
): readonly Problem[] {
  const { value } = props.target;
  if (value.kind === "alias") {
    return [];
  }
  const report = (expected: string, remedy: string): Problem => ({
    where,
    property: "target.value",
    expected,
    got: value.values,
    remedy,
  });
  if (types.length === 0) {
    return [report("hold at least one value", "name an address")];
  }
  if (types.includes("CNAME") && value.values.length > 1) {
    return [report("be one name, or addresses only", "remove the other values: a CNAME stands alone")];
  }
  return [];
}
