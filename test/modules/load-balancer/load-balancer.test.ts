import { TerraformOutput, type TerraformStack, TerraformVariable } from "cdktf";

import type { INetwork } from "../../../core";
import { LoadBalancer, type LoadBalancerProps } from "../../../modules/load-balancer";
import {
  type Block,
  dataOf,
  emptyStack,
  refusal,
  resourceAt,
  resourcesOf,
  synthesize,
  treeOf,
} from "../../support/synth";

const network: INetwork = {
  region: "eu-west-1",
  vpcId: "vpc-1",
  vpcCidrBlock: "10.0.0.0/16",
  zones: ["eu-west-1a", "eu-west-1b"],
  subnetIds: (tier) => [`subnet-${tier}-a`, `subnet-${tier}-b`],
};

const certificateArn = "arn:aws:acm:eu-west-1:111122223333:certificate/1";
const required: LoadBalancerProps = {
  name: "prod-web",
  account: "111122223333",
  network,
  certificate: { certificateArn },
};

function stackWith(props: Partial<LoadBalancerProps> = {}): TerraformStack {
  const stack = emptyStack();
  new LoadBalancer(stack, "LoadBalancer", { ...required, ...props });
  return stack;
}

function policyOf(stack: TerraformStack): { Statement: Block[] } {
  return JSON.parse(String(resourceAt(stack, "aws_s3_bucket_policy").policy)) as { Statement: Block[] };
}

describe("LoadBalancer", () => {
  it("is in the public tier, protected, logged and strict about headers", () => {
    const stack = stackWith();

    const bucket = "${aws_s3_bucket.LoadBalancer_Logs_B5B0A3F1.bucket}";
    expect(resourceAt(stack, "aws_lb", "LoadBalancer/Resource")).toEqual({
      name: "prod-web",
      load_balancer_type: "application",
      internal: false,
      ip_address_type: "ipv4",
      subnets: ["subnet-public-a", "subnet-public-b"],
      security_groups: ["${aws_security_group.LoadBalancer_SecurityGroup_7560AED0.id}"],
      enable_deletion_protection: true,
      enable_http2: true,
      drop_invalid_header_fields: true,
      desync_mitigation_mode: "defensive",
      client_keep_alive: 300,
      idle_timeout: 60,
      access_logs: { bucket, prefix: "requests", enabled: true },
      connection_logs: { bucket, prefix: "connections", enabled: true },
      depends_on: ["aws_s3_bucket_policy.LoadBalancer_Logs_Policy_82AE6CF7"],
    });
  });

  it("keeps its construct ids, which are addresses in the state", () => {
    const stack = emptyStack();
    const loadBalancer = new LoadBalancer(stack, "LoadBalancer", required);

    expect(treeOf(loadBalancer)).toEqual([
      "test/LoadBalancer",
      "test/LoadBalancer/Logs",
      "test/LoadBalancer/Logs/Resource",
      "test/LoadBalancer/Logs/Encryption",
      "test/LoadBalancer/Logs/OwnershipControls",
      "test/LoadBalancer/Logs/Versioning",
      "test/LoadBalancer/Logs/Lifecycle",
      "test/LoadBalancer/Logs/PublicAccessBlock",
      "test/LoadBalancer/Logs/Policy",
      "test/LoadBalancer/SecurityGroup",
      "test/LoadBalancer/HttpFromAnyIpv4",
      "test/LoadBalancer/HttpsFromAnyIpv4",
      "test/LoadBalancer/Resource",
      "test/LoadBalancer/HttpListener",
      "test/LoadBalancer/HttpsListener",
    ]);
  });

  it("answers 404 over TLS 1.2 and 1.3 until a service adds its rule", () => {
    expect(resourceAt(stackWith(), "aws_lb_listener", "LoadBalancer/HttpsListener")).toEqual({
      load_balancer_arn: "${aws_lb.LoadBalancer_BE9EEC3A.arn}",
      port: 443,
      protocol: "HTTPS",
      ssl_policy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
      certificate_arn: certificateArn,
      default_action: [
        {
          type: "fixed-response",
          fixed_response: { status_code: "404", content_type: "text/plain", message_body: "Not found" },
        },
      ],
    });
  });

  it("redirects HTTP to HTTPS for good", () => {
    expect(resourceAt(stackWith(), "aws_lb_listener", "LoadBalancer/HttpListener")).toEqual({
      load_balancer_arn: "${aws_lb.LoadBalancer_BE9EEC3A.arn}",
      port: 80,
      protocol: "HTTP",
      default_action: [
        { type: "redirect", redirect: { protocol: "HTTPS", port: "443", status_code: "HTTP_301" } },
      ],
    });
  });

  it("opens ports 80 and 443 to the internet and no other", () => {
    const ports = Object.values(resourcesOf(stackWith(), "aws_vpc_security_group_ingress_rule")).map(
      (rule) => [rule.cidr_ipv4, rule.from_port, rule.to_port],
    );

    expect(ports).toEqual([
      ["0.0.0.0/0", 80, 80],
      ["0.0.0.0/0", 443, 443],
    ]);
  });

  it("lets nothing out by itself", () => {
    const stack = stackWith();

    expect(resourcesOf(stack, "aws_vpc_security_group_egress_rule")).toEqual({});
    expect(resourceAt(stack, "aws_security_group")).not.toHaveProperty("egress");
  });

  it("takes every setting", () => {
    const stack = stackWith({
      deletionProtection: false,
      clientKeepAliveSeconds: 96,
      idleTimeoutSeconds: 120,
      sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06",
      accessLogs: { retentionDays: 14 },
    });

    expect(resourceAt(stack, "aws_lb")).toMatchObject({
      enable_deletion_protection: false,
      client_keep_alive: 96,
      idle_timeout: 120,
    });
    expect(resourceAt(stack, "aws_lb_listener", "LoadBalancer/HttpsListener")).toMatchObject({
      ssl_policy: "ELBSecurityPolicy-TLS13-1-3-2021-06",
    });
    expect(resourceAt(stack, "aws_s3_bucket_lifecycle_configuration")).toMatchObject({
      rule: [{ expiration: [{ days: 14 }] }],
    });
  });

  it("shortens a name that a load balancer may not have", () => {
    const name = "a-very-long-name-of-an-environment-eu-central-1";

    expect(resourceAt(stackWith({ name }), "aws_lb").name).toBe("a-very-long-name-of-an-cc452ab7");
  });

  it("represents one of another stack by its attributes", () => {
    const attributes = {
      loadBalancerArn: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/prod-web/abc",
      httpsListenerArn: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/prod-web/abc/def",
      securityGroupId: "sg-1",
      dnsName: "prod-web-1.eu-west-1.elb.amazonaws.com",
      hostedZoneId: "Z32O12XQLNTSW2",
    };

    expect(LoadBalancer.fromLoadBalancerAttributes(attributes)).toEqual({
      ...attributes,
      loadBalancerArnSuffix: "app/prod-web/abc",
    });
  });

  it("cuts an ARN that is known at apply only with Terraform's own functions", () => {
    const stack = emptyStack();
    const imported = LoadBalancer.fromLoadBalancerAttributes({
      loadBalancerArn: new TerraformVariable(stack, "arn", {}).stringValue,
      httpsListenerArn: "listener",
      securityGroupId: "sg-1",
      dnsName: "name",
      hostedZoneId: "Z1",
    });

    new TerraformOutput(stack, "Suffix", { value: imported.loadBalancerArnSuffix });

    expect(synthesize(stack).output?.Suffix?.value).toBe('${element(split("loadbalancer/", var.arn), 1)}');
  });
});

describe("the log bucket of a LoadBalancer", () => {
  it("is named after load balancer, account and region, since bucket names are the world's", () => {
    expect(resourceAt(stackWith(), "aws_s3_bucket")).toEqual({
      bucket: "prod-web-111122223333-eu-west-1-lb-logs",
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  it("can be destroyed with its logs once deletion protection is off", () => {
    expect(resourceAt(stackWith({ deletionProtection: false }), "aws_s3_bucket")).toMatchObject({
      force_destroy: true,
      lifecycle: { prevent_destroy: false },
    });
  });

  it("is encrypted with S3's keys, the only ones that load balancers can use", () => {
    expect(resourceAt(stackWith(), "aws_s3_bucket_server_side_encryption_configuration")).toMatchObject({
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
    });
  });

  it("is closed to the public and to access control lists", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(resourceAt(stack, "aws_s3_bucket_ownership_controls")).toMatchObject({
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
  });

  it("forgets logs after 90 days and keeps what was overwritten for a week", () => {
    expect(resourceAt(stackWith(), "aws_s3_bucket_lifecycle_configuration").rule).toEqual([
      {
        id: "expire-logs",
        status: "Enabled",
        filter: [{ prefix: "" }],
        expiration: [{ days: 90 }],
        noncurrent_version_expiration: [{ noncurrent_days: 7 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
      },
    ]);
  });

  it("takes logs from load balancers of its account and region only, and nothing without TLS", () => {
    const bucketArn = "arn:aws:s3:::${aws_s3_bucket.LoadBalancer_Logs_B5B0A3F1.bucket}";

    expect(policyOf(stackWith()).Statement).toEqual([
      {
        Sid: "WriteLogs",
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: [
          `${bucketArn}/requests/AWSLogs/111122223333/*`,
          `${bucketArn}/connections/AWSLogs/111122223333/*`,
        ],
        Condition: {
          ArnLike: {
            "aws:SourceArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/*",
          },
        },
      },
      {
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("writes the ARNs of the region's partition", () => {
    const stack = stackWith({ network: { ...network, region: "cn-north-1" } });

    expect(JSON.stringify(policyOf(stack))).not.toContain("arn:aws:");
  });
});

describe("LoadBalancer, given what AWS would refuse,", () => {
  const where = "test/LoadBalancer";

  it.each(["Prod", "prod--web", "prod-", "internal-web", "1prod"])("refuses the name %s", (name) => {
    expect(refusal(() => stackWith({ name }))).toBe(
      `${where}: 'name' must be lower-case letters, digits and single hyphens, starting with a letter, and not begin with 'internal-', got "${name}"; choose a name like 'prod-web'`,
    );
  });

  it("refuses an account that is not 12 digits", () => {
    expect(refusal(() => stackWith({ account: "1234" }))).toBe(
      `${where}: 'account' must be the 12 digits of an AWS account, got "1234"; write the account id as text, with its leading zeros`,
    );
  });

  it("refuses a network of one zone", () => {
    expect(refusal(() => stackWith({ network: { ...network, zones: ["eu-west-1a"] } }))).toBe(
      `${where}: 'network' must have at least two zones, got ["eu-west-1a"]; add a zone to the network, which AWS requires for a load balancer`,
    );
  });

  it("refuses to admit CloudFront to private addresses", () => {
    expect(refusal(() => stackWith({ internal: true, admits: "cloudfront" }))).toBe(
      `${where}: 'admits' must not be 'cloudfront' where the load balancer is 'internal', got "cloudfront"; remove 'internal', because CloudFront connects to public addresses only`,
    );
  });

  it.each([59, 604_801, 90.5])("refuses a client keep-alive of %d seconds", (clientKeepAliveSeconds) => {
    expect(refusal(() => stackWith({ clientKeepAliveSeconds }))).toBe(
      `${where}: 'clientKeepAliveSeconds' must be a whole number between 60 and 604800, got ${clientKeepAliveSeconds}; choose at most the recovery time objective`,
    );
  });

  it.each([0, 4001])("refuses an idle timeout of %d seconds", (idleTimeoutSeconds) => {
    expect(refusal(() => stackWith({ idleTimeoutSeconds }))).toBe(
      `${where}: 'idleTimeoutSeconds' must be a whole number between 1 and 4000, got ${idleTimeoutSeconds}; choose the longest that the application stays silent in a request`,
    );
  });

  it("refuses a policy with TLS 1.0", () => {
    expect(refusal(() => stackWith({ sslPolicy: "ELBSecurityPolicy-2016-08" }))).toBe(
      `${where}: 'sslPolicy' must be a policy of TLS 1.3, with or without TLS 1.2, got "ELBSecurityPolicy-2016-08"; choose one whose name begins with 'ELBSecurityPolicy-TLS13-1-2-' or 'ELBSecurityPolicy-TLS13-1-3-'`,
    );
  });

  it.each([0, 3651])("refuses to keep logs for %d days", (retentionDays) => {
    expect(refusal(() => stackWith({ accessLogs: { retentionDays } }))).toBe(
      `${where}: 'accessLogs' must keep logs for a whole number of days between 1 and 3650, got ${retentionDays}; correct 'retentionDays'`,
    );
  });
});

describe("an internal load balancer", () => {
  it("is in the private tier", () => {
    expect(resourceAt(stackWith({ internal: true }), "aws_lb")).toMatchObject({
      internal: true,
      subnets: ["subnet-private-a", "subnet-private-b"],
    });
  });
});

describe("a dual-stack load balancer", () => {
  const dualStackNetwork = { ...network, vpcIpv6CidrBlock: "2001:db8::/56" };

  it("answers over IPv6 too, on the same ports, opened by rules of their own", () => {
    const stack = stackWith({ ipAddressType: "dualstack", network: dualStackNetwork });
    const rules = resourcesOf(stack, "aws_vpc_security_group_ingress_rule");

    expect(resourceAt(stack, "aws_lb").ip_address_type).toBe("dualstack");
    expect(rules).toMatchObject(resourcesOf(stackWith(), "aws_vpc_security_group_ingress_rule"));
    expect(resourceAt(stack, "aws_vpc_security_group_ingress_rule", "LoadBalancer/HttpsFromAnyIpv6")).toEqual(
      {
        security_group_id: "${aws_security_group.LoadBalancer_SecurityGroup_7560AED0.id}",
        description: "HTTPS from the internet",
        cidr_ipv6: "::/0",
        ip_protocol: "tcp",
        from_port: 443,
        to_port: 443,
      },
    );
    expect(
      resourceAt(stack, "aws_vpc_security_group_ingress_rule", "LoadBalancer/HttpFromAnyIpv6"),
    ).toMatchObject({ cidr_ipv6: "::/0", from_port: 80, to_port: 80 });
    expect(Object.keys(rules)).toHaveLength(4);
  });

  it("is on demand in a dual-stack network", () => {
    const stack = stackWith({ network: dualStackNetwork });

    expect(resourceAt(stack, "aws_lb").ip_address_type).toBe("ipv4");
    expect(Object.keys(resourcesOf(stack, "aws_vpc_security_group_ingress_rule"))).toHaveLength(2);
  });

  it("is refused in a network without IPv6 addresses", () => {
    expect(refusal(() => stackWith({ ipAddressType: "dualstack" }))).toBe(
      `test/LoadBalancer: 'ipAddressType' must be 'ipv4' in a network without IPv6 addresses, got "dualstack"; make the network dual-stack, or leave 'ipAddressType' out`,
    );
  });
});

describe("a load balancer that admits CloudFront", () => {
  const stack = stackWith({ admits: "cloudfront" });

  it("is open to CloudFront and to health checkers, in a group each since a list counts as many rules", () => {
    const rules = Object.values(resourcesOf(stack, "aws_vpc_security_group_ingress_rule"));

    expect(rules).toEqual([
      {
        security_group_id: "${aws_security_group.LoadBalancer_SecurityGroup_7560AED0.id}",
        description: "HTTPS from com.amazonaws.global.cloudfront.origin-facing",
        prefix_list_id: "${data.aws_ec2_managed_prefix_list.LoadBalancer_CloudFrontPrefixList_08490545.id}",
        ip_protocol: "tcp",
        from_port: 443,
        to_port: 443,
      },
      {
        security_group_id: "${aws_security_group.LoadBalancer_HealthCheckSecurityGroup_166951AF.id}",
        description: "HTTPS from com.amazonaws.eu-west-1.route53-healthchecks",
        prefix_list_id: "${data.aws_ec2_managed_prefix_list.LoadBalancer_Route53PrefixList_DB6D6522.id}",
        ip_protocol: "tcp",
        from_port: 443,
        to_port: 443,
      },
    ]);
    expect(resourceAt(stack, "aws_lb").security_groups).toEqual(rules.map((rule) => rule.security_group_id));
  });

  it("finds the lists of its region by name when Terraform plans", () => {
    expect(Object.values(dataOf(stack, "aws_ec2_managed_prefix_list")).map(({ name }) => name)).toEqual([
      "com.amazonaws.global.cloudfront.origin-facing",
      "com.amazonaws.eu-west-1.route53-healthchecks",
    ]);
  });

  it("has no HTTP listener, which nobody could reach", () => {
    const ports = Object.values(resourcesOf(stack, "aws_lb_listener")).map(({ port }) => port);

    expect(ports).toEqual([443]);
  });

  it("keeps the group of one that is open, so that a change replaces nothing that services answer to", () => {
    const groupOf = (of: TerraformStack): Block =>
      resourceAt(of, "aws_security_group", "LoadBalancer/SecurityGroup");

    expect(groupOf(stack)).toEqual(groupOf(stackWith()));
  });

  it("has no opening over IPv6, by which CloudFront does not ask", () => {
    const dualStack = stackWith({
      admits: "cloudfront",
      ipAddressType: "dualstack",
      network: { ...network, vpcIpv6CidrBlock: "2001:db8::/56" },
    });

    expect(Object.keys(resourcesOf(dualStack, "aws_vpc_security_group_ingress_rule"))).toHaveLength(2);
  });
});

describe("a load balancer that admits its network only", () => {
  const props = { internal: true, admits: "network" } as const;

  it("is open to the network's own addresses on port 443 and to nobody else", () => {
    const stack = stackWith(props);

    expect(Object.values(resourcesOf(stack, "aws_vpc_security_group_ingress_rule"))).toEqual([
      {
        security_group_id: "${aws_security_group.LoadBalancer_SecurityGroup_7560AED0.id}",
        description: "HTTPS from the network",
        cidr_ipv4: "10.0.0.0/16",
        ip_protocol: "tcp",
        from_port: 443,
        to_port: 443,
      },
    ]);
    expect(
      Object.values(resourcesOf(stack, "aws_lb_listener")).map(({ port, protocol }) => [port, protocol]),
    ).toEqual([[443, "HTTPS"]]);
  });

  it("is open to the network's IPv6 addresses too, where it has any", () => {
    const stack = stackWith({
      ...props,
      network: { ...network, vpcIpv6CidrBlock: "2001:db8::/56" },
      ipAddressType: "dualstack",
    });

    expect(
      Object.values(resourcesOf(stack, "aws_vpc_security_group_ingress_rule")).map((rule) => [
        rule.cidr_ipv4,
        rule.cidr_ipv6,
        rule.from_port,
      ]),
    ).toEqual([
      [undefined, "2001:db8::/56", 443],
      ["10.0.0.0/16", undefined, 443],
    ]);
  });

  it("refuses public addresses, at which the network would come from outside", () => {
    expect(refusal(() => stackWith({ admits: "network" }))).toBe(
      "test/LoadBalancer: 'admits' must be 'network' only where the load balancer is 'internal', got \"network\"; " +
        "set 'internal' to true, because a network reaches public addresses from outside",
    );
  });
});
