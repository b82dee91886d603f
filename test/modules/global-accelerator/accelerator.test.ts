import { Token, type TerraformStack } from "cdktf";

import {
  Accelerator,
  type AcceleratorProps,
  type EndpointGroupOptions,
  type ListenerOptions,
} from "../../../modules/global-accelerator";
import { type Block, emptyStack, refusal, resourceAt, resourcesOf, treeOf } from "../../support/synth";
import { resolve } from "../dns/resolve";

const account = "111122223333";

function loadBalancer(region: string, name = "web") {
  return {
    region,
    endpointId: `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/${name}/0123456789abcdef`,
  };
}

function group(region: string, options: Partial<EndpointGroupOptions> = {}): EndpointGroupOptions {
  return { endpoints: [{ endpoint: loadBalancer(region) }], ...options };
}

const https: ListenerOptions = {
  protocol: "TCP",
  portRanges: [{ fromPort: 443, toPort: 443 }],
  endpointGroups: { "eu-west-1": group("eu-west-1") },
};
const required: AcceleratorProps = { name: "prod-web", account, listeners: { https } };

function stackWith(props: Partial<AcceleratorProps> = {}): TerraformStack {
  const stack = emptyStack();
  new Accelerator(stack, "Accelerator", { ...required, ...props });
  return stack;
}

/** The refusal of an accelerator whose one listener or one endpoint group is changed. */
function refusalOf(props: Partial<AcceleratorProps>): string {
  return refusal(() => stackWith(props));
}

function refusalOfListener(listener: Partial<ListenerOptions>): string {
  return refusalOf({ listeners: { https: { ...https, ...listener } } });
}

function refusalOfGroup(options: Partial<EndpointGroupOptions>): string {
  return refusalOfListener({ endpointGroups: { "eu-west-1": group("eu-west-1", options) } });
}

const groupPath = "listeners.https.endpointGroups.eu-west-1";

describe("Accelerator", () => {
  it("takes IPv4, keeps its addresses and logs every flow by default", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_globalaccelerator_accelerator")).toEqual({
      name: "prod-web",
      ip_address_type: "IPV4",
      enabled: true,
      attributes: {
        flow_logs_enabled: true,
        flow_logs_s3_bucket: "${aws_s3_bucket.Accelerator_FlowLogs_235E55A1.bucket}",
        flow_logs_s3_prefix: "flow-logs",
      },
      lifecycle: { prevent_destroy: true },
      depends_on: ["aws_s3_bucket_policy.Accelerator_FlowLogs_Policy_39B6783F"],
    });
    expect(resourceAt(stack, "aws_globalaccelerator_listener")).toEqual({
      accelerator_arn: "${aws_globalaccelerator_accelerator.Accelerator_8EB0B6B1.arn}",
      protocol: "TCP",
      client_affinity: "NONE",
      port_range: [{ from_port: 443, to_port: 443 }],
    });
    expect(resourceAt(stack, "aws_globalaccelerator_endpoint_group")).toEqual({
      listener_arn: "${aws_globalaccelerator_listener.Accelerator_Listeners_https_491BBD8C.arn}",
      endpoint_group_region: "eu-west-1",
      traffic_dial_percentage: 100,
      endpoint_configuration: [
        {
          endpoint_id: loadBalancer("eu-west-1").endpointId,
          weight: 128,
          client_ip_preservation_enabled: true,
        },
      ],
    });
  });

  it("keeps its construct ids, which are addresses in the state", () => {
    const stack = emptyStack();

    const accelerator = new Accelerator(stack, "Accelerator", required);

    expect(treeOf(accelerator)).toEqual([
      "test/Accelerator",
      "test/Accelerator/FlowLogs",
      "test/Accelerator/FlowLogs/Resource",
      "test/Accelerator/FlowLogs/Encryption",
      "test/Accelerator/FlowLogs/OwnershipControls",
      "test/Accelerator/FlowLogs/Versioning",
      "test/Accelerator/FlowLogs/Lifecycle",
      "test/Accelerator/FlowLogs/PublicAccessBlock",
      "test/Accelerator/FlowLogs/Policy",
      "test/Accelerator/Resource",
      "test/Accelerator/Listeners",
      "test/Accelerator/Listeners/https",
      "test/Accelerator/Listeners/https/Resource",
      "test/Accelerator/Listeners/https/eu-west-1",
    ]);
  });

  it("takes every setting as given", () => {
    const stack = stackWith({
      dualStack: true,
      enabled: false,
      ipAddresses: ["198.51.100.1"],
      deletionProtection: false,
      flowLogs: { kind: "existing-bucket", bucketName: "logs", prefix: "accelerators" },
      listeners: {
        https: {
          ...https,
          clientAffinity: "SOURCE_IP",
          endpointGroups: {
            "eu-west-1": {
              endpoints: [
                {
                  endpoint: { ...loadBalancer("eu-west-1"), ipAddressType: "dualstack" },
                  weight: 0,
                  clientIpPreservation: true,
                  attachmentArn: `arn:aws:globalaccelerator::${account}:attachment/1`,
                },
              ],
              trafficDialPercentage: 0,
              portOverrides: [{ listenerPort: 443, endpointPort: 8443 }],
              healthCheck: {
                protocol: "HTTPS",
                path: "/health",
                port: 8443,
                intervalSeconds: 10,
                threshold: 2,
              },
            },
          },
        },
      },
    });

    expect(resourceAt(stack, "aws_globalaccelerator_accelerator")).toEqual({
      name: "prod-web",
      ip_address_type: "DUAL_STACK",
      ip_addresses: ["198.51.100.1"],
      enabled: false,
      attributes: {
        flow_logs_enabled: true,
        flow_logs_s3_bucket: "logs",
        flow_logs_s3_prefix: "accelerators",
      },
      lifecycle: { prevent_destroy: false },
    });
    expect(resourceAt(stack, "aws_globalaccelerator_listener").client_affinity).toBe("SOURCE_IP");
    expect(resourceAt(stack, "aws_globalaccelerator_endpoint_group")).toEqual({
      listener_arn: "${aws_globalaccelerator_listener.Accelerator_Listeners_https_491BBD8C.arn}",
      endpoint_group_region: "eu-west-1",
      traffic_dial_percentage: 0,
      health_check_protocol: "HTTPS",
      health_check_path: "/health",
      health_check_port: 8443,
      health_check_interval_seconds: 10,
      threshold_count: 2,
      port_override: [{ listener_port: 443, endpoint_port: 8443 }],
      endpoint_configuration: [
        {
          endpoint_id: loadBalancer("eu-west-1").endpointId,
          weight: 0,
          client_ip_preservation_enabled: true,
          attachment_arn: `arn:aws:globalaccelerator::${account}:attachment/1`,
        },
      ],
    });
  });

  it("makes an endpoint group in each region of each listener", () => {
    const endpointGroups = { "eu-west-1": group("eu-west-1"), "us-east-1": group("us-east-1") };
    const stack = stackWith({
      listeners: {
        https: { ...https, endpointGroups },
        quic: { ...https, protocol: "UDP", endpointGroups },
      },
    });

    const regions = Object.values(resourcesOf(stack, "aws_globalaccelerator_endpoint_group")).map(
      (each) => each.endpoint_group_region,
    );
    expect(regions).toEqual(["eu-west-1", "us-east-1", "eu-west-1", "us-east-1"]);
  });

  it("hides users' addresses where asked to", () => {
    const endpoint = loadBalancer("eu-west-1");
    const endpointGroups = { "eu-west-1": { endpoints: [{ endpoint, clientIpPreservation: false }] } };
    const stack = stackWith({ listeners: { https: { ...https, endpointGroups } } });

    expect(resourceAt(stack, "aws_globalaccelerator_endpoint_group").endpoint_configuration).toEqual([
      { endpoint_id: endpoint.endpointId, weight: 128, client_ip_preservation_enabled: false },
    ]);
  });

  it("hides users' addresses from Elastic IP addresses, which cannot see them", () => {
    const endpoint = { region: "eu-west-1", endpointId: "eipalloc-0123456789abcdef0" };
    const stack = stackWith({
      listeners: { https: { ...https, endpointGroups: { "eu-west-1": { endpoints: [{ endpoint }] } } } },
    });

    expect(resourceAt(stack, "aws_globalaccelerator_endpoint_group").endpoint_configuration).toEqual([
      { endpoint_id: endpoint.endpointId, weight: 128, client_ip_preservation_enabled: false },
    ]);
  });

  it("lets the log delivery of its own account write flow logs, over TLS only", () => {
    const stack = stackWith();

    const { Statement } = JSON.parse(String(resourceAt(stack, "aws_s3_bucket_policy").policy)) as {
      Statement: Block[];
    };
    const bucketArn = "arn:aws:s3:::${aws_s3_bucket.Accelerator_FlowLogs_235E55A1.bucket}";
    expect(Statement).toEqual([
      {
        Sid: "WriteLogs",
        Effect: "Allow",
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: `${bucketArn}/flow-logs/AWSLogs/${account}/*`,
        Condition: {
          StringEquals: { "aws:SourceAccount": account, "s3:x-amz-acl": "bucket-owner-full-control" },
        },
      },
      {
        Sid: "CheckBucket",
        Effect: "Allow",
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: ["s3:GetBucketAcl", "s3:ListBucket"],
        Resource: bucketArn,
        Condition: { StringEquals: { "aws:SourceAccount": account } },
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
    expect(resourceAt(stack, "aws_s3_bucket")).toEqual({
      bucket: `prod-web-${account}-accelerator-logs`,
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  it("keeps flow logs for as long as asked, and lets them go where nothing is protected", () => {
    const stack = stackWith({
      flowLogs: { kind: "new-bucket", retentionDays: 7 },
      deletionProtection: false,
    });

    expect(resourceAt(stack, "aws_s3_bucket_lifecycle_configuration").rule).toEqual([
      {
        id: "expire-logs",
        status: "Enabled",
        filter: [{ prefix: "" }],
        expiration: [{ days: 7 }],
        noncurrent_version_expiration: [{ noncurrent_days: 7 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
      },
    ]);
    expect(resourceAt(stack, "aws_s3_bucket").force_destroy).toBe(true);
  });

  it("logs into a prefix of its own in a bucket that already exists", () => {
    const stack = stackWith({ flowLogs: { kind: "existing-bucket", bucketName: "logs" } });

    expect(resourceAt(stack, "aws_globalaccelerator_accelerator").attributes).toEqual({
      flow_logs_enabled: true,
      flow_logs_s3_bucket: "logs",
      flow_logs_s3_prefix: "flow-logs",
    });
  });

  it("logs nothing where that is asked", () => {
    const stack = emptyStack();

    const accelerator = new Accelerator(stack, "Accelerator", { ...required, flowLogs: { kind: "none" } });

    expect(accelerator.flowLogBucketName).toBeUndefined();
    expect(resourceAt(stack, "aws_globalaccelerator_accelerator").attributes).toEqual({
      flow_logs_enabled: false,
    });
    expect(resourcesOf(stack, "aws_s3_bucket")).toEqual({});
  });

  it.each([
    [false, "${name.dns_name}"],
    [
      true,
      '${coalesce(name.dual_stack_dns_name, replace(name.dns_name, ".awsglobal", ".dualstack.awsglobal"))}',
    ],
  ])("is a DNS target by alias (dual stack %s)", (dualStack, dnsName) => {
    const stack = emptyStack();

    const accelerator = new Accelerator(stack, "Accelerator", { ...required, dualStack });

    expect(accelerator.region).toBe("global");
    expect(resolve(stack, accelerator.value)).toEqual({
      kind: "alias",
      dnsName: dnsName.replaceAll("name.d", "aws_globalaccelerator_accelerator.Accelerator_8EB0B6B1.d"),
      hostedZoneId: "Z2BJ6XQ5FK7U4H",
    });
  });

  it("exposes its addresses and the ARNs of its parts", () => {
    const stack = emptyStack();

    const accelerator = new Accelerator(stack, "Accelerator", required);

    expect(resolve(stack, accelerator.ipv4Addresses)).toBe(
      "${aws_globalaccelerator_accelerator.Accelerator_8EB0B6B1.ip_sets[0].ip_addresses}",
    );
    expect(resolve(stack, accelerator.listenerArn("https"))).toBe(
      "${aws_globalaccelerator_listener.Accelerator_Listeners_https_491BBD8C.arn}",
    );
    expect(resolve(stack, accelerator.endpointGroupArn("https", "eu-west-1"))).toBe(
      "${aws_globalaccelerator_endpoint_group.Accelerator_Listeners_https_eu-west-1_2B7FC40E.arn}",
    );
    expect(refusal(() => accelerator.listenerArn("http"))).toBe(
      "test/Accelerator: there is no listener 'http'",
    );
    expect(refusal(() => accelerator.endpointGroupArn("https", "eu-west-2"))).toBe(
      "test/Accelerator: listener 'https' has no endpoint group in 'eu-west-2'",
    );
  });

  it("asks nothing of an endpoint whose ARN is not known yet", () => {
    const endpoint = { region: "eu-west-1", endpointId: Token.asString({ resolve: () => "later" }) };

    expect(() =>
      stackWith({
        listeners: {
          https: {
            ...https,
            endpointGroups: {
              "eu-west-1": {
                endpoints: [{ endpoint, attachmentArn: Token.asString({ resolve: () => "later" }) }],
              },
            },
          },
        },
      }),
    ).not.toThrow();
  });
});

describe("Accelerator refuses", () => {
  const at = "test/Accelerator: ";

  it("refuses a wrong name, account, address and retention, all at once", () => {
    expect(
      refusalOf({
        name: "-web",
        account: "1",
        ipAddresses: ["198.51.100.1", "198.51.100.2", "198.51.100.3"],
        flowLogs: { kind: "new-bucket", retentionDays: 0 },
      }),
    ).toBe(
      [
        "'name' must be 1 to 64 letters, digits and hyphens, with no hyphen at either end, got \"-web\"; choose a name like 'prod-web'",
        "'account' must be the 12 digits of an AWS account, got \"1\"; write the account id as text, with its leading zeros",
        '\'ipAddresses\' must be at most two IPv4 addresses, got ["198.51.100.1","198.51.100.2","198.51.100.3"]; name addresses of a range that you brought to AWS, or leave it out',
        "'flowLogs.retentionDays' must be a whole number between 1 and 3650, got 0; choose how long an investigation may look back",
      ]
        .map((line) => at + line)
        .join("\n"),
    );
  });

  it("refuses an eleventh listener", () => {
    const listeners = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [
        `l${index}`,
        { ...https, portRanges: [{ fromPort: index + 1, toPort: index + 1 }] },
      ]),
    );

    expect(refusalOf({ listeners })).toBe(
      `${at}'listeners' must be at most 10, got 11; give one listener several port ranges, or make a second accelerator`,
    );
  });

  it("refuses a 43rd endpoint group over all listeners", () => {
    const regions = ["eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "eu-central-1"];
    const endpointGroups = Object.fromEntries(regions.map((region) => [region, group(region)]));
    const listeners = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [
        `l${index}`,
        { ...https, portRanges: [{ fromPort: index + 1, toPort: index + 1 }], endpointGroups },
      ]),
    );

    expect(refusalOf({ listeners })).toBe(
      `${at}'listeners' must have at most 42 endpoint groups together, got 45; join listeners that lead to the same endpoints, or make a second accelerator`,
    );
  });

  it("refuses ports that two listeners of one protocol share, and lets TCP and UDP share them", () => {
    const wide = { ...https, portRanges: [{ fromPort: 400, toPort: 500 }] };

    expect(refusalOf({ listeners: { https, wide } })).toBe(
      `${at}'listeners' must have TCP ports that do not overlap, got [{"fromPort":400,"toPort":500},{"fromPort":443,"toPort":443}]; give each port to one listener`,
    );
    expect(() => stackWith({ listeners: { https, wide: { ...wide, protocol: "UDP" } } })).not.toThrow();
  });

  it("refuses an eleventh port range, and none", () => {
    const portRanges = Array.from({ length: 11 }, (_, index) => ({ fromPort: index + 1, toPort: index + 1 }));

    expect(refusalOfListener({ portRanges })).toBe(
      `${at}'listeners.https.portRanges' must be between 1 and 10, got 11; join neighbouring ranges, or make a second listener`,
    );
    expect(refusalOfListener({ portRanges: [] })).toBe(
      `${at}'listeners.https.portRanges' must be between 1 and 10, got 0; join neighbouring ranges, or make a second listener`,
    );
  });

  it("refuses a port range that runs backwards", () => {
    expect(refusalOfListener({ portRanges: [{ fromPort: 443, toPort: 80 }] })).toBe(
      `${at}'listeners.https.portRanges[0]' must run from a port to the same or a higher one, within 1 and 65535, got {"fromPort":443,"toPort":80}; correct 'fromPort' and 'toPort'`,
    );
  });

  it("refuses a listener without regions", () => {
    expect(refusalOfListener({ endpointGroups: {} })).toBe(
      `${at}'listeners.https.endpointGroups' must name at least one region, got {}; add the regions that serve, or remove the listener`,
    );
  });

  it("refuses a region that Global Accelerator does not reach", () => {
    expect(refusalOfListener({ endpointGroups: { "cn-north-1": { endpoints: [] } } })).toBe(
      `${at}'listeners.https.endpointGroups.cn-north-1' must be of a region that Global Accelerator reaches, got "cn-north-1"; name a region of the partition 'aws', such as 'eu-west-1'`,
    );
  });

  it("refuses an eleventh load balancer in an endpoint group, and one named twice", () => {
    const endpoints = Array.from({ length: 11 }, (_, index) => ({
      endpoint: loadBalancer("eu-west-1", `web-${index}`),
    }));

    expect(refusalOfGroup({ endpoints })).toBe(
      `${at}'${groupPath}.endpoints' must be at most 10, got 11; put targets behind fewer load balancers`,
    );
    const endpoint = loadBalancer("eu-west-1");
    expect(refusalOfGroup({ endpoints: [{ endpoint }, { endpoint }] })).toBe(
      `${at}'${groupPath}.endpoints' must name each endpoint once, got "${endpoint.endpointId}"; raise its weight instead`,
    );
  });

  it.each([-1, 101, 0.5])("refuses a traffic dial of %s", (trafficDialPercentage) => {
    expect(refusalOfGroup({ trafficDialPercentage })).toBe(
      `${at}'${groupPath}.trafficDialPercentage' must be a whole number between 0 and 100, got ${trafficDialPercentage}; use weights on endpoints to shift traffic inside a region`,
    );
  });

  it.each([-1, 256])("refuses a weight of %s", (weight) => {
    expect(refusalOfGroup({ endpoints: [{ endpoint: loadBalancer("eu-west-1"), weight }] })).toBe(
      `${at}'${groupPath}.endpoints[0].weight' must be a whole number between 0 and 255, got ${weight}; choose weights in proportion, such as 10 and 90`,
    );
  });

  it("refuses health checks that AWS does not take", () => {
    const healthCheck = { intervalSeconds: 20 as 10, threshold: 11, port: 0, path: "health" };

    expect(refusalOfGroup({ healthCheck })).toBe(
      [
        "intervalSeconds' must be 10 or 30, got 20; choose 10 to fail over sooner",
        "threshold' must be a whole number between 1 and 10, got 11; choose 3 unless failover is too slow",
        "port' must be between 1 and 65535, got 0; name a port of the endpoints",
        "path' must be absent where the protocol is TCP, got \"health\"; choose the protocol 'HTTP' or 'HTTPS', or remove the path",
        "path' must begin with a slash, got \"health\"; write it as '/health'",
      ]
        .map((line) => `${at}'${groupPath}.healthCheck.${line}`)
        .join("\n"),
    );
  });

  it("refuses port overrides from foreign ports, to listeners' ports and to one port twice", () => {
    const portOverrides = [
      { listenerPort: 80, endpointPort: 443 },
      { listenerPort: 443, endpointPort: 8443 },
      { listenerPort: 443, endpointPort: 8443 },
    ];

    expect(refusalOfGroup({ portOverrides })).toBe(
      [
        "[0].listenerPort' must be a port of the listener, got 80; name a port within 'portRanges'",
        "[0].endpointPort' must be a port, and one of no listener of the accelerator, got 443; let the endpoints listen on another port",
        "' must name each 'listenerPort' once, got 443; remove one of the two overrides",
        "' must name each 'endpointPort' once, got 8443; remove one of the two overrides",
      ]
        .map((line) => `${at}'${groupPath}.portOverrides${line}`)
        .join("\n"),
    );
  });

  it("refuses an eleventh port override", () => {
    const portOverrides = Array.from({ length: 11 }, (_, index) => ({
      listenerPort: 1000 + index,
      endpointPort: 2000 + index,
    }));

    expect(
      refusalOfListener({
        portRanges: [{ fromPort: 1000, toPort: 1010 }],
        endpointGroups: { "eu-west-1": group("eu-west-1", { portOverrides }) },
      }),
    ).toBe(
      `${at}'${groupPath}.portOverrides' must be at most 10, got 11; let the endpoints listen on the listener's ports`,
    );
  });

  it("refuses an App Runner service as an endpoint, and says why", () => {
    const endpointId = `arn:aws:apprunner:eu-west-1:${account}:service/web/1`;

    expect(refusalOfGroup({ endpoints: [{ endpoint: { region: "eu-west-1", endpointId } }] })).toBe(
      `${at}'${groupPath}.endpoints[0].endpoint.endpointId' must not be an App Runner service, which has no fixed address for an accelerator to reach, got "${endpointId}"; route to it with DNS records by latency or failover, or run it on Fargate behind a load balancer`,
    );
  });

  it("refuses what is neither load balancer, instance nor Elastic IP address", () => {
    const endpointId = `arn:aws:lambda:eu-west-1:${account}:function:web`;

    expect(refusalOfGroup({ endpoints: [{ endpoint: { region: "eu-west-1", endpointId } }] })).toBe(
      `${at}'${groupPath}.endpoints[0].endpoint.endpointId' must be the ARN of an Application or Network Load Balancer, an instance id or an allocation id, got "${endpointId}"; put what it names behind a load balancer`,
    );
  });

  it("refuses an endpoint of another region, by its region and by its ARN", () => {
    const { endpointId } = loadBalancer("us-east-1");

    expect(refusalOfGroup({ endpoints: [{ endpoint: loadBalancer("us-east-1") }] })).toBe(
      `${at}'${groupPath}.endpoints[0].endpoint.region' must be the region of its endpoint group, got "us-east-1"; move it to 'endpointGroups.us-east-1'`,
    );
    expect(refusalOfGroup({ endpoints: [{ endpoint: { region: "eu-west-1", endpointId } }] })).toBe(
      `${at}'${groupPath}.endpoints[0].endpoint.endpointId' must be in eu-west-1, its endpoint's region, got "${endpointId}"; correct the region or the ARN`,
    );
  });

  it("refuses a load balancer whose target group has a DNS-failover threshold", () => {
    const endpoint = { ...loadBalancer("eu-west-1"), hasDnsFailoverThreshold: true };

    expect(refusalOfGroup({ endpoints: [{ endpoint }] })).toBe(
      `${at}'${groupPath}.endpoints[0].endpoint.hasDnsFailoverThreshold' must be false behind an accelerator, got true; remove the DNS-failover threshold from its target groups and keep the routing threshold`,
    );
  });

  it.each([
    { ...loadBalancer("eu-west-1"), ipAddressType: "ipv4" as const },
    { region: "eu-west-1", endpointId: "eipalloc-0123456789abcdef0" },
  ])("refuses what has no IPv6 address behind a dual-stack accelerator", (endpoint) => {
    const endpointGroups = { "eu-west-1": { endpoints: [{ endpoint }] } };

    expect(refusalOf({ dualStack: true, listeners: { https: { ...https, endpointGroups } } })).toBe(
      `${at}'${groupPath}.endpoints[0].endpoint' must have IPv4 and IPv6 addresses where 'dualStack' is true, got "${endpoint.endpointId}"; make the load balancer dual-stack, or set 'dualStack' to false`,
    );
  });

  it("refuses to hide users' addresses behind a dual-stack accelerator", () => {
    const endpoints = [{ endpoint: loadBalancer("eu-west-1"), clientIpPreservation: false }];
    const listeners = { https: { ...https, endpointGroups: { "eu-west-1": { endpoints } } } };

    expect(refusalOf({ dualStack: true, listeners })).toBe(
      `${at}'${groupPath}.endpoints[0].clientIpPreservation' must be true where 'dualStack' is true, got false; remove it, or set 'dualStack' to false`,
    );
  });

  it("refuses to show users' addresses to an Elastic IP address", () => {
    const endpoint = { region: "eu-west-1", endpointId: "eipalloc-0123456789abcdef0" };

    expect(refusalOfGroup({ endpoints: [{ endpoint, clientIpPreservation: true }] })).toBe(
      `${at}'${groupPath}.endpoints[0].clientIpPreservation' must be false for an Elastic IP address, got true; add the instance itself as the endpoint to see users' addresses`,
    );
  });

  it("refuses an attachment that is none", () => {
    expect(
      refusalOfGroup({ endpoints: [{ endpoint: loadBalancer("eu-west-1"), attachmentArn: "shared" }] }),
    ).toBe(
      `${at}'${groupPath}.endpoints[0].attachmentArn' must be the ARN of a cross-account attachment, got "shared"; use 'attachmentArn' of the CrossAccountAttachment in the endpoint's account`,
    );
  });
});
