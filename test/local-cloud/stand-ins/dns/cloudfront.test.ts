import { GatewayUnderTest } from "../../support/cloud";

const space = 'xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"';

describe("the stand-in of CloudFront", () => {
  let cloud: GatewayUnderTest;

  beforeEach(async () => {
    cloud = await GatewayUnderTest.start();
  });
  afterEach(() => {
    cloud.stop();
  });

  const send = (method: string, path: string, body = "", headers: Record<string, string> = {}) =>
    cloud.send(
      "cloudfront",
      method,
      `/2020-05-31/${path}`,
      { "content-type": "application/xml", ...headers },
      body,
    );

  function idIn(text: string): string {
    return /<Id>([^<]+)<\/Id>/.exec(text)?.[1] ?? "";
  }

  function distribution(enabled: boolean): string {
    const origins =
      "<Origins><Quantity>1</Quantity><Items><Origin><Id>a</Id><DomainName>a.test</DomainName></Origin></Items></Origins>";
    return `<DistributionConfig><CallerReference>r</CallerReference>${origins}<Enabled>${enabled}</Enabled></DistributionConfig>`;
  }

  it("deploys a distribution at once and gives its settings and tags back", async () => {
    const tags = "<Tags><Items><Tag><Key>team</Key><Value>platform</Value></Tag></Items></Tags>";
    const created = await send(
      "POST",
      "distribution?WithTags",
      `<DistributionConfigWithTags ${space}>${distribution(true)}${tags}</DistributionConfigWithTags>`,
    );
    const id = idIn(created.text);

    const { text, headers } = await send("GET", `distribution/${id}`);
    const listed = await send(
      "GET",
      `tagging?Resource=arn%3Aaws%3Acloudfront%3A%3A123456789012%3Adistribution%2F${id}`,
    );

    expect(created.status).toBe(201);
    expect(headers.etag).toBe(created.headers.etag);
    expect(text).toContain("<Status>Deployed</Status>");
    expect(text).toContain("<Items><Origin><Id>a</Id><DomainName>a.test</DomainName></Origin></Items>");
    expect(listed.text).toContain("<Tag><Key>team</Key><Value>platform</Value></Tag>");
  });

  it("deletes a distribution only when it is disabled and its version is named", async () => {
    const created = await send("POST", "distribution", distribution(true));
    const id = idIn(created.text);
    const version = { "if-match": created.headers.etag ?? "" };

    const whileEnabled = await send("DELETE", `distribution/${id}`, "", version);
    const disabled = await send("PUT", `distribution/${id}/config`, distribution(false), version);
    const oldVersion = await send("DELETE", `distribution/${id}`, "", version);
    const deleted = await send("DELETE", `distribution/${id}`, "", {
      "if-match": disabled.headers.etag ?? "",
    });

    expect(whileEnabled.text).toContain("<Code>DistributionNotDisabled</Code>");
    expect(oldVersion.status).toBe(412);
    expect(deleted.status).toBe(204);
    expect((await send("GET", `distribution/${id}`)).text).toContain("<Code>NoSuchDistribution</Code>");
  });

  it("lists the policies that AWS manages, which cannot be changed", async () => {
    const listed = await send("GET", "cache-policy?Type=managed");
    const changed = await send("DELETE", "cache-policy/658327ea-f89d-4fab-a63d-7e88639e58f6");

    expect(listed.text).toContain("<Name>Managed-CachingOptimized</Name>");
    expect(changed.text).toContain("<Code>IllegalUpdate</Code>");
  });

  it("refuses a second policy of a name", async () => {
    const policy = `<CachePolicyConfig ${space}><Name>web</Name><MinTTL>1</MinTTL></CachePolicyConfig>`;
    await send("POST", "cache-policy", policy);

    const { status, text } = await send("POST", "cache-policy", policy);

    expect(status).toBe(409);
    expect(text).toContain("<Code>CachePolicyAlreadyExists</Code>");
  });

  it("publishes a function apart from its draft", async () => {
    const code = (text: string) => Buffer.from(text).toString("base64");
    const body = (root: string, text: string) =>
      `<${root} ${space}><Name>rewrite</Name><FunctionConfig><Comment>c</Comment><Runtime>cloudfront-js-2.0</Runtime></FunctionConfig><FunctionCode>${code(text)}</FunctionCode></${root}>`;
    const created = await send("POST", "function", body("CreateFunctionRequest", "one"));
    const version = { "if-match": created.headers.etag ?? "" };

    const unpublished = await send("GET", "function/rewrite/describe?Stage=LIVE");
    await send("POST", "function/rewrite/publish", "", version);
    await send("PUT", "function/rewrite", body("UpdateFunctionRequest", "two"), version);

    expect(unpublished.status).toBe(404);
    expect((await send("GET", "function/rewrite?Stage=LIVE")).text).toBe("one");
    expect((await send("GET", "function/rewrite?Stage=DEVELOPMENT")).text).toBe("two");
  });

  it("leaves origin access controls to moto", async () => {
    expect((await send("GET", "origin-access-control/E1")).text).toBe("moto");
  });
});
