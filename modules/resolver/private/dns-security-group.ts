import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";

import { nameLimits, resourceName } from "../../../core";

/** One opening of an endpoint: a port of a protocol. */
export interface Opening {
  /** What goes through, in capitals, such as `DNS`. */
  readonly traffic: string;
  /** The transport protocol. */
  readonly transport: "udp" | "tcp";
  /** The port. */
  readonly port: number;
}

/** Plain DNS: TCP is for answers that fit no datagram, not for zone transfers alone. */
export const dnsOpenings: readonly Opening[] = [
  { traffic: "DNS", transport: "udp", port: 53 },
  { traffic: "DNS", transport: "tcp", port: 53 },
];

/** Settings of a {@link DnsSecurityGroup}. */
export interface DnsSecurityGroupProps {
  /** The security group's name. */
  readonly name: string;
  /** The VPC's id. */
  readonly vpcId: string;
  /** Whether the blocks ask the endpoint, or the endpoint asks the blocks. */
  readonly direction: "inbound" | "outbound";
  /** The blocks at the other end. */
  readonly cidrBlocks: readonly string[];
  /** What is open to them. */
  readonly openings: readonly Opening[];
}

/** The security group of an endpoint: the named blocks, in one direction, and nothing else. */
export class DnsSecurityGroup extends Construct {
  /** The security group, for settings that this module does not model. */
  public readonly resource: SecurityGroup;

  public constructor(scope: Construct, id: string, props: DnsSecurityGroupProps) {
    super(scope, id);
    const name = resourceName(nameLimits.securityGroup, props.name, "resolver", props.direction);
    this.resource = new SecurityGroup(this, "Resource", {
      name,
      description: props.direction === "inbound" ? "Queries to Resolver" : "Queries of Resolver",
      vpcId: props.vpcId,
      tags: { Name: name },
    });
    const Rule = props.direction === "inbound" ? VpcSecurityGroupIngressRule : VpcSecurityGroupEgressRule;
    for (const cidrBlock of props.cidrBlocks) {
      const block = new Construct(this, cidrBlock.replace("/", "-"));
      for (const { traffic, transport, port } of props.openings) {
        new Rule(block, `${transport}-${port}`, {
          securityGroupId: this.resource.id,
          description: `${traffic} ${props.direction === "inbound" ? "from" : "to"} ${cidrBlock}`,
          cidrIpv4: cidrBlock,
          ipProtocol: transport,
          fromPort: port,
          toPort: port,
        });
      }
    }
  }
}
