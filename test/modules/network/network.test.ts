import { Fn, TerraformOutput, TerraformResource, type TerraformStack } from "cdktf";
import { interfaceEndpointServices, Network, type NetworkProps } from "../../../modules/network";
import { emptyStack, refusal, resourceAt, resourcesOf, synthesize } from "../../support/synth";

const required: NetworkProps = {
  name: "prod",
  region: "eu-west-1",
  ipv4CidrBlock: "10.0.0.0/16",
  zones: ["eu-west-1a", "eu-west-1b"],
};

function stackWith(props: Partial<NetworkProps> = {}): TerraformStack {
  const stack = emptyStack();
  new Network(stack, "Network", { ...required, ...props });
  return stack;
}

function resourcesOfType(stack: TerraformStack, type: string): TerraformResource[] {
  return stack.node
    .findAll()
    .filter((child) => TerraformResource.isTerraformResource(child))
    .filter((resource) => resource.terraformResourceType === type);
}

/** Paths below the network of all resources of a type, sorted. */
function pathsOf(stack: TerraformStack, type: string): string[] {
  return resourcesOfType(stack, type)
    .map((resource) => resource.node.path.replace("test/Network/", ""))
    .sort();
}

/** The address of the resource of a type at a path below the network. */
function addressOf(stack: TerraformStack, type: string, path: string): string {
  const found = resourcesOfType(stack, type).find((each) => each.node.path === `test/Network/${path}`);
  return `${type}.${found?.friendlyUniqueId ?? "absent"}`;
}

/** A reference to an attribute of that resource, as Terraform reads it. */
function reference(stack: TerraformStack, type: string, path: string, attribute = "id"): string {
  return `\${${addressOf(stack, type, path)}.${attribute}}`;
}

/** A subnet's id as others read it: through the association, so that they wait for the tier's way out. */
function placeIn(stack: TerraformStack, place: string): string {
  return reference(stack, "aws_route_table_association", `${place}/RouteTableAssociation`, "subnet_id");
}

/** A value with its tokens resolved. */
function resolved(stack: TerraformStack, value: unknown): unknown {
  const id = `Output${stack.node.children.length}`;
  new TerraformOutput(stack, id, { value });
  return synthesize(stack).output?.[id]?.value;
}

describe("Network", () => {
  it("makes a VPC with DNS on", () => {
    expect(resourceAt(stackWith(), "aws_vpc")).toEqual({
      cidr_block: "10.0.0.0/16",
      enable_dns_hostnames: true,
      enable_dns_support: true,
      tags: { Name: "prod-eu-west-1" },
    });
  });

  it("makes one subnet for each tier and zone that gives out no public addresses", () => {
    const stack = stackWith();

    expect(pathsOf(stack, "aws_subnet")).toEqual([
      "Isolated/eu-west-1a/Resource",
      "Isolated/eu-west-1b/Resource",
      "Private/eu-west-1a/Resource",
      "Private/eu-west-1b/Resource",
      "Public/eu-west-1a/Resource",
      "Public/eu-west-1b/Resource",
    ]);
    expect(resourceAt(stack, "aws_subnet", "Network/Public/eu-west-1b/Resource")).toEqual({
      availability_zone: "eu-west-1b",
      cidr_block: "10.0.136.0/21",
      map_public_ip_on_launch: false,
      tags: { Name: "prod-eu-west-1-public-eu-west-1b", "meridian:tier": "public" },
      vpc_id: reference(stack, "aws_vpc", "Resource"),
    });
  });

  it("routes the public tier to the internet through one shared table", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_route", "Network/PublicDefaultRoute")).toEqual({
      destination_cidr_block: "0.0.0.0/0",
      gateway_id: reference(stack, "aws_internet_gateway", "InternetGateway"),
      route_table_id: reference(stack, "aws_route_table", "Public/RouteTable"),
    });
    expect(
      resourceAt(stack, "aws_route_table_association", "Network/Public/eu-west-1b/RouteTableAssociation"),
    ).toEqual({
      depends_on: [addressOf(stack, "aws_internet_gateway", "InternetGateway")],
      route_table_id: reference(stack, "aws_route_table", "Public/RouteTable"),
      subnet_id: reference(stack, "aws_subnet", "Public/eu-west-1b/Resource"),
    });
  });

  it("gives the isolated tier no default route", () => {
    expect(pathsOf(stackWith(), "aws_route")).toEqual([
      "Private/eu-west-1a/DefaultRoute",
      "Private/eu-west-1b/DefaultRoute",
      "PublicDefaultRoute",
    ]);
  });

  it("empties the default security group, network ACL and route table", () => {
    const stack = stackWith();
    const tags = { Name: "prod-eu-west-1-default-closed" };

    expect(resourceAt(stack, "aws_default_security_group")).toEqual({
      egress: [],
      ingress: [],
      tags,
      vpc_id: reference(stack, "aws_vpc", "Resource"),
    });
    expect(resourceAt(stack, "aws_default_network_acl")).toEqual({
      default_network_acl_id: reference(stack, "aws_vpc", "Resource", "default_network_acl_id"),
      egress: [],
      ingress: [],
      lifecycle: { ignore_changes: ["subnet_ids"] },
      tags,
    });
    expect(resourceAt(stack, "aws_default_route_table")).toEqual({
      default_route_table_id: reference(stack, "aws_vpc", "Resource", "default_route_table_id"),
      route: [],
      tags,
    });
  });

  it("answers with what other modules ask of a network", () => {
    const stack = emptyStack();
    const network = new Network(stack, "Network", { ...required, zones: ["eu-west-1b", "eu-west-1a"] });

    expect(network.region).toBe("eu-west-1");
    expect(network.vpcCidrBlock).toBe("10.0.0.0/16");
    expect(network.zones).toEqual(["eu-west-1a", "eu-west-1b"]);
    expect(resolved(stack, network.vpcId)).toBe(reference(stack, "aws_vpc", "Resource"));
    expect(resolved(stack, network.subnetIds("isolated"))).toEqual([
      placeIn(stack, "Isolated/eu-west-1a"),
      placeIn(stack, "Isolated/eu-west-1b"),
    ]);
    expect(resolved(stack, network.natIpv4Addresses)).toEqual([
      reference(stack, "aws_eip", "Nat/eu-west-1a/Address", "public_ip"),
      reference(stack, "aws_eip", "Nat/eu-west-1b/Address", "public_ip"),
    ]);
  });
});

describe("NAT gateways", () => {
  it("are in every zone by default, each serving its own", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_nat_gateway", "Network/Nat/eu-west-1b/Resource")).toEqual({
      allocation_id: reference(stack, "aws_eip", "Nat/eu-west-1b/Address"),
      connectivity_type: "public",
      depends_on: [addressOf(stack, "aws_internet_gateway", "InternetGateway")],
      subnet_id: reference(stack, "aws_subnet", "Public/eu-west-1b/Resource"),
      tags: { Name: "prod-eu-west-1-nat-eu-west-1b" },
    });
    expect(resourceAt(stack, "aws_route", "Network/Private/eu-west-1b/DefaultRoute")).toEqual({
      destination_cidr_block: "0.0.0.0/0",
      nat_gateway_id: reference(stack, "aws_nat_gateway", "Nat/eu-west-1b/Resource"),
      route_table_id: reference(stack, "aws_route_table", "Private/eu-west-1b/RouteTable"),
    });
  });

  it("are only in the first zone of the list when one is requested", () => {
    const stack = stackWith({ natGateways: "single", zones: ["eu-west-1b", "eu-west-1a"] });

    expect(pathsOf(stack, "aws_nat_gateway")).toEqual(["Nat/eu-west-1b/Resource"]);
    expect(resourceAt(stack, "aws_route", "Network/Private/eu-west-1a/DefaultRoute")).toMatchObject({
      nat_gateway_id: reference(stack, "aws_nat_gateway", "Nat/eu-west-1b/Resource"),
    });
  });

  it("are absent, with their addresses and routes, when none are asked for", () => {
    const stack = stackWith({ natGateways: "none" });

    expect(resourcesOf(stack, "aws_nat_gateway")).toEqual({});
    expect(resourcesOf(stack, "aws_eip")).toEqual({});
    expect(pathsOf(stack, "aws_route")).toEqual(["PublicDefaultRoute"]);
  });
});

describe("Endpoints", () => {
  it("lead from every route table to S3 and DynamoDB", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_vpc_endpoint", "Network/GatewayEndpoints/S3/Resource")).toEqual({
      service_name: "com.amazonaws.eu-west-1.s3",
      tags: { Name: "prod-eu-west-1-s3" },
      vpc_endpoint_type: "Gateway",
      vpc_id: reference(stack, "aws_vpc", "Resource"),
    });
    expect(pathsOf(stack, "aws_vpc_endpoint_route_table_association")).toEqual(
      ["DynamoDb", "S3"].flatMap((service) =>
        ["Isolated", "Private-eu-west-1a", "Private-eu-west-1b", "Public"].map(
          (table) => `GatewayEndpoints/${service}/${table}`,
        ),
      ),
    );
    expect(
      resourceAt(
        stack,
        "aws_vpc_endpoint_route_table_association",
        "Network/GatewayEndpoints/DynamoDb/Private-eu-west-1b",
      ),
    ).toEqual({
      route_table_id: reference(stack, "aws_route_table", "Private/eu-west-1b/RouteTable"),
      vpc_endpoint_id: reference(stack, "aws_vpc_endpoint", "GatewayEndpoints/DynamoDb/Resource"),
    });
  });

  it("are not made for interfaces unless asked", () => {
    const stack = stackWith();

    expect(pathsOf(stack, "aws_vpc_endpoint")).toEqual([
      "GatewayEndpoints/DynamoDb/Resource",
      "GatewayEndpoints/S3/Resource",
    ]);
    expect(resourcesOf(stack, "aws_security_group")).toEqual({});
  });

  it("are in the private subnets with private DNS for a bundle's services", () => {
    const stack = stackWith({ interfaceEndpoints: ["private-fargate"] });

    expect(Object.keys(resourcesOf(stack, "aws_vpc_endpoint"))).toHaveLength(
      2 + interfaceEndpointServices["private-fargate"].length,
    );
    expect(resourceAt(stack, "aws_vpc_endpoint", "Network/InterfaceEndpoints/EcrDkr")).toEqual({
      private_dns_enabled: true,
      security_group_ids: [reference(stack, "aws_security_group", "InterfaceEndpoints/Resource")],
      service_name: "com.amazonaws.eu-west-1.ecr.dkr",
      subnet_ids: [placeIn(stack, "Private/eu-west-1a"), placeIn(stack, "Private/eu-west-1b")],
      tags: { Name: "prod-eu-west-1-ecr.dkr" },
      vpc_endpoint_type: "Interface",
      vpc_id: reference(stack, "aws_vpc", "Resource"),
    });
  });

  it("let in HTTPS from the VPC only, and nothing out", () => {
    const stack = stackWith({ interfaceEndpoints: ["messaging"] });

    expect(resourceAt(stack, "aws_security_group")).toEqual({
      description: "HTTPS from the VPC to interface endpoints",
      name: "prod-eu-west-1-interface-endpoints",
      tags: { Name: "prod-eu-west-1-interface-endpoints" },
      vpc_id: reference(stack, "aws_vpc", "Resource"),
    });
    expect(resourceAt(stack, "aws_vpc_security_group_ingress_rule")).toEqual({
      cidr_ipv4: "10.0.0.0/16",
      description: "HTTPS from the VPC",
      from_port: 443,
      ip_protocol: "tcp",
      security_group_id: reference(stack, "aws_security_group", "InterfaceEndpoints/Resource"),
      to_port: 443,
    });
    expect(resourcesOf(stack, "aws_vpc_security_group_egress_rule")).toEqual({});
  });

  it("serve two bundles with one endpoint for a service of both", () => {
    const stack = stackWith({ interfaceEndpoints: ["private-fargate", "session-manager"] });

    expect(pathsOf(stack, "aws_vpc_endpoint").filter((path) => path.startsWith("Interface"))).toEqual(
      ["Ec2messages", "EcrApi", "EcrDkr", "Logs", "Secretsmanager", "Ssm", "Ssmmessages"].map(
        (service) => `InterfaceEndpoints/${service}`,
      ),
    );
  });

  it("carry the names that China's partition gives them", () => {
    const stack = stackWith({
      region: "cn-north-1",
      zones: ["cn-north-1a"],
      interfaceEndpoints: ["private-fargate"],
    });

    const named = (id: string) =>
      resourceAt(stack, "aws_vpc_endpoint", `Network/InterfaceEndpoints/${id}`).service_name;
    expect(named("EcrApi")).toBe("cn.com.amazonaws.cn-north-1.ecr.api");
    expect(named("Logs")).toBe("com.amazonaws.cn-north-1.logs");
  });
});

describe("Flow logs", () => {
  it("record all traffic in CloudWatch Logs for 30 days by default", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_flow_log")).toEqual({
      depends_on: [addressOf(stack, "aws_iam_role_policy", "FlowLog/RolePolicy")],
      iam_role_arn: reference(stack, "aws_iam_role", "FlowLog/Role", "arn"),
      log_destination: reference(stack, "aws_cloudwatch_log_group", "FlowLog/LogGroup", "arn"),
      log_destination_type: "cloud-watch-logs",
      max_aggregation_interval: 600,
      tags: { Name: "prod-eu-west-1" },
      traffic_type: "ALL",
      vpc_id: reference(stack, "aws_vpc", "Resource"),
    });
    expect(resourceAt(stack, "aws_cloudwatch_log_group")).toEqual({
      name: "/vpc/prod-eu-west-1/flow-logs",
      retention_in_days: 30,
    });
  });

  it("write through a role for this log group only, assumed by this account's flow logs only", () => {
    const stack = stackWith();
    const account = reference(stack, "aws_vpc", "Resource", "owner_id");

    const role = resourceAt(stack, "aws_iam_role");
    expect(role.name).toBe("prod-eu-west-1-flow-logs");
    expect(JSON.parse(role.assume_role_policy as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { Service: "vpc-flow-logs.amazonaws.com" },
          Condition: {
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: { "aws:SourceArn": `arn:aws:ec2:eu-west-1:${account}:vpc-flow-log/*` },
          },
        },
      ],
    });
    expect(JSON.parse(resourceAt(stack, "aws_iam_role_policy").policy as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          Resource: `${reference(stack, "aws_cloudwatch_log_group", "FlowLog/LogGroup", "arn")}:*`,
        },
      ],
    });
  });

  it("are kept for as long and under the key that is asked for", () => {
    const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/1234";
    const stack = stackWith({ flowLogs: { retentionDays: 365, kmsKeyArn } });

    expect(resourceAt(stack, "aws_cloudwatch_log_group")).toMatchObject({
      kms_key_id: kmsKeyArn,
      retention_in_days: 365,
    });
  });

  it("are absent, with their role, when none are asked for", () => {
    const stack = stackWith({ flowLogs: "none" });

    expect(resourcesOf(stack, "aws_flow_log")).toEqual({});
    expect(resourcesOf(stack, "aws_iam_role")).toEqual({});
    expect(resourcesOf(stack, "aws_cloudwatch_log_group")).toEqual({});
  });
});

describe("Network.fromNetworkAttributes", () => {
  const attributes = {
    region: "eu-west-1",
    vpcId: "vpc-1",
    vpcCidrBlock: "10.0.0.0/16",
    zones: ["eu-west-1a", "eu-west-1b"],
    subnetIds: {
      public: ["subnet-1", "subnet-2"],
      private: ["subnet-3", "subnet-4"],
      isolated: ["subnet-5", "subnet-6"],
    },
  };

  it("answers with the given attributes and creates nothing", () => {
    const stack = emptyStack();
    const network = Network.fromNetworkAttributes(stack, "Network", attributes);

    expect(network).toMatchObject({ region: "eu-west-1", vpcId: "vpc-1", vpcCidrBlock: "10.0.0.0/16" });
    expect(network.zones).toEqual(["eu-west-1a", "eu-west-1b"]);
    expect(network.subnetIds("private")).toEqual(["subnet-3", "subnet-4"]);
    expect(synthesize(stack).resource).toBeUndefined();
  });

  it("takes subnets that are known only at apply", () => {
    const stack = emptyStack();
    const list = Fn.split(",", "subnet-1,subnet-2");
    const subnetIds = { public: list, private: list, isolated: list };

    const network = Network.fromNetworkAttributes(stack, "Network", { ...attributes, subnetIds });

    expect(resolved(stack, network.subnetIds("public"))).toBe('${split(",", "subnet-1,subnet-2")}');
  });

  it("refuses zones out of order and tiers of another size, both at once", () => {
    const build = () =>
      Network.fromNetworkAttributes(emptyStack(), "Network", {
        ...attributes,
        zones: ["eu-west-1b", "eu-west-1a"],
        subnetIds: { public: ["subnet-1"], private: [], isolated: [] },
      });

    expect(refusal(build)).toBe(
      [
        `test/Network: 'zones' must be sorted, got ["eu-west-1b","eu-west-1a"]; ` +
          "sort the zones, and each tier's subnets with them",
        "test/Network: 'subnetIds' must name 2 subnets in each tier, one for each of its zones, " +
          `got {"public":["subnet-1"],"private":[],"isolated":[]}; ` +
          "list one subnet for each zone, in the order of 'zones'",
      ].join("\n"),
    );
  });
});

describe("Network refusals", () => {
  it.each<[string, Partial<NetworkProps>, string]>([
    [
      "a name that is no word",
      { name: "prod_" },
      `'name' must be words of letters and digits joined by hyphens, got "prod_"; use a name such as 'prod'`,
    ],
    [
      "a block with host bits",
      { ipv4CidrBlock: "10.0.1.0/16" },
      `'ipv4CidrBlock' must be an IPv4 block between a /16 and a /22, got "10.0.1.0/16"; ` +
        "use a block such as '10.0.0.0/16', without host bits",
    ],
    [
      "a block too small for the tiers",
      { ipv4CidrBlock: "10.0.0.0/23" },
      `'ipv4CidrBlock' must be an IPv4 block between a /16 and a /22, got "10.0.0.0/23"; ` +
        "use a block such as '10.0.0.0/16', without host bits",
    ],
    [
      "no zone",
      { zones: [] },
      "'zones' must name at least one zone and none twice, got []; list each zone once",
    ],
    [
      "a zone twice",
      { zones: ["eu-west-1a", "eu-west-1a"] },
      `'zones' must name at least one zone and none twice, got ["eu-west-1a","eu-west-1a"]; list each zone once`,
    ],
    [
      "zones of other regions and Local Zones",
      { zones: ["eu-west-1a", "eu-west-2a", "eu-west-1-dub-1a", "eu-west-1z", "eu-west-1"] },
      "'zones' must be zones of eu-west-1, its code followed by a letter, " +
        `got ["eu-west-2a","eu-west-1-dub-1a","eu-west-1z","eu-west-1"]; ` +
        "use names such as 'eu-west-1a'; Local Zones are not supported",
    ],
    [
      "a retention that CloudWatch does not offer",
      { flowLogs: { retentionDays: 10 } },
      `'flowLogs' must keep records for a period that CloudWatch Logs offers, got {"retentionDays":10}; ` +
        "set retentionDays to one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, " +
        "2192, 2557, 2922, 3288, 3653",
    ],
    [
      "blocks that are malformed, repeated or the network's own",
      {
        blockedIpv4CidrBlocks: [
          "203.0.113.1/24",
          "198.51.100.0/24",
          "198.51.100.0/24",
          "10.0.128.0/20",
          "0.0.0.0/0",
        ],
      },
      "'blockedIpv4CidrBlocks' must be distinct IPv4 blocks that share no address with the network, " +
        `got ["203.0.113.1/24","198.51.100.0/24","10.0.128.0/20","0.0.0.0/0"]; ` +
        "remove or correct these, without host bits",
    ],
    [
      "more blocks than a network ACL holds",
      { blockedIpv4CidrBlocks: Array.from({ length: 15 }, (_, index) => `203.0.${index}.0/24`) },
      "'blockedIpv4CidrBlocks' must list at most 13 blocks, because a network ACL holds 20 rules a direction, got 15; " +
        "merge neighbouring blocks, or block them in the firewall of the load balancer",
    ],
  ])("refuses %s", (_, props, message) => {
    expect(refusal(() => stackWith(props))).toBe(`test/Network: ${message}`);
  });

  it("lists every failure at once", () => {
    const message = refusal(() => stackWith({ ipv4CidrBlock: "ten", blockedIpv4CidrBlocks: ["eleven"] }));

    expect(message.split("\n")).toEqual([
      `test/Network: 'ipv4CidrBlock' must be an IPv4 block between a /16 and a /22, got "ten"; ` +
        "use a block such as '10.0.0.0/16', without host bits",
      "test/Network: 'blockedIpv4CidrBlocks' must be distinct IPv4 blocks that share no address with the network, " +
        `got ["eleven"]; remove or correct these, without host bits`,
    ]);
  });

  it("refuses a block larger than AWS accepts, whatever is blocked", () => {
    const message = refusal(() =>
      stackWith({ ipv4CidrBlock: "ten", blockedIpv4CidrBlocks: ["203.0.113.0/24"] }),
    );

    expect(message).toBe(
      `test/Network: 'ipv4CidrBlock' must be an IPv4 block between a /16 and a /22, got "ten"; ` +
        "use a block such as '10.0.0.0/16', without host bits",
    );
    expect(refusal(() => stackWith({ ipv4CidrBlock: "10.0.0.0/8" }))).toContain(`got "10.0.0.0/8"`);
  });
});
