import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Token } from "cdktf";
import { Construct } from "constructs";

import { isIpv4CidrBlock, isIpv6CidrBlock } from "../../core/cidr";
import type { IConnectable } from "../../core/contracts";
import { port } from "../../core/forms";
import { validate, type ValidationRule } from "./validation";

/** Where connections may be made to: one block of addresses, of either family. */
export interface EgressRule {
  /**
   * IPv4 block, such as `10.0.0.0/16`.
   *
   * @default - an IPv6 block is given
   */
  readonly ipv4CidrBlock?: string;
  /**
   * IPv6 block in its shortest form, such as `2001:db8::/56`.
   *
   * @default - an IPv4 block is given
   */
  readonly ipv6CidrBlock?: string;
  /** Port of the other side, 1 to 65535. */
  readonly port: number;
  /**
   * Protocol above IP.
   *
   * @default "tcp"
   */
  readonly protocol?: "tcp" | "udp";
}

/** Settings of {@link SecurityGroupEgress}. */
export interface SecurityGroupEgressProps {
  /** Who connects. */
  readonly from: IConnectable;
  /** Where to, by a name that says what is there. */
  readonly rules: Readonly<Record<string, EgressRule>>;
}

const nameForm = /^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$/;

const rules: readonly ValidationRule<SecurityGroupEgressProps>[] = [
  {
    property: "rules",
    isValid: (props) => Object.keys(props.rules).every((name) => nameForm.test(name)),
    expected: "have names of letters, digits, dots and hyphens",
    got: (props) => Object.keys(props.rules).filter((name) => !nameForm.test(name)),
    remedy: "rename them",
  },
  {
    property: "rules",
    isValid: (props) => breaking(props, isOneBlock).length === 0,
    expected: "lead to one block each, IPv4 or IPv6, in its shortest form",
    got: (props) => breaking(props, isOneBlock),
    remedy: "write it like '10.0.0.0/16', with no host bits set",
  },
  {
    property: "rules",
    isValid: (props) => breaking(props, isPort).length === 0,
    expected: "name ports between 1 and 65535",
    got: (props) => breaking(props, isPort),
    remedy: "give the port that the other side listens on",
  },
];

/**
 * Lets what is in a security group connect to blocks of addresses, such as those of a database.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export class SecurityGroupEgress extends Construct {
  /** The rules by name, for settings that this module does not model. */
  public readonly resources: Readonly<Record<string, VpcSecurityGroupEgressRule>>;

  public constructor(scope: Construct, id: string, props: SecurityGroupEgressProps) {
    super(scope, id);
    validate(this, rules, props);

    this.resources = Object.fromEntries(
      Object.entries(props.rules).map(([name, rule]) => [
        name,
        new VpcSecurityGroupEgressRule(this, name, {
          securityGroupId: props.from.securityGroupId,
          description: `To ${name}`,
          cidrIpv4: rule.ipv4CidrBlock,
          cidrIpv6: rule.ipv6CidrBlock,
          ipProtocol: rule.protocol ?? "tcp",
          fromPort: rule.port,
          toPort: rule.port,
        }),
      ]),
    );
  }
}

function breaking(
  props: SecurityGroupEgressProps,
  isRight: (rule: EgressRule) => boolean,
): [string, EgressRule][] {
  return Object.entries(props.rules).filter(([, rule]) => !isRight(rule));
}

function isOneBlock({ ipv4CidrBlock, ipv6CidrBlock }: EgressRule): boolean {
  if (ipv4CidrBlock === undefined) {
    return (
      ipv6CidrBlock !== undefined && (Token.isUnresolved(ipv6CidrBlock) || isIpv6CidrBlock(ipv6CidrBlock))
    );
  }
  return ipv6CidrBlock === undefined && (Token.isUnresolved(ipv4CidrBlock) || isIpv4CidrBlock(ipv4CidrBlock));
}

function isPort(rule: EgressRule): boolean {
  return port.accepts(rule.port);
}
