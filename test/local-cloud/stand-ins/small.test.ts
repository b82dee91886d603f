import { GatewayUnderTest, type Received } from "../support/cloud";

type Output = Record<string, Record<string, unknown>>;

let cloud: GatewayUnderTest;

afterEach(() => {
  cloud.stop();
});

async function call(service: string, target: string, input: object, region?: string): Promise<Output> {
  return (await cloud.json(service, target, input, region)).output as Output;
}

describe("the stand-in of Application Auto Scaling", () => {
  const target = (action: string) => `AnyScaleFrontendService.${action}`;

  it("keeps the tags of a scalable target, by the ARN that moto describes it with", async () => {
    const described = { ScalableTargets: [{ ScalableTargetARN: "arn:target" }] };
    cloud = await GatewayUnderTest.start(({ headers }) => ({
      text: headers["x-amz-target"] === target("DescribeScalableTargets") ? JSON.stringify(described) : "{}",
    }));
    const service = "application-autoscaling";

    await call(service, target("RegisterScalableTarget"), {
      ServiceNamespace: "ecs",
      Tags: { a: "1", b: "2" },
    });
    await call(service, target("TagResource"), { ResourceARN: "arn:target", Tags: { c: "3" } });
    await call(service, target("UntagResource"), { ResourceARN: "arn:target", TagKeys: ["a"] });

    expect(await call(service, target("ListTagsForResource"), { ResourceARN: "arn:target" })).toEqual({
      Tags: { b: "2", c: "3" },
    });
  });
});

describe("the stand-in of CloudWatch", () => {
  it("keeps composite alarms and leaves others to moto", async () => {
    cloud = await GatewayUnderTest.start();
    const query = (Action: string, parameters: Record<string, string>) =>
      cloud.query("monitoring", { Action, Version: "2010-08-01", ...parameters });
    await query("PutCompositeAlarm", {
      AlarmName: "any",
      AlarmRule: "ALARM(a)",
      "AlarmActions.member.1": "arn:topic",
    });

    const composite = await query("DescribeAlarms", {
      "AlarmNames.member.1": "any",
      "AlarmTypes.member.1": "CompositeAlarm",
    });
    const metric = await query("DescribeAlarms", { "AlarmNames.member.1": "a" });
    await query("DeleteAlarms", { "AlarmNames.member.1": "any" });
    const after = await query("DescribeAlarms", { "AlarmTypes.member.1": "CompositeAlarm" });

    expect(composite.text).toContain("<AlarmRule>ALARM(a)</AlarmRule>");
    expect(composite.text).toContain("<AlarmActions><member>arn:topic</member></AlarmActions>");
    expect(metric.text).toBe("moto");
    expect(after.text).toContain("<CompositeAlarms></CompositeAlarms>");
  });
});

describe("the stand-in of ECR", () => {
  const target = (action: string) => `AmazonEC2ContainerRegistry_V20150921.${action}`;

  it("keeps creation templates by region and prefix", async () => {
    cloud = await GatewayUnderTest.start();
    await call("ecr", target("CreateRepositoryCreationTemplate"), {
      prefix: "web",
      appliedFor: ["REPLICATION"],
      imageTagMutability: "IMMUTABLE",
    });

    const here = await call("ecr", target("DescribeRepositoryCreationTemplates"), { prefixes: ["web"] });
    const there = await call(
      "ecr",
      target("DescribeRepositoryCreationTemplates"),
      { prefixes: ["web"] },
      "us-east-1",
    );

    expect(here.repositoryCreationTemplates).toMatchObject([
      {
        prefix: "web",
        imageTagMutability: "IMMUTABLE",
        encryptionConfiguration: { encryptionType: "AES256" },
      },
    ]);
    expect(there.__type).toBe("TemplateNotFoundException");
  });

  it("keeps pull-through cache rules and refuses a second of a prefix", async () => {
    cloud = await GatewayUnderTest.start();
    const rule = { ecrRepositoryPrefix: "public", upstreamRegistryUrl: "public.ecr.aws" };

    await call("ecr", target("CreatePullThroughCacheRule"), rule);
    const twice = await call("ecr", target("CreatePullThroughCacheRule"), rule);
    const listed = await call("ecr", target("DescribePullThroughCacheRules"), {});

    expect(twice.__type).toBe("PullThroughCacheRuleAlreadyExistsException");
    expect(listed.pullThroughCacheRules).toMatchObject([rule]);
  });

  it("knows the default of an account setting", async () => {
    cloud = await GatewayUnderTest.start();

    expect(await call("ecr", target("GetAccountSetting"), { name: "BASIC_SCAN_TYPE_VERSION" })).toEqual({
      name: "BASIC_SCAN_TYPE_VERSION",
      value: "AWS_NATIVE",
    });
  });
});

describe("the stand-in of ECS", () => {
  const target = (action: string) => `AmazonEC2ContainerServiceV20141113.${action}`;
  const service = { serviceArn: "arn:service", launchType: "EC2", desiredCount: 2 };

  it("adds to a service what moto forgets", async () => {
    cloud = await GatewayUnderTest.start({
      text: JSON.stringify({ service, services: [service], failures: [] }),
    });
    const strategy = [{ capacityProvider: "FARGATE", weight: 1 }];
    await call("ecs", target("CreateService"), {
      capacityProviderStrategy: strategy,
      enableExecuteCommand: true,
    });
    await call("ecs", target("UpdateService"), { healthCheckGracePeriodSeconds: 60 });

    const output = await call("ecs", target("DescribeServices"), { services: ["web"] });

    expect(output.services).toEqual([
      expect.not.objectContaining({ launchType: expect.anything() as unknown }),
    ]);
    expect(output.services).toMatchObject([
      {
        serviceArn: "arn:service",
        desiredCount: 2,
        capacityProviderStrategy: strategy,
        enableExecuteCommand: true,
        healthCheckGracePeriodSeconds: 60,
      },
    ]);
  });
});

describe("the stand-in of FSx", () => {
  const target = (action: string) => `AWSSimbaAPIService_v20180301.${action}`;

  it("makes a file system available at once, in the VPC of its subnet, with an association", async () => {
    cloud = await GatewayUnderTest.start({
      text: "<subnetSet><item><vpcId>vpc-1</vpcId></item></subnetSet>",
    });

    const { FileSystem } = await call("fsx", target("CreateFileSystem"), {
      FileSystemType: "LUSTRE",
      StorageCapacity: 1200,
      SubnetIds: ["subnet-1"],
      LustreConfiguration: { DeploymentType: "PERSISTENT_2", PerUnitStorageThroughput: 125 },
      Tags: [{ Key: "a", Value: "1" }],
    });
    const { Association } = await call("fsx", target("CreateDataRepositoryAssociation"), {
      FileSystemId: FileSystem?.FileSystemId,
      FileSystemPath: "/data",
      DataRepositoryPath: "s3://bucket",
    });

    expect(FileSystem).toMatchObject({
      Lifecycle: "AVAILABLE",
      VpcId: "vpc-1",
      LustreConfiguration: { DeploymentType: "PERSISTENT_2", PerUnitStorageThroughput: 125 },
      Tags: [{ Key: "a", Value: "1" }],
    });
    expect(Association).toMatchObject({ Lifecycle: "AVAILABLE", FileSystemPath: "/data" });
    expect(cloud.received.map(({ headers }: Received) => headers.authorization?.split("/")[3])).toEqual([
      "ec2",
    ]);
  });

  it("reports to Terraform that a deleted file system is gone, and others that it is being deleted", async () => {
    cloud = await GatewayUnderTest.start();
    const remove = async (agent: string) => {
      const input = { FileSystemType: "LUSTRE", SubnetIds: ["subnet-1"] };
      const { FileSystem } = await call("fsx", target("CreateFileSystem"), input);
      const headers = { "x-amz-target": target("DeleteFileSystem"), "user-agent": agent };
      const body = JSON.stringify({ FileSystemId: FileSystem?.FileSystemId });
      return JSON.parse((await cloud.send("fsx", "POST", "/", headers, body)).text) as Output;
    };

    expect((await remove("APN/1.0 HashiCorp/1.0 Terraform/1.11.4")).__type).toBe("FileSystemNotFound");
    expect((await remove("aws-cli/2.0")).Lifecycle).toBe("DELETING");
  });

  it("refuses an association with a file system that does not exist", async () => {
    cloud = await GatewayUnderTest.start();
    const input = { FileSystemId: "fs-1", DataRepositoryPath: "s3://bucket" };

    expect((await call("fsx", target("CreateDataRepositoryAssociation"), input)).__type).toBe(
      "FileSystemNotFound",
    );
  });
});

describe("the stand-in of KMS", () => {
  const primary = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1";

  it.each([
    [primary, "PRIMARY"],
    ["arn:aws:kms:eu-central-1:123456789012:key/mrk-1", "REPLICA"],
  ])("infers from the ARN that %s is the %s", async (Arn, kind) => {
    const configuration = { MultiRegionKeyType: "REPLICA", PrimaryKey: { Arn: primary } };
    const metadata = { Arn, MultiRegion: true, MultiRegionConfiguration: configuration };
    cloud = await GatewayUnderTest.start({ text: JSON.stringify({ KeyMetadata: metadata }) });

    const { KeyMetadata } = await call("kms", "TrentService.DescribeKey", { KeyId: "mrk-1" });

    expect(KeyMetadata).toMatchObject({ MultiRegionConfiguration: { MultiRegionKeyType: kind } });
  });

  it("gives a replica its own description, policy and tags, in its own region", async () => {
    cloud = await GatewayUnderTest.start({
      text: JSON.stringify({ ReplicaKeyMetadata: { KeyId: "mrk-1" } }),
    });
    const Tags = [{ TagKey: "team", TagValue: "platform" }];

    await call("kms", "TrentService.ReplicateKey", {
      KeyId: "mrk-1",
      ReplicaRegion: "eu-central-1",
      Policy: "{}",
      Tags,
    });

    const [, ...followUps] = cloud.received;
    expect(
      followUps.map(({ headers, body }) => [headers["x-amz-target"], JSON.parse(body) as unknown]),
    ).toEqual([
      ["TrentService.UpdateKeyDescription", { KeyId: "mrk-1", Description: "" }],
      ["TrentService.PutKeyPolicy", { KeyId: "mrk-1", PolicyName: "default", Policy: "{}" }],
      ["TrentService.TagResource", { KeyId: "mrk-1", Tags }],
    ]);
    expect(followUps.every(({ headers }) => headers.authorization?.includes("/eu-central-1/kms/"))).toBe(
      true,
    );
  });
});

describe("the stand-in of RAM", () => {
  const post = async (path: string, input: object): Promise<Output> =>
    JSON.parse((await cloud.send("ram", "POST", path, {}, JSON.stringify(input))).text) as Output;

  it("associates resources and principals with a share, and takes them away", async () => {
    cloud = await GatewayUnderTest.start();
    const { resourceShare } = await post("/createresourceshare", {
      name: "rules",
      principals: ["111122223333"],
    });
    const resourceShareArn = resourceShare?.resourceShareArn;
    await post("/associateresourceshare", { resourceShareArn, resourceArns: ["arn:rule"] });
    await post("/disassociateresourceshare", { resourceShareArn, principals: ["111122223333"] });
    const list = (associationType: string) =>
      post("/getresourceshareassociations", { associationType, resourceShareArns: [resourceShareArn] });

    expect((await list("RESOURCE")).resourceShareAssociations).toMatchObject([
      { associatedEntity: "arn:rule", status: "ASSOCIATED" },
    ]);
    expect((await list("PRINCIPAL")).resourceShareAssociations).toEqual([]);
  });

  it("refuses an unknown share", async () => {
    cloud = await GatewayUnderTest.start();

    expect(await post("/associateresourceshare", { resourceShareArn: "arn:none" })).toMatchObject({
      __type: "UnknownResourceException",
      message: "ResourceShare arn:none could not be found",
    });
  });
});

describe("the stand-in of Route 53 Resolver", () => {
  const target = (action: string) => `Route53Resolver.${action}`;

  it("keeps domains and rules of DNS Firewall", async () => {
    cloud = await GatewayUnderTest.start();
    const list = await call("route53resolver", target("CreateFirewallDomainList"), { Name: "blocked" });
    const group = await call("route53resolver", target("CreateFirewallRuleGroup"), { Name: "group" });
    const FirewallDomainListId = list.FirewallDomainList?.Id;
    const FirewallRuleGroupId = group.FirewallRuleGroup?.Id;
    await call("route53resolver", target("UpdateFirewallDomains"), {
      FirewallDomainListId,
      Operation: "ADD",
      Domains: ["a.test", "b.test."],
    });
    const rule = { FirewallRuleGroupId, FirewallDomainListId, Name: "block", Priority: 1, Action: "BLOCK" };
    await call("route53resolver", target("CreateFirewallRule"), rule);

    expect(await call("route53resolver", target("ListFirewallDomains"), { FirewallDomainListId })).toEqual({
      Domains: ["a.test.", "b.test."],
    });
    expect(await call("route53resolver", target("ListFirewallRules"), { FirewallRuleGroupId })).toMatchObject(
      {
        FirewallRules: [rule],
      },
    );
  });

  it("refuses what DNS Firewall refuses: a priority twice, too many domains, and changes under protection", async () => {
    cloud = await GatewayUnderTest.start();
    const list = await call("route53resolver", target("CreateFirewallDomainList"), { Name: "blocked" });
    const rule = { FirewallRuleGroupId: "rslvr-frg-1", Name: "block", Priority: 1, Action: "BLOCK" };
    await call("route53resolver", target("CreateFirewallRule"), { ...rule, FirewallDomainListId: "a" });
    const association = await call("route53resolver", target("AssociateFirewallRuleGroup"), {
      ...{ FirewallRuleGroupId: "rslvr-frg-1", VpcId: "vpc-1", Name: "main", Priority: 101 },
      MutationProtection: "ENABLED",
    });
    const FirewallRuleGroupAssociationId = association.FirewallRuleGroupAssociation?.Id;
    const protection =
      "[RSLVR-02307] The DNS Firewall rule group association is under mutation protection. " +
      "Remove the mutation protection and try again.";

    expect(
      await call("route53resolver", target("CreateFirewallRule"), { ...rule, FirewallDomainListId: "b" }),
    ).toMatchObject({ message: "the rule group has a rule of priority 1 already" });
    expect(
      await call("route53resolver", target("UpdateFirewallDomains"), {
        FirewallDomainListId: list.FirewallDomainList?.Id,
        Operation: "ADD",
        Domains: Array.from({ length: 1001 }, (_, index) => `${index}.test`),
      }),
    ).toMatchObject({ message: "a request holds at most 1000 domains" });
    expect(
      await call("route53resolver", target("DisassociateFirewallRuleGroup"), {
        FirewallRuleGroupAssociationId,
      }),
    ).toMatchObject({ message: protection });
    expect(
      await call("route53resolver", target("UpdateFirewallRuleGroupAssociation"), {
        FirewallRuleGroupAssociationId,
        Priority: 102,
      }),
    ).toMatchObject({ message: protection });
    expect(
      await call("route53resolver", target("UpdateFirewallRuleGroupAssociation"), {
        FirewallRuleGroupAssociationId,
        MutationProtection: "DISABLED",
      }),
    ).toMatchObject({ FirewallRuleGroupAssociation: { MutationProtection: "DISABLED", Priority: 101 } });
  });

  it("remembers of each network whether DNS Firewall fails open", async () => {
    cloud = await GatewayUnderTest.start();
    await call("route53resolver", target("UpdateFirewallConfig"), {
      ResourceId: "vpc-1",
      FirewallFailOpen: "ENABLED",
    });

    const config = { ResourceId: "vpc-1", FirewallFailOpen: "ENABLED" };
    expect(await call("route53resolver", target("GetFirewallConfig"), { ResourceId: "vpc-1" })).toMatchObject(
      {
        FirewallConfig: config,
      },
    );
    expect(await call("route53resolver", target("ListFirewallConfigs"), {})).toMatchObject({
      FirewallConfigs: [config],
    });
  });

  it("adds the protocols of an end point to what moto says", async () => {
    cloud = await GatewayUnderTest.start({ text: '{"ResolverEndpoint":{"Id":"rslvr-in-1"}}' });
    await call("route53resolver", target("CreateResolverEndpoint"), { Protocols: ["DoH", "Do53"] });

    expect(
      await call("route53resolver", target("GetResolverEndpoint"), { ResolverEndpointId: "rslvr-in-1" }),
    ).toEqual({
      ResolverEndpoint: { Id: "rslvr-in-1", Protocols: ["DoH", "Do53"] },
    });
  });

  it("lays changes of a rule over what moto says", async () => {
    cloud = await GatewayUnderTest.start({
      text: '{"ResolverRule":{"Id":"rslvr-rr-1","Name":"old","RuleType":"FORWARD"}}',
    });
    const ResolverRuleId = "rslvr-rr-1";
    await call("route53resolver", target("UpdateResolverRule"), { ResolverRuleId, Config: { Name: "new" } });

    expect(await call("route53resolver", target("GetResolverRule"), { ResolverRuleId })).toEqual({
      ResolverRule: { Id: "rslvr-rr-1", Name: "new", RuleType: "FORWARD" },
    });
  });

  it("leaves the tags of end points to moto", async () => {
    cloud = await GatewayUnderTest.start({ text: '{"Tags":[]}' });

    await call("route53resolver", target("ListTagsForResource"), {
      ResourceArn: "arn:x:resolver-endpoint/rslvr-in-1",
    });

    expect(cloud.received).toHaveLength(1);
  });
});

describe("the stand-in of SQS", () => {
  it("takes the blanks out of a redrive policy", async () => {
    const attributes = {
      RedrivePolicy: '{"deadLetterTargetArn": "arn:q", "maxReceiveCount": 3}',
      DelaySeconds: "0",
    };
    cloud = await GatewayUnderTest.start({ text: JSON.stringify({ Attributes: attributes }) });

    expect(await call("sqs", "AmazonSQS.GetQueueAttributes", {})).toEqual({
      Attributes: { RedrivePolicy: '{"deadLetterTargetArn":"arn:q","maxReceiveCount":3}', DelaySeconds: "0" },
    });
  });
});

describe("the replication of ECR", () => {
  const target = (action: string) => `AmazonEC2ContainerRegistry_V20150921.${action}`;

  it("scans a pushed image and copies it to where the registry replicates, into a repository as the template says", async () => {
    const replicationConfiguration = {
      rules: [
        {
          destinations: [
            { region: "eu-central-1", registryId: "123456789012" },
            { region: "us-east-1", registryId: "999999999999" },
          ],
          repositoryFilters: [{ filter: "web", filterType: "PREFIX_MATCH" }],
        },
      ],
    };
    cloud = await GatewayUnderTest.start(({ headers }) => ({
      text:
        headers["x-amz-target"] === target("DescribeRegistry")
          ? JSON.stringify({ replicationConfiguration })
          : "{}",
    }));
    await call(
      "ecr",
      target("CreateRepositoryCreationTemplate"),
      { prefix: "web", appliedFor: ["REPLICATION"], imageTagMutability: "IMMUTABLE" },
      "eu-central-1",
    );
    const image = { repositoryName: "web", imageManifest: "{}", imageTag: "1" };

    await call("ecr", target("PutImage"), image);
    await call("ecr", target("PutImage"), { ...image, repositoryName: "api" });

    const asked = cloud.received.map(({ headers, body }: Received) => [
      /Credential=[^/]+\/[^/]+\/([^/]+)/.exec(headers.authorization ?? "")?.[1],
      String(headers["x-amz-target"]).split(".")[1],
      (JSON.parse(body) as { repositoryName?: string }).repositoryName,
    ]);
    expect(asked).toEqual([
      ["eu-west-1", "PutImage", "web"],
      ["eu-west-1", "StartImageScan", "web"],
      ["eu-west-1", "DescribeRegistry", undefined],
      ["eu-central-1", "CreateRepository", "web"],
      ["eu-central-1", "PutImage", "web"],
      ["eu-central-1", "StartImageScan", "web"],
      ["eu-west-1", "PutImage", "api"],
      ["eu-west-1", "StartImageScan", "api"],
      ["eu-west-1", "DescribeRegistry", undefined],
    ]);
  });

  it("makes a copy by the template of its namespace, else by the one for all, never by one of its own name", async () => {
    const replicationConfiguration = {
      rules: [
        { destinations: [{ region: "eu-central-1", registryId: "123456789012" }], repositoryFilters: [] },
      ],
    };
    cloud = await GatewayUnderTest.start(({ headers }) => ({
      text:
        headers["x-amz-target"] === target("DescribeRegistry")
          ? JSON.stringify({ replicationConfiguration })
          : "{}",
    }));
    for (const [prefix, imageTagMutability] of [
      ["web", "MUTABLE"],
      ["ROOT", "IMMUTABLE"],
    ]) {
      await call(
        "ecr",
        target("CreateRepositoryCreationTemplate"),
        { prefix, appliedFor: ["REPLICATION"], imageTagMutability },
        "eu-central-1",
      );
    }

    for (const repositoryName of ["web", "web/front"]) {
      await call("ecr", target("PutImage"), { repositoryName, imageManifest: "{}", imageTag: "1" });
    }

    const made = cloud.received
      .filter(({ headers }: Received) => headers["x-amz-target"] === target("CreateRepository"))
      .map(({ body }: Received) => JSON.parse(body) as Record<string, string>);
    expect(made.map((each) => [each.repositoryName, each.imageTagMutability])).toEqual([
      ["web", "IMMUTABLE"],
      ["web/front", "MUTABLE"],
    ]);
  });
});
