import { type OutboundEndpointProps, OutboundEndpoint } from "../../../modules/resolver";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";
import { network } from "./network";

const required: OutboundEndpointProps = {
  name: "example-outbound",
  network: network(),
  serverCidrBlocks: ["192.168.0.0/24"],
};

function stackWith(props: Partial<OutboundEndpointProps> = {}) {
  const stack = emptyStack();
  const endpoint = new OutboundEndpoint(stack, "Outbound", { ...required, ...props });
  return { stack, endpoint };
}

describe("OutboundEndpoint", () => {
  it("asks from one private address a zone by default", () => {
    const { stack, endpoint } = stackWith();

    expect(resourceAt(stack, "aws_route53_resolver_endpoint")).toEqual({
      name: "example-outbound",
      direction: "OUTBOUND",
      protocols: ["Do53"],
      security_group_ids: ["${aws_security_group.Outbound_SecurityGroup_92CC49B4.id}"],
      ip_address: [{ subnet_id: "subnet-private-a" }, { subnet_id: "subnet-private-b" }],
    });
    expect(endpoint.serverCidrBlocks).toEqual(["192.168.0.0/24"]);
  });

  it("asks the named blocks on port 53 over UDP and TCP, and nobody else", () => {
    const { stack } = stackWith();

    expect(Object.values(resourcesOf(stack, "aws_vpc_security_group_egress_rule"))).toEqual(
      ["tcp", "udp"].map((transport) => ({
        security_group_id: "${aws_security_group.Outbound_SecurityGroup_92CC49B4.id}",
        description: "DNS to 192.168.0.0/24",
        cidr_ipv4: "192.168.0.0/24",
        ip_protocol: transport,
        from_port: 53,
        to_port: 53,
      })),
    );
    expect(resourcesOf(stack, "aws_vpc_security_group_ingress_rule")).toEqual({});
  });

  it("is in another tier on request", () => {
    expect(
      resourceAt(stackWith({ tier: "isolated" }).stack, "aws_route53_resolver_endpoint").ip_address,
    ).toEqual([{ subnet_id: "subnet-isolated-a" }, { subnet_id: "subnet-isolated-b" }]);
  });

  it("refuses one zone, a bad name and no block, all at once", () => {
    expect(refusal(() => stackWith({ name: "a.b", network: network("a"), serverCidrBlocks: [] }))).toBe(
      [
        "test/Outbound: 'name' must be 1 to 64 letters, digits, hyphens, underscores or spaces, and not digits alone, " +
          'got "a.b"; shorten it or leave other characters out',
        "test/Outbound: 'network' must be in 2 zones or more, got [\"eu-west-1a\"]; " +
          "add a zone, so that names resolve when one fails",
        "test/Outbound: 'serverCidrBlocks' must hold at least one block, got []; name the networks at the other end",
      ].join("\n"),
    );
  });
});
