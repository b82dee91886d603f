import {
  type ForwardingRuleProps,
  type SystemRuleProps,
  ForwardingRule,
  RuleAssociation,
  SystemRule,
} from "../../../modules/resolver";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";

const required: ForwardingRuleProps = {
  name: "corporate",
  domainName: "corp.example.com",
  endpoint: { resolverEndpointId: "rslvr-out-1", serverCidrBlocks: ["192.168.0.0/24"] },
  servers: ["192.168.0.10", "192.168.0.11"],
};

function stackWith(props: Partial<ForwardingRuleProps> = {}) {
  const stack = emptyStack();
  new ForwardingRule(stack, "Corporate", { ...required, ...props });
  return stack;
}

const refuse = (props: Partial<ForwardingRuleProps>): string => refusal(() => stackWith(props));

describe("ForwardingRule", () => {
  it("asks the servers of a domain on port 53 through the endpoint", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_route53_resolver_rule")).toEqual({
      name: "corporate",
      domain_name: "corp.example.com",
      rule_type: "FORWARD",
      resolver_endpoint_id: "rslvr-out-1",
      target_ip: [
        { ip: "192.168.0.10", port: 53 },
        { ip: "192.168.0.11", port: 53 },
      ],
    });
    expect(resourcesOf(stack, "aws_route53_resolver_rule_association")).toEqual({});
  });

  it("is obeyed by the named networks", () => {
    const stack = stackWith({
      domainName: ".",
      networks: { main: { vpcId: "vpc-1" }, build: { vpcId: "vpc-2" } },
    });

    expect(
      resourceAt(stack, "aws_route53_resolver_rule_association", "Corporate/Networks/build/Resource"),
    ).toEqual({
      resolver_rule_id: "${aws_route53_resolver_rule.Corporate_1F65B061.id}",
      vpc_id: "vpc-2",
    });
  });

  it("refuses a bad name, a bad domain and a network that is listed twice", () => {
    const networks = { main: { vpcId: "vpc-1" }, same: { vpcId: "vpc-1" } };

    expect(refuse({ name: "a/b", domainName: "Corp.example.com.", networks })).toBe(
      [
        "test/Corporate: 'name' must be 1 to 64 letters, digits, hyphens, underscores or spaces, and not digits alone, " +
          'got "a/b"; shorten it or leave other characters out',
        "test/Corporate: 'domainName' must be a domain name in lower case without a trailing dot, or a lone dot, " +
          'got "Corp.example.com."; write it like "corp.example.com", or "." for every name',
        'test/Corporate: \'networks\' must name each network once, got {"main":"vpc-1","same":"vpc-1"}; ' +
          "remove the repetition",
      ].join("\n"),
    );
  });

  it("refuses no server and more than six", () => {
    const seven = [1, 2, 3, 4, 5, 6, 7].map((host) => `192.168.0.${host}`);

    expect(refuse({ servers: [] })).toBe(
      "test/Corporate: 'servers' must hold one to 6 addresses, got []; " +
        "name the servers that know the domain; two are enough for one to fail",
    );
    expect(refuse({ servers: seven })).toBe(
      `test/Corporate: 'servers' must hold one to 6 addresses, got ${JSON.stringify(seven)}; ` +
        "name the servers that know the domain; two are enough for one to fail",
    );
  });

  it("refuses servers by name and servers that are listed twice", () => {
    expect(refuse({ servers: ["dns.example.com", "192.168.0.10", "192.168.0.10"] })).toBe(
      [
        "test/Corporate: 'servers' must hold IPv4 addresses, " +
          'got ["dns.example.com","192.168.0.10","192.168.0.10"]; write each like "10.0.0.10"',
        "test/Corporate: 'servers' must name each server once, " +
          'got ["dns.example.com","192.168.0.10","192.168.0.10"]; remove the repetition',
      ].join("\n"),
    );
  });

  it("refuses servers that the endpoint's security group keeps the queries from", () => {
    expect(refuse({ servers: ["192.168.0.10", "192.168.1.10"] })).toBe(
      "test/Corporate: 'servers' must be in the blocks that the endpoint may ask, 192.168.0.0/24, " +
        "got [\"192.168.1.10\"]; add their block to 'serverCidrBlocks' of the endpoint",
    );
  });
});

describe("SystemRule", () => {
  const systemRule = (props: Partial<SystemRuleProps> = {}) => {
    const stack = emptyStack();
    new SystemRule(stack, "Cloud", { name: "cloud", domainName: "cloud.corp.example.com", ...props });
    return stack;
  };

  it("leaves a domain below a forwarded one to Resolver", () => {
    const stack = systemRule({ networks: { main: { vpcId: "vpc-1" } } });

    expect(resourceAt(stack, "aws_route53_resolver_rule")).toEqual({
      name: "cloud",
      domain_name: "cloud.corp.example.com",
      rule_type: "SYSTEM",
    });
    expect(
      resourceAt(stack, "aws_route53_resolver_rule_association", "Cloud/Networks/main/Resource").vpc_id,
    ).toBe("vpc-1");
  });

  it("refuses a domain that is none", () => {
    expect(refusal(() => systemRule({ domainName: "cloud..example.com" }))).toBe(
      "test/Cloud: 'domainName' must be a domain name in lower case without a trailing dot, or a lone dot, " +
        'got "cloud..example.com"; write it like "corp.example.com", or "." for every name',
    );
  });
});

describe("RuleAssociation", () => {
  it("lets a network obey a rule of another account", () => {
    const stack = emptyStack();

    new RuleAssociation(stack, "Shared", {
      rule: { resolverRuleId: "rslvr-rr-1" },
      network: { vpcId: "vpc-1" },
    });

    expect(resourceAt(stack, "aws_route53_resolver_rule_association")).toEqual({
      resolver_rule_id: "rslvr-rr-1",
      vpc_id: "vpc-1",
    });
  });
});
