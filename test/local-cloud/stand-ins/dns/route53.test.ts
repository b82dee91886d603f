import { GatewayUnderTest } from "../../support/cloud";

const space = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';

describe("the stand-in of Route 53", () => {
  let cloud: GatewayUnderTest;

  beforeEach(async () => {
    cloud = await GatewayUnderTest.start({
      status: 201,
      headers: { "content-type": "text/xml" },
      text: "<R><ChangeInfo><Id>1</Id></ChangeInfo><HostedZone><Id>/hostedzone/Z</Id></HostedZone></R>",
    });
  });
  afterEach(() => {
    cloud.stop();
  });

  const send = (method: string, path: string, body = "") =>
    cloud.send(
      "route53",
      method,
      `/2013-04-01/${path}`,
      { "content-type": "application/xml" },
      body,
      "us-east-1",
    );

  function idIn(text: string): string {
    return /<Id>([^<]+)<\/Id>/.exec(text)?.[1] ?? "";
  }

  it("lets no change of a zone or record be waited for", async () => {
    const { status, text } = await send("POST", "hostedzone/Z/rrset", `<X ${space}/>`);

    expect({ status, text }).toEqual({
      status: 201,
      text: "<R><HostedZone><Id>/hostedzone/Z</Id></HostedZone></R>",
    });
  });

  it("makes a zone private that is created with a VPC", async () => {
    const vpc = "<VPC><VPCId>vpc-1</VPCId><VPCRegion>eu-west-1</VPCRegion></VPC>";
    const body = `<CreateHostedZoneRequest ${space}><Name>a.test</Name>${vpc}<HostedZoneConfig><Comment>c</Comment></HostedZoneConfig></CreateHostedZoneRequest>`;

    await send("POST", "hostedzone", body);

    expect(cloud.received[0]?.body).toContain(
      "<HostedZoneConfig><Comment>c</Comment><PrivateZone>true</PrivateZone></HostedZoneConfig>",
    );
  });

  it("keeps every field of a health check, and merges an update", async () => {
    const alarm = "<AlarmIdentifier><Region>eu-west-1</Region><Name>a</Name></AlarmIdentifier>";
    const config = `<HealthCheckConfig><Type>CLOUDWATCH_METRIC</Type>${alarm}<InsufficientDataHealthStatus>Unhealthy</InsufficientDataHealthStatus></HealthCheckConfig>`;
    const created = await send(
      "POST",
      "healthcheck",
      `<CreateHealthCheckRequest ${space}><CallerReference>r</CallerReference>${config}</CreateHealthCheckRequest>`,
    );
    const id = idIn(created.text);

    await send(
      "POST",
      `healthcheck/${id}`,
      `<UpdateHealthCheckRequest ${space}><Inverted>true</Inverted></UpdateHealthCheckRequest>`,
    );
    const { text } = await send("GET", `healthcheck/${id}`);

    expect(created.status).toBe(201);
    expect(text).toContain(
      `<HealthCheckConfig><Inverted>true</Inverted><Disabled>false</Disabled><Type>CLOUDWATCH_METRIC</Type>${alarm}<InsufficientDataHealthStatus>Unhealthy</InsufficientDataHealthStatus></HealthCheckConfig><HealthCheckVersion>2</HealthCheckVersion>`,
    );
  });

  it("tags a health check", async () => {
    const config = "<HealthCheckConfig><Type>TCP</Type><IPAddress>192.0.2.1</IPAddress></HealthCheckConfig>";
    const created = await send(
      "POST",
      "healthcheck",
      `<CreateHealthCheckRequest ${space}><CallerReference>r</CallerReference>${config}</CreateHealthCheckRequest>`,
    );
    const path = `tags/healthcheck/${idIn(created.text)}`;

    await send(
      "POST",
      path,
      `<ChangeTagsForResourceRequest ${space}><AddTags><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value>2</Value></Tag></AddTags></ChangeTagsForResourceRequest>`,
    );
    await send(
      "POST",
      path,
      `<ChangeTagsForResourceRequest ${space}><RemoveTagKeys><Key>a</Key></RemoveTagKeys></ChangeTagsForResourceRequest>`,
    );

    expect((await send("GET", path)).text).toContain("<Tags><Tag><Key>b</Key><Value>2</Value></Tag></Tags>");
  });

  it("counts no calculated check in another", async () => {
    const create = (config: string) =>
      send(
        "POST",
        "healthcheck",
        `<CreateHealthCheckRequest ${space}><CallerReference>r</CallerReference><HealthCheckConfig>${config}</HealthCheckConfig></CreateHealthCheckRequest>`,
      );
    const counting = (id: string) =>
      `<Type>CALCULATED</Type><HealthThreshold>1</HealthThreshold><ChildHealthChecks><ChildHealthCheck>${id}</ChildHealthCheck></ChildHealthChecks>`;
    const idIn = (text: string): string => /<Id>([^<]+)<\/Id>/.exec(text)?.[1] ?? "";

    const probe = await create("<Type>TCP</Type><Port>1</Port><IPAddress>192.0.2.1</IPAddress>");
    const outer = await create(counting(idIn(probe.text)));
    const nested = await create(counting(idIn(outer.text)));

    expect([probe.status, outer.status, nested.status]).toEqual([201, 201, 400]);
    expect(nested.text).toContain("<Code>InvalidInput</Code>");
  });

  it("refuses an end point check without an end point", async () => {
    const { status, text } = await send(
      "POST",
      "healthcheck",
      `<CreateHealthCheckRequest ${space}><CallerReference>r</CallerReference><HealthCheckConfig><Type>HTTPS</Type></HealthCheckConfig></CreateHealthCheckRequest>`,
    );

    expect(status).toBe(400);
    expect(text).toContain("<Code>InvalidInput</Code>");
  });

  it("puts CIDR blocks into locations and takes them out", async () => {
    const created = await send(
      "POST",
      "cidrcollection",
      `<CreateCidrCollectionRequest ${space}><Name>offices</Name><CallerReference>r</CallerReference></CreateCidrCollectionRequest>`,
    );
    const path = `cidrcollection/${idIn(created.text)}`;
    const change = (action: string, ...cidrs: string[]) =>
      `<ChangeCidrCollectionRequest ${space}><Changes><member><LocationName>berlin</LocationName><Action>${action}</Action><CidrList>${cidrs.map((cidr) => `<Cidr>${cidr}</Cidr>`).join("")}</CidrList></member></Changes></ChangeCidrCollectionRequest>`;

    await send("POST", path, change("PUT", "192.0.2.0/24", "198.51.100.0/24"));
    await send("POST", path, change("DELETE_IF_EXISTS", "192.0.2.0/24"));
    const blocks = await send("GET", `${path}/cidrblocks?location=berlin`);
    const whileUsed = await send("DELETE", path);
    await send("POST", path, change("DELETE_IF_EXISTS", "198.51.100.0/24"));
    const whenEmpty = await send("DELETE", path);

    expect(blocks.text).toContain(
      "<CidrBlocks><member><CidrBlock>198.51.100.0/24</CidrBlock><LocationName>berlin</LocationName></member></CidrBlocks>",
    );
    expect([whileUsed.status, whenEmpty.status]).toEqual([400, 200]);
  });

  it("signs a zone only with an active key of us-east-1", async () => {
    const key = (arn: string) =>
      `<CreateKeySigningKeyRequest ${space}><CallerReference>r</CallerReference><HostedZoneId>Z</HostedZoneId><KeyManagementServiceArn>${arn}</KeyManagementServiceArn><Name>first</Name><Status>ACTIVE</Status></CreateKeySigningKeyRequest>`;

    const withoutKey = await send("POST", "hostedzone/Z/enable-dnssec");
    const elsewhere = await send("POST", "keysigningkey", key("arn:aws:kms:eu-west-1:1:key/a"));
    const created = await send("POST", "keysigningkey", key("arn:aws:kms:us-east-1:1:key/a"));
    const enabled = await send("POST", "hostedzone/Z/enable-dnssec");
    const whileActive = await send("DELETE", "keysigningkey/Z/first");

    expect(withoutKey.text).toContain("KeySigningKeyWithActiveStatusNotFound");
    expect(elsewhere.text).toContain("InvalidKMSArn");
    expect(created.text).toMatch(/<DSRecord>\d+ 13 2 [0-9A-F]{64}<\/DSRecord>/);
    expect(enabled.status).toBe(200);
    expect(whileActive.text).toContain("InvalidKeySigningKeyStatus");
  });

  it("logs the queries of a zone once, to a log group in us-east-1", async () => {
    const body = (region: string) =>
      `<CreateQueryLoggingConfigRequest ${space}><HostedZoneId>Z</HostedZoneId><CloudWatchLogsLogGroupArn>arn:aws:logs:${region}:1:log-group:/a</CloudWatchLogsLogGroupArn></CreateQueryLoggingConfigRequest>`;

    const answers = [
      await send("POST", "queryloggingconfig", body("eu-west-1")),
      await send("POST", "queryloggingconfig", body("us-east-1")),
      await send("POST", "queryloggingconfig", body("us-east-1")),
    ];

    expect(answers.map(({ status }) => status)).toEqual([400, 201, 409]);
  });
});
