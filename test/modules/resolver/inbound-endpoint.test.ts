import { type InboundEndpointProps, InboundEndpoint } from "../../../modules/resolver";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";
import { resolve } from "../dns/resolve";
import { network } from "./network";

const required: InboundEndpointProps = {
  name: "example-inbound",
  network: network(),
  clientCidrBlocks: ["192.168.0.0/16"],
};

function stackWith(props: Partial<InboundEndpointProps> = {}) {
  const stack = emptyStack();
  const endpoint = new InboundEndpoint(stack, "Inbound", { ...required, ...props });
  return { stack, endpoint };
}

const refuse = (props: Partial<InboundEndpointProps>): string => refusal(() => stackWith(props));
const rulesOf = (props: Partial<InboundEndpointProps> = {}) =>
  Object.values(resourcesOf(stackWith(props).stack, "aws_vpc_security_group_ingress_rule"));

describe("InboundEndpoint", () => {
  it("answers plain DNS on one private address a zone by default", () => {
    const { stack, endpoint } = stackWith();

    expect(resourceAt(stack, "aws_route53_resolver_endpoint")).toEqual({
      name: "example-inbound",
      direction: "INBOUND",
      protocols: ["Do53"],
      security_group_ids: ["${aws_security_group.Inbound_SecurityGroup_1B8DE549.id}"],
      ip_address: [{ subnet_id: "subnet-private-a" }, { subnet_id: "subnet-private-b" }],
    });
    expect(resolve(stack, endpoint.ipAddresses)).toBe(
      "${aws_route53_resolver_endpoint.Inbound_ADA8BFE6.ip_address[*].ip}",
    );
  });

  it("lets the named blocks ask on port 53 over UDP and TCP, and nobody else", () => {
    const { stack } = stackWith();

    expect(resourceAt(stack, "aws_security_group")).toEqual({
      name: "example-inbound-resolver-inbound",
      description: "Queries to Resolver",
      vpc_id: "vpc-1",
      tags: { Name: "example-inbound-resolver-inbound" },
    });
    expect(rulesOf()).toEqual(
      ["tcp", "udp"].map((transport) => ({
        security_group_id: "${aws_security_group.Inbound_SecurityGroup_1B8DE549.id}",
        description: "DNS from 192.168.0.0/16",
        cidr_ipv4: "192.168.0.0/16",
        ip_protocol: transport,
        from_port: 53,
        to_port: 53,
      })),
    );
    expect(resourcesOf(stack, "aws_vpc_security_group_egress_rule")).toEqual({});
  });

  it("answers DNS over HTTPS instead where asked to, on port 443", () => {
    expect(
      resourceAt(stackWith({ protocols: ["DoH"] }).stack, "aws_route53_resolver_endpoint"),
    ).toMatchObject({
      protocols: ["DoH"],
    });
    expect(rulesOf({ protocols: ["DoH"] })).toEqual([
      expect.objectContaining({ ip_protocol: "tcp", from_port: 443, to_port: 443 }),
    ]);
  });

  it("answers on fixed addresses of another tier where they are named", () => {
    const addresses = { "eu-west-1a": "10.0.0.10", "eu-west-1b": "10.0.1.10" };

    expect(
      resourceAt(stackWith({ addresses, tier: "isolated" }).stack, "aws_route53_resolver_endpoint")
        .ip_address,
    ).toEqual([
      { subnet_id: "subnet-isolated-a", ip: "10.0.0.10" },
      { subnet_id: "subnet-isolated-b", ip: "10.0.1.10" },
    ]);
  });

  it("refuses a name that Resolver does not take", () => {
    expect(refuse({ name: "123" })).toBe(
      "test/Inbound: 'name' must be 1 to 64 letters, digits, hyphens, underscores or spaces, and not digits alone, " +
        'got "123"; shorten it or leave other characters out',
    );
  });

  it("refuses one zone", () => {
    expect(refuse({ network: network("a") })).toBe(
      "test/Inbound: 'network' must be in 2 zones or more, got [\"eu-west-1a\"]; " +
        "add a zone, so that names resolve when one fails",
    );
  });

  it("refuses more zones than an endpoint has addresses", () => {
    expect(refuse({ network: network("a", "b", "c", "d", "e", "f", "g") })).toBe(
      "test/Inbound: 'network' must be in at most 6 zones, got " +
        '["eu-west-1a","eu-west-1b","eu-west-1c","eu-west-1d","eu-west-1e","eu-west-1f","eu-west-1g"]; ' +
        "pass a network of fewer zones; the others ask across",
    );
  });

  it("refuses to answer nobody", () => {
    expect(refuse({ clientCidrBlocks: [] })).toBe(
      "test/Inbound: 'clientCidrBlocks' must hold at least one block, got []; name the networks at the other end",
    );
  });

  it("refuses the whole internet, host bits and repetitions among its clients", () => {
    expect(refuse({ clientCidrBlocks: ["0.0.0.0/0", "10.0.0.1/8", "10.1.0.0/16", "10.1.0.0/16"] })).toBe(
      [
        "test/Inbound: 'clientCidrBlocks' must hold IPv4 blocks without host bits, none of them the whole internet, " +
          'got ["0.0.0.0/0","10.0.0.1/8"]; write each like "10.0.0.0/8"',
        "test/Inbound: 'clientCidrBlocks' must name each block once, " +
          'got ["0.0.0.0/0","10.0.0.1/8","10.1.0.0/16","10.1.0.0/16"]; remove the repetition',
      ].join("\n"),
    );
  });

  it("refuses addresses that leave a zone out or are none", () => {
    expect(refuse({ addresses: { "eu-west-1a": "ten" } })).toBe(
      [
        "test/Inbound: 'addresses' must name one address for each zone, eu-west-1a and eu-west-1b, " +
          'got {"eu-west-1a":"ten"}; name an address for every zone, or for none',
        "test/Inbound: 'addresses' must hold IPv4 addresses of the zones' subnets, " +
          'got {"eu-west-1a":"ten"}; write each like "10.0.0.10"',
      ].join("\n"),
    );
  });

  it("refuses no protocol and the same protocol twice", () => {
    expect(refuse({ protocols: [] })).toBe(
      "test/Inbound: 'protocols' must name Do53, DoH or both, once each, got []; remove the property for plain DNS",
    );
    expect(refuse({ protocols: ["DoH", "DoH"] })).toBe(
      'test/Inbound: \'protocols\' must name Do53, DoH or both, once each, got ["DoH","DoH"]; ' +
        "remove the property for plain DNS",
    );
  });
});
