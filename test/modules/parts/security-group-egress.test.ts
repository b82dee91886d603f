import { Vpc } from "@cdktf/provider-aws/lib/vpc";

import { SecurityGroupEgress, type EgressRule } from "../../../modules/parts";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const from = { securityGroupId: "sg-1" };

function stackWith(rules: Record<string, EgressRule>) {
  const stack = emptyStack();
  new SecurityGroupEgress(stack, "Egress", { from, rules });
  return stack;
}

const refusalOf = (rules: Record<string, EgressRule>) => refusal(() => stackWith(rules));

describe("SecurityGroupEgress", () => {
  it("opens one port to one block", () => {
    const stack = stackWith({ database: { ipv4CidrBlock: "10.0.0.0/16", port: 5432 } });

    expect(resourceAt(stack, "aws_vpc_security_group_egress_rule", "Egress/database")).toEqual({
      security_group_id: "sg-1",
      description: "To database",
      cidr_ipv4: "10.0.0.0/16",
      ip_protocol: "tcp",
      from_port: 5432,
      to_port: 5432,
    });
  });

  it("knows IPv6 and UDP, and blocks that are known at apply only", () => {
    const stack = emptyStack();
    const vpc = new Vpc(stack, "Vpc", { cidrBlock: "10.0.0.0/16" });
    const rules = { clock: { ipv6CidrBlock: vpc.ipv6CidrBlock, port: 123, protocol: "udp" as const } };
    new SecurityGroupEgress(stack, "Egress", { from, rules });

    expect(resourceAt(stack, "aws_vpc_security_group_egress_rule", "Egress/clock")).toEqual({
      security_group_id: "sg-1",
      description: "To clock",
      cidr_ipv6: "${aws_vpc.Vpc.ipv6_cidr_block}",
      ip_protocol: "udp",
      from_port: 123,
      to_port: 123,
    });
  });

  it("refuses names, blocks and ports that AWS does not take, all at once", () => {
    expect(
      refusalOf({
        "to the/moon": { ipv4CidrBlock: "10.0.0.0/8", port: 443 },
        both: { ipv4CidrBlock: "10.0.0.0/8", ipv6CidrBlock: "2001:db8::/56", port: 443 },
        host: { ipv4CidrBlock: "10.0.0.1/8", port: 0 },
      }),
    ).toBe(
      "test/Egress: 'rules' must have names of letters, digits, dots and hyphens, got [\"to the/moon\"]; rename them\n" +
        "test/Egress: 'rules' must lead to one block each, IPv4 or IPv6, in its shortest form, got " +
        '[["both",{"ipv4CidrBlock":"10.0.0.0/8","ipv6CidrBlock":"2001:db8::/56","port":443}],' +
        '["host",{"ipv4CidrBlock":"10.0.0.1/8","port":0}]]; write it like \'10.0.0.0/16\', with no host bits set\n' +
        "test/Egress: 'rules' must name ports between 1 and 65535, got " +
        '[["host",{"ipv4CidrBlock":"10.0.0.1/8","port":0}]]; give the port that the other side listens on',
    );
  });
});
