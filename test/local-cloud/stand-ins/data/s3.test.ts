import { GatewayUnderTest } from "../../support/cloud";

const logging = { Service: "logging.s3.amazonaws.com" };

describe("the stand-in of S3", () => {
  let cloud: GatewayUnderTest;

  beforeEach(async () => {
    cloud = await GatewayUnderTest.start({ text: "what moto made of it" });
  });
  afterEach(() => {
    cloud.stop();
  });

  it("gives a policy back as it was put and keeps its conditions from moto", async () => {
    const tls = {
      Effect: "Deny",
      Action: "s3:*",
      Principal: "*",
      Resource: "*",
      Condition: { Bool: { x: "false" } },
    };
    const read = { Effect: "Allow", Action: "s3:GetObject", Principal: { AWS: "1" }, Resource: "*" };
    const logs = {
      Effect: "Allow",
      Action: "s3:PutObject",
      Principal: logging,
      Resource: ["a", "b"],
      Condition: {},
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [tls, read, logs] });

    await cloud.send("s3", "PUT", "/bucket?policy", {}, policy);
    const { text } = await cloud.send("s3", "GET", "/bucket?policy=&x-id=GetBucketPolicy");

    expect(text).toBe(policy);
    expect(JSON.parse(cloud.received[0]?.body ?? "")).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "s3:PutObject", Principal: logging, Resource: "a" },
        { Effect: "Allow", Action: "s3:PutObject", Principal: logging, Resource: "b" },
        read,
      ],
    });
  });

  it("gives lifecycle rules back as they were put, with the header that the provider compares", async () => {
    const rules = "<LifecycleConfiguration><Rule><ID>a</ID></Rule></LifecycleConfiguration>";

    await cloud.send("s3", "PUT", "/bucket?lifecycle", {}, rules);
    const { text, headers } = await cloud.send("s3", "GET", "/bucket?lifecycle");

    expect(text).toBe(rules);
    expect(headers["x-amz-transition-default-minimum-object-size"]).toBe("all_storage_classes_128K");
  });

  it("reads a body that was sent in chunks", async () => {
    const chunked = "5;chunk-signature=0\r\n<A>1<\r\n3\r\n/A>\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";

    await cloud.send("s3", "PUT", "/bucket?lifecycle", { "content-encoding": "aws-chunked" }, chunked);

    expect((await cloud.send("s3", "GET", "/bucket?lifecycle")).text).toBe("<A>1</A>");
  });

  it("has moto answer for a bucket that nothing was put to", async () => {
    await cloud.send("s3", "PUT", "/bucket?lifecycle", {}, "<A/>");

    expect((await cloud.send("s3", "GET", "/other?lifecycle")).text).toBe("what moto made of it");
  });
});

describe("the stand-in of S3 when moto refuses", () => {
  it("gives back nothing of a bucket that is gone", async () => {
    let status = 200;
    const cloud = await GatewayUnderTest.start(() => ({ status, text: "moto" }));
    await cloud.send("s3", "PUT", "/bucket?policy", {}, '{"Statement":[]}');

    status = 404;
    const { text } = await cloud.send("s3", "GET", "/bucket?policy");
    cloud.stop();

    expect(text).toBe("moto");
  });
});
