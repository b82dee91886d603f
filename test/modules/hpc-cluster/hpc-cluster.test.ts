import { HpcCluster } from "../../../modules/hpc-cluster";
import { dataOf, emptyStack, refusal, resourceAt, resourcesOf, synthesize } from "../../support/synth";
import { batchFile, slurmFile } from "./files";

const base = { name: "demo", account: "111122223333", region: "eu-west-1" };

function clusterOf(file: string) {
  const stack = emptyStack();
  const cluster = new HpcCluster(stack, "Cluster", { ...base, configurationFile: file });
  return { stack, cluster };
}

const withoutSubnets = (file: string) =>
  file
    .replace("  Networking:\n    SubnetId: subnet-11111111111111111\n", "")
    .replace("        SubnetIds: [subnet-22222222222222222]\n", "");

const template = "Cluster/Slurm/Resource-q1-cr1/Resource";

const efa =
  "InstanceType: p4d.24xlarge\nEfa:\n  Enabled: true\nNetworking:\n  PlacementGroup:\n    Enabled: true";

const lustre = (settings: string) =>
  `SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n${settings
    .split("\n")
    .map((line) => `      ${line}`)
    .join("\n")}`;

const loginPool =
  "LoginNodes:\n  Pools:\n    - Name: login\n      InstanceType: c5.large\n      Count: 2\n      Networking:\n        SubnetIds: [subnet-11111111111111111]";

/** What the user data of a launch template tells a node. */
function settingsOf({ user_data: userData }: Record<string, unknown>): unknown {
  const [, encoded = ""] = /echo (\S+) \| base64 -d/.exec(userData as string) ?? [];
  return JSON.parse(Buffer.from(encoded, "base64").toString()) as unknown;
}

/** A statement of a role's policy; the head node's by default. */
function statementOf(stack: ReturnType<typeof emptyStack>, sid: string, role = "HeadRole") {
  const { policy } = resourceAt(stack, "aws_iam_role_policy", `Cluster/Slurm/${role}/Policy`);
  const { Statement } = JSON.parse(policy as string) as { Statement: { Sid: string }[] };
  return Statement.find(({ Sid }) => Sid === sid);
}

describe("HpcCluster", () => {
  it("refuses a file with errors and names file, line and remedy", () => {
    const file = slurmFile({ resource: "MaxCounts: 5" });

    expect(refusal(() => clusterOf(file))).toBe(
      "test/Cluster: 'Scheduling.SlurmQueues[0].ComputeResources[0].MaxCounts' must be correct, " +
        "got \"demo.yaml:19: 'MaxCounts' is not a key of this section\"; did you mean 'MaxCount'?",
    );
  });

  it("keeps the warnings for whoever wires it", () => {
    const { cluster } = clusterOf(slurmFile({ head: "SharedStorageType: Efs" }));

    expect(cluster.findings.map(({ code }) => code)).toEqual(["SharedStorageType"]);
  });

  it("makes a network of one zone where the file names no subnets", () => {
    const file = slurmFile({ networking: "AssignPublicIp: false" });

    const { stack } = clusterOf(withoutSubnets(file));

    expect(resourceAt(stack, "aws_subnet", "Cluster/Network/PrivateSubnet")).toMatchObject({
      availability_zone: "eu-west-1a",
      cidr_block: "10.128.0.0/17",
      map_public_ip_on_launch: false,
    });
    expect(Object.keys(resourcesOf(stack, "aws_vpc_endpoint"))).toHaveLength(2);
    expect(Object.keys(resourcesOf(stack, "aws_nat_gateway"))).toHaveLength(1);
  });

  it("logs the flows of its network, and empties the network's default group", () => {
    const { stack } = clusterOf(withoutSubnets(slurmFile({ networking: "AssignPublicIp: false" })));

    expect(resourceAt(stack, "aws_default_security_group")).toMatchObject({ ingress: [], egress: [] });
    expect(resourceAt(stack, "aws_flow_log")).toMatchObject({
      traffic_type: "ALL",
      vpc_id: expect.stringContaining("aws_vpc.Cluster_Network") as string,
    });
    expect(resourceAt(stack, "aws_cloudwatch_log_group", "Cluster/Network/FlowLog/LogGroup")).toMatchObject({
      name: "/vpc/hpc-demo/flow-logs",
      retention_in_days: 30,
    });
  });

  it("answers for its files over TLS only, and forgets overwritten ones", () => {
    const { stack } = clusterOf(slurmFile());
    const bucket = "arn:aws:s3:::demo-111122223333-eu-west-1-hpc";

    const { policy } = resourceAt(stack, "aws_s3_bucket_policy");
    expect(JSON.parse(policy as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DenyPlainHttp",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [bucket, `${bucket}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
    expect(resourceAt(stack, "aws_s3_bucket_lifecycle_configuration")).toMatchObject({
      rule: [
        {
          status: "Enabled",
          noncurrent_version_expiration: [{ noncurrent_days: 30 }],
          abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
        },
      ],
    });
  });

  it("tags everything that costs with the cluster, the tags from outside and the file's, which win", () => {
    const stack = emptyStack();
    new HpcCluster(stack, "Cluster", {
      ...base,
      configurationFile: slurmFile({
        rest: `${lustre("StorageCapacity: 1200")}\nTags:\n  - Key: project\n    Value: cfd`,
      }),
      tags: { project: "none", "cost-centre": "research" },
    });

    const tags = { project: "cfd", "cost-centre": "research", "meridian:cluster": "demo" };
    expect(resourceAt(stack, "aws_fsx_lustre_file_system").tags).toEqual({ Name: "demo fsx", ...tags });
    expect(resourceAt(stack, "aws_dynamodb_table").tags).toEqual(tags);
    expect(resourceAt(stack, "aws_launch_template", template)).toMatchObject({
      tag_specifications: [
        { resource_type: "instance", tags: expect.objectContaining(tags) as object },
        { resource_type: "volume", tags: expect.objectContaining(tags) as object },
      ],
    });
    expect(Object.values(resourcesOf(stack, "aws_s3_object")).some((object) => "tags" in object)).toBe(false);
  });

  it("uses the private subnet of a given network", () => {
    const stack = emptyStack();
    const network = {
      region: "eu-west-1",
      vpcId: "vpc-1",
      vpcCidrBlock: "10.0.0.0/16",
      zones: ["eu-west-1a", "eu-west-1b"],
      subnetIds: () => ["subnet-a", "subnet-b"],
    };

    new HpcCluster(stack, "Cluster", {
      ...base,
      network,
      configurationFile: withoutSubnets(slurmFile({ networking: "AssignPublicIp: false" })),
    });

    expect(resourcesOf(stack, "aws_vpc")).toEqual({});
    expect(resourceAt(stack, "aws_network_interface")).toMatchObject({ subnet_id: "subnet-a" });
  });

  it("makes no name or bucket twice in two regions", () => {
    const stack = emptyStack();
    for (const region of ["eu-west-1", "eu-north-1"]) {
      new HpcCluster(stack, region, {
        ...base,
        region,
        name: `demo-${region}`,
        configurationFile: slurmFile(),
      });
    }

    const buckets = Object.values(resourcesOf(stack, "aws_s3_bucket")).map(({ bucket }) => bucket);

    expect(buckets).toEqual([
      "demo-eu-north-1-111122223333-eu-north-1-hpc",
      "demo-eu-west-1-111122223333-eu-west-1-hpc",
    ]);
  });
});

describe("a ready image", () => {
  const asked = "Meridian:\n  ReadyImage:\n    Enabled: true";
  const gpu = "InstanceType: g5.xlarge";

  it("is built and tried before it is distributed, and encrypted", () => {
    const { stack } = clusterOf(slurmFile({ rest: asked }));

    expect(resourceAt(stack, "aws_imagebuilder_image_pipeline")).toMatchObject({
      name: "demo",
      image_tests_configuration: { image_tests_enabled: true, timeout_minutes: 90 },
    });
    const { data } = resourceAt(stack, "aws_imagebuilder_component");
    const { phases } = JSON.parse(data as string) as {
      phases: { name: string; steps: { inputs: { commands: string[] } }[] }[];
    };
    const commands = phases.map(({ name, steps }) => [name, steps[0]?.inputs.commands.join("\n") ?? ""]);
    expect(commands).toEqual([
      ["build", expect.stringContaining("bash /opt/meridian/bootstrap.sh image") as string],
      ["test", expect.stringContaining("bash /run/image-test.sh") as string],
    ]);
    expect(resourceAt(stack, "aws_imagebuilder_image_recipe")).toMatchObject({
      block_device_mapping: [{ ebs: { encrypted: "true", volume_type: "gp3" } }],
    });
    // The tag by which nodes find it comes with the distribution.
    expect(resourceAt(stack, "aws_imagebuilder_distribution_configuration")).toMatchObject({
      distribution: [
        {
          region: "eu-west-1",
          ami_distribution_configuration: {
            ami_tags: { "meridian:image-of": "demo", "meridian:holds": "slurm-24.05.8 efa-1.51.0 agent" },
          },
        },
      ],
    });
  });

  it("is what all nodes without an image of their own boot, once there is one", () => {
    const { stack } = clusterOf(slurmFile({ rest: asked }));

    const imageOf = (type: string) => resourceAt(stack, type) as { image_id?: string; ami?: string };
    const ready =
      /^\$\{element\(concat\(data\.aws_ami_ids\.[^,]+\.ids, \[data\.aws_ssm_parameter\.[^\]]+\]\), 0\)\}$/;
    expect(resourceAt(stack, "aws_launch_template", template).image_id).toMatch(ready);
    expect(imageOf("aws_instance").ami).toMatch(ready);
    const plain = clusterOf(slurmFile()).stack;
    expect(resourcesOf(plain, "aws_imagebuilder_image_pipeline")).toEqual({});
    expect(resourceAt(plain, "aws_launch_template", template).image_id).toMatch(
      /^\$\{data\.aws_ssm_parameter/,
    );
  });

  it("holds what the cluster's storage and GPUs need, and is tried on a machine that has a GPU", () => {
    const { stack, cluster } = clusterOf(
      slurmFile({ resource: gpu, rest: `${asked}\n${lustre("StorageCapacity: 1200")}` }),
    );

    expect(resourceAt(stack, "aws_imagebuilder_distribution_configuration")).toMatchObject({
      distribution: [
        {
          ami_distribution_configuration: {
            ami_tags: { "meridian:holds": "slurm-24.05.8 efa-1.51.0 agent lustre nvidia" },
          },
        },
      ],
    });
    expect(resourceAt(stack, "aws_imagebuilder_infrastructure_configuration")).toMatchObject({
      instance_types: ["g4dn.xlarge"],
      terminate_instance_on_failure: true,
      instance_metadata_options: { http_tokens: "required", http_put_response_hop_limit: 1 },
    });
    const accelerator = ({ code }: { code: string }) => code === "InstanceTypeAcceleratorManufacturer";
    expect(cluster.findings.filter(accelerator)).toEqual([]);
    expect(clusterOf(slurmFile({ resource: gpu })).cluster.findings.filter(accelerator)).toHaveLength(1);
  });

  it("gets another version whenever what it is made of changes, since Image Builder changes none", () => {
    const versionOf = (resource: string) =>
      resourceAt(clusterOf(slurmFile({ resource, rest: asked })).stack, "aws_imagebuilder_component").version;

    expect(versionOf("MaxCount: 2")).toMatch(/^1\.\d+\.\d+$/);
    expect(versionOf("MaxCount: 2")).toBe(versionOf("MaxCount: 3"));
    expect(versionOf("MaxCount: 2")).not.toBe(versionOf(efa));
    expect(
      resourceAt(clusterOf(slurmFile({ rest: asked })).stack, "aws_imagebuilder_image_recipe").version,
    ).toMatch(/^1\.\$\{parseint\(substr\(md5\(.*data\.aws_ssm_parameter/);
  });

  it("is built by a machine that reads its component and the cluster's files, and nothing else", () => {
    const { stack } = clusterOf(slurmFile({ rest: asked }));
    const { policy } = resourceAt(stack, "aws_iam_role_policy", "Cluster/Slurm/ReadyImage/Role/Policy");
    const { Statement } = JSON.parse(policy as string) as {
      Statement: { Sid: string; Action: string[]; Resource: string[] }[];
    };

    expect(Statement.map(({ Sid }) => Sid)).toEqual([
      "ListConfiguration",
      "ReadConfiguration",
      "OpenSessions",
      "TakeCommands",
      "ReadComponent",
      "ReadBuilder",
      "WriteBuildLog",
    ]);
    expect(Statement.find(({ Sid }) => Sid === "ReadComponent")?.Resource).toEqual([
      "arn:aws:imagebuilder:eu-west-1:111122223333:component/demo/*",
    ]);
    expect(policy).not.toMatch(/GetParameter|GetSecretValue|iam:|ec2:/);
  });

  it("is deleted when three newer ones are there, unless it was launched in the last 90 days", () => {
    const { stack } = clusterOf(slurmFile({ rest: asked }));

    expect(resourceAt(stack, "aws_imagebuilder_lifecycle_policy")).toMatchObject({
      policy_detail: [
        {
          filter: [{ type: "COUNT", value: 3 }],
          exclusion_rules: [{ amis: [{ last_launched: [{ unit: "DAYS", value: 90 }] }] }],
        },
      ],
      resource_selection: [{ tag_map: { "meridian:image-of": "demo" } }],
    });
  });
});

describe("the launch template of a compute resource", () => {
  it("is encrypted, needs a token and ends its instances by default", () => {
    const { stack } = clusterOf(slurmFile());

    expect(resourceAt(stack, "aws_launch_template", template)).toMatchObject({
      name: "demo-q1-cr1",
      instance_type: "c5.large",
      instance_initiated_shutdown_behavior: "terminate",
      update_default_version: true,
      metadata_options: { http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 },
      block_device_mappings: [
        {
          device_name: expect.stringMatching(/root_device_name/) as string,
          ebs: {
            encrypted: "true",
            delete_on_termination: "true",
            volume_type: "gp3",
            volume_size: 50,
            iops: 3000,
            throughput: 125,
          },
        },
      ],
      network_interfaces: [
        {
          network_card_index: 0,
          device_index: 0,
          interface_type: "interface",
          delete_on_termination: "true",
          subnet_id: "subnet-22222222222222222",
          security_groups: ["${aws_security_group.Cluster_Security_Compute_245BCE60.id}"],
        },
      ],
    });
  });

  it("has EFA interfaces, no public address and a placement group of its own", () => {
    const { stack } = clusterOf(slurmFile({ resource: efa }));

    const { network_interfaces: interfaces, placement } = resourceAt(stack, "aws_launch_template", template);

    expect(interfaces).toHaveLength(5);
    expect((interfaces as object[])[0]).toMatchObject({ associate_public_ip_address: "false" });
    expect(placement).toEqual({
      group_name: "${aws_placement_group.Cluster_Slurm_Resource-q1-cr1_PlacementGroup_62482272.name}",
    });
    expect(resourceAt(stack, "aws_placement_group")).toEqual({
      name: "demo-q1-cr1",
      strategy: "cluster",
      tags: { "meridian:cluster": "demo" },
    });
  });

  it.each([
    ["Name: shared", { group_name: "shared" }],
    ["Id: pg-123", { group_id: "pg-123" }],
  ])("joins an existing placement group by %s", (setting, expected) => {
    const { stack } = clusterOf(slurmFile({ networking: `PlacementGroup:\n  ${setting}` }));

    expect(resourceAt(stack, "aws_launch_template", template).placement).toEqual(expected);
    expect(resourcesOf(stack, "aws_placement_group")).toEqual({});
  });

  it("lets the resource's placement group win over the queue's", () => {
    const { stack } = clusterOf(
      slurmFile({
        networking: "PlacementGroup:\n  Enabled: true",
        resource: "Networking:\n  PlacementGroup:\n    Enabled: false",
      }),
    );

    expect(resourceAt(stack, "aws_launch_template", template)).not.toHaveProperty("placement");
  });

  it("turns threads off by the number of cores", () => {
    const { stack } = clusterOf(
      slurmFile({ resource: "InstanceType: c5.xlarge\nDisableSimultaneousMultithreading: true" }),
    );

    expect(resourceAt(stack, "aws_launch_template", template)).toMatchObject({
      cpu_options: { core_count: 2, threads_per_core: 1 },
    });
  });

  it("gives all nodes the Open MPI of the EFA installer where one resource has EFA, else that of their system", () => {
    const openMpiOf = (resource: string) => {
      const { stack } = clusterOf(slurmFile({ resource }));
      return [resourceAt(stack, "aws_launch_template", template), resourceAt(stack, "aws_instance")].map(
        (node) => settingsOf(node),
      );
    };

    expect(openMpiOf(efa)).toMatchObject([
      { efa: true, openMpi: "efa" },
      { efa: false, openMpi: "efa" },
    ]);
    const { stack } = clusterOf(slurmFile().replace("alinux2023", "ubuntu2404"));
    expect(settingsOf(resourceAt(stack, "aws_launch_template", template))).toMatchObject({
      efa: false,
      openMpi: "distribution",
    });
  });

  it("starts MPI programs by PMIx, and lets jobs lock what memory their nodes may", () => {
    const { stack } = clusterOf(slurmFile());

    const { content } = resourceAt(
      stack,
      "aws_s3_object",
      "Cluster/Slurm/Configuration/File-slurm--slurm.conf",
    );

    expect(content).toContain("\nMpiDefault=pmix\nPropagateResourceLimitsExcept=MEMLOCK\n");
  });

  it("leaves threads alone where the type has one a core", () => {
    const { stack } = clusterOf(
      slurmFile({ resource: "InstanceType: hpc7a.96xlarge\nDisableSimultaneousMultithreading: true" }),
    );

    expect(resourceAt(stack, "aws_launch_template", template)).not.toHaveProperty("cpu_options");
  });

  it("checks GPUs before each job where the queue or the resource asks, and the resource wins", () => {
    const check = (enabled: boolean) => `HealthChecks:\n  Gpu:\n    Enabled: ${enabled}`;
    const checkedBy = (file: string) => {
      const { stack } = clusterOf(file);
      const slurm = resourceAt(stack, "aws_s3_object", "Cluster/Slurm/Configuration/File-slurm--slurm.conf");
      const prolog = Object.values(resourcesOf(stack, "aws_s3_object")).some(({ key }) =>
        (key as string).endsWith("nodes/prolog.sh"),
      );
      const settings = settingsOf(resourceAt(stack, "aws_launch_template", template)) as object;
      return [
        (slurm.content as string).includes("Prolog=/opt/meridian/shared/prolog.sh\nPrologFlags=Alloc\n"),
        prolog,
        "gpuHealthCheck" in settings,
      ];
    };

    expect(checkedBy(slurmFile({ queue: check(true) }))).toEqual([true, true, true]);
    expect(checkedBy(slurmFile({ resource: check(true) }))).toEqual([true, true, true]);
    expect(checkedBy(slurmFile({ queue: check(true), resource: check(false) }))).toEqual([
      false,
      false,
      false,
    ]);
    expect(checkedBy(slurmFile())).toEqual([false, false, false]);
  });

  it("leaves the threads of metal types to the node, because EC2 takes no CPU options there", () => {
    const { stack } = clusterOf(
      slurmFile({ resource: "InstanceType: c5.metal\nDisableSimultaneousMultithreading: true" }),
    );

    const found = resourceAt(stack, "aws_launch_template", template);

    expect(found).not.toHaveProperty("cpu_options");
    expect(settingsOf(found)).toMatchObject({ threadsOff: true });
  });

  it("buys Spot with a price", () => {
    const { stack } = clusterOf(slurmFile({ queue: "CapacityType: SPOT", resource: "SpotPrice: 0.5" }));

    expect(resourceAt(stack, "aws_launch_template", template)).toMatchObject({
      instance_market_options: {
        market_type: "spot",
        spot_options: {
          spot_instance_type: "one-time",
          instance_interruption_behavior: "terminate",
          max_price: "0.5",
        },
      },
    });
  });

  it("leaves the market to the daemon with a fallback", () => {
    const { stack } = clusterOf(slurmFile({ queue: "CapacityType: SPOT\nMeridian:\n  SpotFallback: true" }));

    expect(resourceAt(stack, "aws_launch_template", template)).not.toHaveProperty("instance_market_options");
  });

  it("buys a capacity block by its reservation", () => {
    const { stack } = clusterOf(
      slurmFile({
        queue:
          "CapacityType: CAPACITY_BLOCK\nCapacityReservationTarget:\n  CapacityReservationId: cr-0123456789abcdef0",
        resource: "InstanceType: p5.48xlarge\nMinCount: 2\nMaxCount: 2",
      }),
    );

    expect(resourceAt(stack, "aws_launch_template", template)).toMatchObject({
      instance_market_options: { market_type: "capacity-block" },
      capacity_reservation_specification: {
        capacity_reservation_target: { capacity_reservation_id: "cr-0123456789abcdef0" },
      },
    });
  });

  it("names neither type nor subnet for several types", () => {
    const { stack } = clusterOf(
      slurmFile({ resource: "Instances:\n  - InstanceType: c5.large\n  - InstanceType: m5.large" }),
    );

    const found = resourceAt(stack, "aws_launch_template", template);

    expect(found).not.toHaveProperty("instance_type");
    expect((found.network_interfaces as object[])[0]).not.toHaveProperty("subnet_id");
  });

  it("checks each type against EC2 at plan time", () => {
    const { stack } = clusterOf(slurmFile({ resource: efa }));

    expect(Object.values(dataOf(stack, "aws_ec2_instance_type"))).toEqual([
      {
        instance_type: "p4d.24xlarge",
        lifecycle: {
          postcondition: [
            {
              condition:
                "${self.default_vcpus == 96 && self.maximum_network_cards == 4 && self.efa_supported == true}",
              error_message:
                "EC2 describes p4d.24xlarge differently from Meridian's table of instance types; bring its facts under DevSettings.InstanceTypesData",
            },
          ],
        },
      },
    ]);
  });
});

describe("the security groups of a cluster", () => {
  it("let compute nodes reach each other on everything, both ways", () => {
    const { stack } = clusterOf(slurmFile());
    const self = "${aws_security_group.Cluster_Security_Compute_245BCE60.id}";

    for (const [type, path] of [
      ["aws_vpc_security_group_ingress_rule", "Cluster/Security/ComputeFromCompute/Resource"],
      ["aws_vpc_security_group_egress_rule", "Cluster/Security/ComputeToCompute/Resource"],
    ] as const) {
      expect(resourceAt(stack, type, path)).toEqual({
        security_group_id: self,
        referenced_security_group_id: self,
        ip_protocol: "-1",
        description: "Between compute nodes, as EFA needs",
        tags: { "meridian:cluster": "demo" },
      });
    }
  });

  it("let nodes out over IPv6 where the given network has it, and not otherwise", () => {
    const outOver = (vpcIpv6CidrBlock?: string) => {
      const stack = emptyStack();
      const network = {
        region: "eu-west-1",
        vpcId: "vpc-1",
        vpcCidrBlock: "10.0.0.0/16",
        vpcIpv6CidrBlock,
        zones: ["eu-west-1a"],
        subnetIds: () => ["subnet-a"],
      };
      const configurationFile = withoutSubnets(slurmFile({ networking: "AssignPublicIp: false" }));
      new HpcCluster(stack, "Cluster", { ...base, network, configurationFile });
      return Object.values(resourcesOf(stack, "aws_vpc_security_group_egress_rule")).filter(
        (rule) => rule.cidr_ipv6 === "::/0" && rule.ip_protocol === "-1",
      );
    };

    expect(outOver("2a05:d018::/56")).toHaveLength(2);
    expect(outOver()).toEqual([]);
  });

  it("let in the groups that the file gives nodes instead, to nodes and storage", () => {
    const given = "sg-0123456789abcdef0";
    const { stack } = clusterOf(
      slurmFile({ networking: `SecurityGroups: [${given}]`, rest: lustre("StorageCapacity: 1200") }),
    );

    const admitted = Object.values(resourcesOf(stack, "aws_vpc_security_group_ingress_rule"))
      .filter((rule) => rule.referenced_security_group_id === given)
      .map((rule) => [(rule.security_group_id as string).replace(/_[0-9A-F]{8}.*/, ""), rule.from_port]);

    expect(admitted).toEqual(
      expect.arrayContaining([
        ["${aws_security_group.Cluster_Security_Compute", undefined],
        ["${aws_security_group.Cluster_Security_Head", undefined],
        ["${aws_security_group.Cluster_Storage_Fsx_SecurityGroup", 988],
        ["${aws_security_group.Cluster_Storage_Fsx_SecurityGroup", 1018],
      ]),
    );
    expect(admitted).toHaveLength(4);
  });

  it("let the balancer of login nodes see whether they answer", () => {
    const { stack } = clusterOf(slurmFile({ rest: loginPool }));

    const rule = resourceAt(
      stack,
      "aws_vpc_security_group_ingress_rule",
      "Cluster/Security/LoginFromLogin/Resource",
    );

    expect(rule).toMatchObject({ from_port: 22, to_port: 22, ip_protocol: "tcp" });
    expect(rule.referenced_security_group_id).toBe(rule.security_group_id);
  });

  it("open SSH of the head node to where the file says", () => {
    const { stack } = clusterOf(slurmFile());

    expect(
      resourceAt(stack, "aws_vpc_security_group_ingress_rule", "Cluster/Security/HeadFromSsh/Resource"),
    ).toMatchObject({
      cidr_ipv4: "10.0.0.0/8",
      from_port: 22,
      to_port: 22,
    });
  });
});

describe("Lustre", () => {
  it("opens 988 and 1018 to 1023 to the cluster only", () => {
    const { stack } = clusterOf(slurmFile({ rest: lustre("StorageCapacity: 1200") }));
    const rules = Object.entries(resourcesOf(stack, "aws_vpc_security_group_ingress_rule")).filter(([id]) =>
      id.includes("Lustre"),
    );

    expect(rules).toHaveLength(6);
    for (const [, rule] of rules) {
      expect([988, 1018]).toContain(rule.from_port);
      expect(rule).not.toHaveProperty("cidr_ipv4");
    }
  });

  it("is a scratch file system by default", () => {
    const { stack } = clusterOf(slurmFile({ rest: lustre("StorageCapacity: 1200") }));

    expect(resourceAt(stack, "aws_fsx_lustre_file_system")).toEqual({
      deployment_type: "SCRATCH_2",
      file_system_type_version: "2.15",
      storage_capacity: 1200,
      storage_type: "SSD",
      subnet_ids: ["subnet-22222222222222222"],
      security_group_ids: ["${aws_security_group.Cluster_Storage_Fsx_SecurityGroup_09A27239.id}"],
      tags: { Name: "demo fsx", "meridian:cluster": "demo" },
      depends_on: expect.any(Array) as unknown,
    });
  });

  it("is made once its group lets its traffic through, which FSx looks at", () => {
    const { stack } = clusterOf(slurmFile({ rest: lustre("StorageCapacity: 1200") }));

    const { depends_on: after } = resourceAt(stack, "aws_fsx_lustre_file_system");

    const rules = (type: string) =>
      Object.keys(resourcesOf(stack, type))
        .filter((path) => path.includes("Lustre"))
        .map((path) => `${type}.${path}`);
    expect(after).toEqual(expect.arrayContaining([expect.stringMatching(/Lustre.*Itself/)]));
    expect(after).toHaveLength(
      1 +
        rules("aws_vpc_security_group_ingress_rule").length +
        rules("aws_vpc_security_group_egress_rule").length,
    );
  });

  it("takes EFA, metadata, compression, backups and associations of a persistent one", () => {
    const settings =
      "DeploymentType: PERSISTENT_2\nStorageCapacity: 9600\nPerUnitStorageThroughput: 500\nDataCompressionType: LZ4\n" +
      "AutomaticBackupRetentionDays: 7\nDeletionPolicy: Retain\n" +
      "Meridian:\n  EfaEnabled: true\n  MetadataMode: USER_PROVISIONED\n  MetadataIops: 12000\n" +
      "DataRepositoryAssociations:\n  - Name: in\n    FileSystemPath: /in\n    DataRepositoryPath: s3://data/in\n    AutoImportPolicy: [NEW]";

    const { stack } = clusterOf(slurmFile({ resource: efa, rest: lustre(settings) }));

    expect(resourceAt(stack, "aws_fsx_lustre_file_system")).toMatchObject({
      efa_enabled: true,
      metadata_configuration: { mode: "USER_PROVISIONED", iops: 12_000 },
      data_compression_type: "LZ4",
      automatic_backup_retention_days: 7,
      lifecycle: { prevent_destroy: true },
    });
    for (const [type, path] of [
      ["aws_vpc_security_group_ingress_rule", "Cluster/Storage/Fsx/ComputeFromEfa/Resource"],
      ["aws_vpc_security_group_egress_rule", "Cluster/Storage/Fsx/ComputeToEfa/Resource"],
    ] as const) {
      expect(resourceAt(stack, type, path)).toMatchObject({
        security_group_id: "${aws_security_group.Cluster_Security_Compute_245BCE60.id}",
        referenced_security_group_id: "${aws_security_group.Cluster_Storage_Fsx_SecurityGroup_09A27239.id}",
        ip_protocol: "-1",
      });
    }
    expect(resourceAt(stack, "aws_fsx_data_repository_association")).toMatchObject({
      file_system_path: "/in",
      data_repository_path: "s3://data/in",
      imported_file_chunk_size: 1024,
      s3: { auto_import_policy: { events: ["NEW"] }, auto_export_policy: { events: [] } },
    });
  });

  it("mounts an existing file system and changes nothing of it", () => {
    const { stack } = clusterOf(slurmFile({ rest: lustre("FileSystemId: fs-0123456789abcdef0") }));

    expect(resourcesOf(stack, "aws_fsx_lustre_file_system")).toEqual({});
    const mounts = resourceAt(stack, "aws_s3_object", "Cluster/Slurm/Configuration/File-nodes--mounts.json");
    expect(mounts.content).toContain("fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com");
  });
});

describe("EFS", () => {
  const rest = "SharedStorage:\n  - { Name: home, MountDir: /data, StorageType: Efs }";
  const targetsOf = (file: string) => {
    const { stack } = clusterOf(file);
    return Object.values(resourcesOf(stack, "aws_efs_mount_target")).map(({ subnet_id, count }) => ({
      subnet_id,
      count,
    }));
  };

  it("has a mount target in the zone of every node, and one a zone", () => {
    const zone = (subnet: string) => `data.aws_subnet.Cluster_Storage_HomeSubnet-${subnet}.availability_zone`;

    const [first, other, ...more] = targetsOf(slurmFile({ rest }));

    expect(more).toEqual([]);
    expect(first).toEqual({ subnet_id: "subnet-22222222222222222" });
    expect(other?.subnet_id).toBe("subnet-11111111111111111");
    expect((other?.count as string).replace(/_[0-9A-F]{8}\b/g, "")).toBe(
      `\${contains([${zone("subnet-22222222222222222")}], ${zone("subnet-11111111111111111")}) ? 0 : 1}`,
    );
  });

  it("has no other where all nodes are in one subnet", () => {
    const file = slurmFile({ rest }).replaceAll("subnet-11111111111111111", "subnet-22222222222222222");

    expect(targetsOf(file)).toEqual([{ subnet_id: "subnet-22222222222222222" }]);
  });
});

describe("a Slurm cluster", () => {
  it("gives the head node what it needs for its own instances only", () => {
    const { stack } = clusterOf(slurmFile());
    const { policy } = resourceAt(stack, "aws_iam_role_policy", "Cluster/Slurm/HeadRole/Policy");
    const { Statement } = JSON.parse(policy as string) as { Statement: { Sid: string }[] };

    expect(Statement.map(({ Sid }) => Sid)).toEqual([
      "ListConfiguration",
      "ReadConfiguration",
      "OpenSessions",
      "WriteLogs",
      "WriteMetrics",
      "Describe",
      "LaunchFromTemplates",
      "UseOwnTemplates",
      "LaunchFleets",
      "TagAtLaunch",
      "EndOwnInstances",
      "ReadOwnConsoles",
      "NodeTable",
      "HandOverRoles",
      "NodeNames",
    ]);
  });

  it("lets the head node hand over the role of a profile that the file names", () => {
    const profile = "arn:aws:iam::111122223333:instance-profile/hpc/compute";
    const { stack } = clusterOf(slurmFile({ queue: `Iam:\n  InstanceProfile: ${profile}` }));

    expect(Object.values(dataOf(stack, "aws_iam_instance_profile"))).toEqual([{ name: "compute" }]);
    expect(statementOf(stack, "HandOverRoles")).toMatchObject({
      Resource: ["${data.aws_iam_instance_profile.Cluster_Slurm_Role-q1_Profile_392AB7EE.role_arn}"],
    });
  });

  it("lets the head node launch into a resource group of reservations", () => {
    const group = "arn:aws:resource-groups:eu-west-1:111122223333:group/reserved";
    const { stack } = clusterOf(
      slurmFile({ queue: `CapacityReservationTarget:\n  CapacityReservationResourceGroupArn: ${group}` }),
    );

    expect(statementOf(stack, "LaunchIntoReservations")).toMatchObject({
      Action: ["ec2:RunInstances", "ec2:CreateFleet", "resource-groups:ListGroupResources"],
      Resource: [group],
    });
  });

  it("lets the head node make EC2's own roles for Spot and fleets where the file uses them", () => {
    const { stack } = clusterOf(
      slurmFile({
        queue: "CapacityType: SPOT",
        resource: "Instances:\n  - InstanceType: c5.large\n  - InstanceType: m5.large",
      }),
    );

    expect(statementOf(stack, "MakeAWSServiceRoleForEC2Spot")).toEqual({
      Sid: "MakeAWSServiceRoleForEC2Spot",
      Effect: "Allow",
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: [
        "arn:aws:iam::111122223333:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
      ],
      Condition: { StringEquals: { "iam:AWSServiceName": "spot.amazonaws.com" } },
    });
    expect(statementOf(stack, "MakeAWSServiceRoleForEC2Fleet")).toBeDefined();
  });

  it("lets nodes mount EFS with their role where the file says so", () => {
    const storage = (iam: boolean) =>
      `SharedStorage:\n  - Name: home\n    MountDir: /data\n    StorageType: Efs\n    EfsSettings: { FileSystemId: fs-0123456789abcdef0, EncryptionInTransit: true, IamAuthorization: ${iam} }`;

    for (const role of ["HeadRole", "Role-q1"]) {
      expect(
        statementOf(clusterOf(slurmFile({ rest: storage(true) })).stack, "MountFileSystems", role),
      ).toEqual(
        expect.objectContaining({
          Resource: ["arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0123456789abcdef0"],
        }),
      );
    }
    expect(
      statementOf(clusterOf(slurmFile({ rest: storage(false) })).stack, "MountFileSystems"),
    ).toBeUndefined();
  });

  it("keeps a running head node when image or user data change", () => {
    const { stack } = clusterOf(slurmFile());

    expect(resourceAt(stack, "aws_instance")).toMatchObject({
      lifecycle: { ignore_changes: ["ami", "user_data"] },
    });
  });

  it("boots its head node once its files, permissions and storage are there", () => {
    const { stack } = clusterOf(slurmFile({ rest: lustre("StorageCapacity: 1200") }));

    const after = resourceAt(stack, "aws_instance").depends_on as string[];

    for (const part of [
      /^aws_s3_object\..*bootstrap/,
      /^aws_s3_object\..*mounts/,
      /^aws_iam_role_policy\..*HeadRole/,
      /^aws_fsx_lustre_file_system\./,
      /^aws_vpc_security_group_egress_rule\..*HeadToAll/,
    ]) {
      expect(after).toContainEqual(expect.stringMatching(part));
    }
    expect(after.some((one) => one.startsWith("aws_instance"))).toBe(false);
  });

  it("leaves the tags of shared volumes to the volumes, and stops the head node before they go", () => {
    const volume = (name: string, settings: string) =>
      `  - Name: ${name}\n    MountDir: /${name}\n    StorageType: Ebs\n    EbsSettings: ${settings}`;
    const { stack } = clusterOf(
      slurmFile({
        rest: `SharedStorage:\n${volume("old", "{ VolumeId: vol-0123456789abcdef0 }")}\n${volume("new", "{ Size: 40 }")}`,
      }),
    );

    expect(resourceAt(stack, "aws_instance")).not.toHaveProperty("volume_tags");
    expect(resourceAt(stack, "aws_instance")).toMatchObject({
      root_block_device: { tags: { Name: "HeadNode", "meridian:cluster": "demo" } },
    });
    expect(resourceAt(stack, "aws_volume_attachment", "Cluster/Slurm/HeadNode/Volume-New")).toMatchObject({
      device_name: "/dev/sdf",
      stop_instance_before_detaching: true,
    });
    expect(resourceAt(stack, "aws_volume_attachment", "Cluster/Slurm/HeadNode/Volume-Old")).toMatchObject({
      device_name: "/dev/sdg",
      volume_id: "vol-0123456789abcdef0",
    });
  });

  it("makes login pools behind a balancer with a grace period", () => {
    const { stack } = clusterOf(slurmFile({ rest: loginPool }));

    expect(resourceAt(stack, "aws_autoscaling_group")).toMatchObject({
      min_size: 2,
      max_size: 2,
      initial_lifecycle_hook: [{ name: "boot" }, { name: "grace", heartbeat_timeout: 600 }],
    });
    expect(resourceAt(stack, "aws_lb")).toMatchObject({ load_balancer_type: "network", internal: true });
  });

  it("encrypts the volumes of login nodes, and tags them as their machines", () => {
    const { stack } = clusterOf(slurmFile({ rest: loginPool }));
    const template = resourceAt(stack, "aws_launch_template", "Cluster/Slurm/Login-login/Template");

    expect(template.block_device_mappings).toEqual([
      expect.objectContaining({
        ebs: expect.objectContaining({ encrypted: "true", volume_type: "gp3" }) as unknown,
      }),
    ]);
    const tags = { Name: "LoginNode", "meridian:node-type": "LoginNode", "meridian:login-pool": "login" };
    expect(template.tag_specifications).toMatchObject([
      { resource_type: "instance", tags },
      { resource_type: "volume", tags },
    ]);
  });

  it("reads the password of the accounting database on the head node only", () => {
    const secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-abc";
    const { stack } = clusterOf(
      slurmFile({
        settings: `Database:\n  Uri: db.example.com:3306\n  UserName: slurm\n  PasswordSecretArn: ${secret}`,
      }),
    );

    const policies = Object.values(resourcesOf(stack, "aws_iam_role_policy")).filter(({ policy }) =>
      (policy as string).includes(secret),
    );
    expect(policies).toHaveLength(1);
    const file = resourceAt(
      stack,
      "aws_s3_object",
      "Cluster/Slurm/Configuration/File-slurm--slurmdbd.conf.template",
    );
    expect(file.content).toContain("StoragePass=@PASSWORD@");
    const { content } = resourceAt(
      stack,
      "aws_s3_object",
      "Cluster/Slurm/Configuration/File-slurm--slurm.conf",
    );
    expect(content).toContain(
      "AccountingStorageHost=${aws_network_interface.Cluster_Slurm_HeadAddress_0FEC9321.private_ip}\n",
    );
  });

  it("is the same bytes at every synthesis", () => {
    const json = () => JSON.stringify(synthesize(clusterOf(slurmFile({ resource: efa })).stack));

    expect(json()).toBe(json());
  });
});

describe("a Batch cluster", () => {
  const multinode =
    "Meridian:\n  JobDefinitions:\n    - Name: mpi\n      Image: example.com/mpi:1\n      Nodes: 4\n      Vcpus: 96\n      MemoryMiB: 1000000\n      Efa: 4\n      Mounts: [{SharedStorage: fsx, ContainerPath: /data}]";

  it("runs multi-node jobs with EFA devices, a placement group and Lustre", () => {
    const { stack } = clusterOf(
      batchFile({
        settings: multinode,
        queue: "Meridian:\n  Efa: true\n  PlacementGroup: true\n  Priority: 10",
        resource: "InstanceTypes: [p4d.24xlarge]\nMaxvCpus: 384",
        rest: lustre("StorageCapacity: 1200"),
      }),
    );

    const { node_properties: properties, type } = resourceAt(stack, "aws_batch_job_definition");
    expect(type).toBe("multinode");
    expect(JSON.parse(properties as string)).toMatchObject({
      numNodes: 4,
      nodeRangeProperties: [
        {
          targetNodes: "0:",
          container: {
            linuxParameters: {
              devices: expect.arrayContaining([
                expect.objectContaining({ hostPath: "/dev/infiniband/uverbs3" }),
              ]) as unknown,
            },
            volumes: [{ name: "storage0", host: { sourcePath: "/fsx" } }],
          },
        },
      ],
    });
    expect(resourceAt(stack, "aws_launch_template").network_interfaces).toHaveLength(5);
    expect(resourceAt(stack, "aws_batch_job_queue")).toMatchObject({ priority: 10 });
    expect(resourceAt(stack, "aws_batch_compute_environment")).not.toHaveProperty("name");
    expect(resourceAt(stack, "aws_batch_compute_environment")).not.toHaveProperty("compute_environment_name");
  });

  it.each([true, false])("gives machines a public address where the file says %s", (assign) => {
    const networking = (line: string) => `Networking:\n  SubnetIds: [subnet-22222222222222222]${line}`;

    const { stack } = clusterOf(batchFile({ queue: networking(`\n  AssignPublicIp: ${assign}`) }));
    const plain = clusterOf(batchFile({ queue: networking("") })).stack;

    expect(resourceAt(stack, "aws_launch_template").network_interfaces).toEqual([
      {
        device_index: 0,
        associate_public_ip_address: String(assign),
        delete_on_termination: "true",
        security_groups: ["${aws_security_group.Cluster_Security_Compute_245BCE60.id}"],
      },
    ]);
    expect(resourceAt(plain, "aws_launch_template")).not.toHaveProperty("network_interfaces");
  });

  it.each([
    ["\n  AssignPublicIp: true", "ENABLED"],
    ["", "DISABLED"],
  ])("gives containers on Fargate%s a public address setting of %s", (line, expected) => {
    const { stack } = clusterOf(
      batchFile({
        queue: `Meridian: {Fargate: true}\nNetworking:\n  SubnetIds: [subnet-22222222222222222]${line}`,
        settings: "Meridian:\n  JobDefinitions:\n    - {Name: a, Image: a}",
      }),
    );

    const { container_properties: container } = resourceAt(stack, "aws_batch_job_definition");
    expect(JSON.parse(container as string)).toMatchObject({
      networkConfiguration: { assignPublicIp: expected },
    });
  });

  it("installs EFA on its machines, whose stock image has no driver", () => {
    const userDataOf = (efaOn: boolean) => {
      const { stack } = clusterOf(
        batchFile({
          queue: `Meridian:\n  Efa: ${efaOn}`,
          resource: "InstanceTypes: [c5n.18xlarge]\nMaxvCpus: 144",
        }),
      );
      return resourceAt(stack, "aws_launch_template").user_data as string;
    };

    expect(userDataOf(true)).toContain("./efa_installer.sh -y");
    expect(userDataOf(false)).not.toContain("efa_installer");
  });

  it("asks FSx for the name of an existing Lustre file system", () => {
    const { stack } = clusterOf(batchFile({ rest: lustre("FileSystemId: fs-0123456789abcdef0") }));

    const userData = resourceAt(stack, "aws_launch_template").user_data as string;
    expect(userData).toContain("name=$(aws fsx describe-file-systems --region eu-west-1");
    expect(userData).toContain("fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com@tcp:/$name /fsx");
    expect(resourceAt(stack, "aws_iam_role_policy").policy).toContain("fsx:DescribeFileSystems");
  });

  it("encrypts the way to EFS where the file says so", () => {
    const { stack } = clusterOf(
      batchFile({
        rest: "SharedStorage:\n  - Name: home\n    MountDir: /data\n    StorageType: Efs\n    EfsSettings: { FileSystemId: fs-0123456789abcdef0, EncryptionInTransit: true, IamAuthorization: true }",
      }),
    );

    expect(resourceAt(stack, "aws_launch_template").user_data).toContain(
      "mount -t efs -o tls,iam fs-0123456789abcdef0:/ /data",
    );
    expect(resourceAt(stack, "aws_iam_role_policy").policy).toContain("elasticfilesystem:ClientMount");
  });

  it("buys Spot with a bid", () => {
    const { stack } = clusterOf(
      batchFile({ queue: "CapacityType: SPOT", resource: "SpotBidPercentage: 60" }),
    );

    expect(resourceAt(stack, "aws_batch_compute_environment")).toMatchObject({
      compute_resources: {
        type: "SPOT",
        bid_percentage: 60,
        allocation_strategy: "SPOT_PRICE_CAPACITY_OPTIMIZED",
      },
    });
  });

  it("runs on Fargate without machines", () => {
    const { stack } = clusterOf(batchFile({ queue: "Meridian:\n  Fargate: true" }));

    expect(resourceAt(stack, "aws_batch_compute_environment")).toMatchObject({
      compute_resources: { type: "FARGATE" },
    });
    expect(resourcesOf(stack, "aws_launch_template")).toEqual({});
  });
});
