import { GatewayUnderTest } from "./support/cloud";
import { ServiceError } from "../../local-cloud/answer";
import type { StandIn } from "../../local-cloud/stand-in";

const page = {
  status: 500,
  headers: { "content-type": "text/html" },
  text: "<!doctype html>\n<title>500</title>",
};

describe("the gateway", () => {
  let cloud: GatewayUnderTest;

  afterEach(() => {
    cloud.stop();
  });

  it("says which instance it is", async () => {
    cloud = await GatewayUnderTest.start();

    const { text } = await cloud.raw("GET", "/_meridian/status", {});

    expect(JSON.parse(text)).toMatchObject({ instanceId: "instance", startedAt: "2026-11-20T00:00:00.000Z" });
  });

  it("passes calls on to moto with headers and body", async () => {
    cloud = await GatewayUnderTest.start({ status: 201, headers: { "x-moto": "yes" }, text: "answer" });

    const response = await cloud.send("sts", "POST", "/?a=1", { "x-own": "1" }, "Action=GetCallerIdentity");

    expect(response).toMatchObject({ status: 201, text: "answer" });
    expect(response.headers["x-moto"]).toBe("yes");
    expect(cloud.received).toMatchObject([
      { method: "POST", path: "/?a=1", body: "Action=GetCallerIdentity", headers: { "x-own": "1" } },
    ]);
  });

  it("passes unsigned requests on to moto", async () => {
    cloud = await GatewayUnderTest.start();

    expect(await cloud.raw("GET", "/moto-api/", {})).toMatchObject({ status: 200, text: "moto" });
  });

  it("leaves moto's HTML pages for objects in buckets alone", async () => {
    cloud = await GatewayUnderTest.start({ ...page, status: 200 });

    expect(await cloud.send("s3", "GET", "/bucket/index.html")).toMatchObject({
      status: 200,
      text: page.text,
    });
  });

  it.each([
    [
      "JSON",
      "dax",
      { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonDAXV3.CreateCluster" },
      "",
      '{"__type":"NotImplemented","message":"the local cloud does not implement dax CreateCluster","Message":"the local cloud does not implement dax CreateCluster"}',
    ],
    [
      "REST-JSON",
      "eks",
      {},
      "",
      '{"__type":"NotImplemented","message":"the local cloud does not implement eks POST /x"',
    ],
    [
      "REST-XML",
      "cloudfront",
      {},
      "",
      "<ErrorResponse><Error><Type>Sender</Type><Code>NotImplemented</Code>",
    ],
    [
      "query",
      "rds",
      { "content-type": "application/x-www-form-urlencoded" },
      "Action=CreateThing",
      "<Message>the local cloud does not implement rds CreateThing</Message>",
    ],
    [
      "EC2 query",
      "ec2",
      { "content-type": "application/x-www-form-urlencoded" },
      "Action=CreateThing",
      "<Response><Errors><Error><Code>NotImplemented</Code>",
    ],
  ])(
    "turns moto's page for an unknown call into an error of %s and logs the call",
    async (_, service, headers, body, expected) => {
      cloud = await GatewayUnderTest.start(page);

      const response = await cloud.send(service, "POST", "/x", headers, body);

      expect(response.status).toBe(400);
      expect(response.text).toContain(expected);
      expect(cloud.log).toEqual([expect.stringContaining(`${service} `)]);
      expect(cloud.log[0]).toContain("NotImplemented");
    },
  );

  it("answers an unknown CBOR call in CBOR", async () => {
    cloud = await GatewayUnderTest.start(page);

    const response = await cloud.send("monitoring", "POST", "/service/G/operation/PutThing", {
      "smithy-protocol": "rpc-v2-cbor",
    });

    expect(response).toMatchObject({ status: 400, headers: { "smithy-protocol": "rpc-v2-cbor" } });
    expect(response.text).toContain("NotImplemented");
  });

  it("asks only the stand-ins that a request concerns", async () => {
    const other: StandIn = {
      service: "s3",
      concerns: (url) => url.searchParams.has("other"),
      answer: () => ({ status: 418, headers: {}, body: Buffer.from("") }),
    };
    const policy: StandIn = {
      service: "s3",
      concerns: (url) => url.searchParams.has("policy"),
      answer: () => ({ status: 200, headers: {}, body: Buffer.from("policy") }),
    };
    cloud = await GatewayUnderTest.start({}, [other, policy]);

    expect((await cloud.send("s3", "GET", "/bucket?policy")).text).toBe("policy");
  });

  it("answers a fault of a stand-in with an error that no SDK repeats", async () => {
    const broken: StandIn = {
      service: "ecr",
      answer: () => {
        throw new TypeError("oops");
      },
    };
    cloud = await GatewayUnderTest.start({}, [broken]);

    const { status, output } = await cloud.json("ecr", "X.CreateThing", {});

    expect({ status, type: output.__type }).toEqual({ status: 400, type: "LocalCloudFailure" });
    expect(cloud.log[0]).toContain("ecr CreateThing (eu-west-1): the local cloud failed: TypeError: oops");
  });

  it("answers a stand-in's refusal with its code and status", async () => {
    const refusing: StandIn = {
      service: "ecr",
      answer: () => {
        throw new ServiceError("NotFound", "no such thing", 404);
      },
    };
    cloud = await GatewayUnderTest.start({}, [refusing]);

    const { status, output } = await cloud.json("ecr", "X.GetThing", {});

    expect({ status, output }).toEqual({
      status: 404,
      output: { __type: "NotFound", message: "no such thing", Message: "no such thing" },
    });
    expect(cloud.log).toEqual(["ecr GetThing (eu-west-1): NotFound: no such thing"]);
  });
});
