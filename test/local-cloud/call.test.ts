import { identify } from "../../local-cloud/call";

const empty = Buffer.alloc(0);

function signed(service: string, region = "eu-west-1"): Record<string, string> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=testing/20261120/${region}/${service}/aws4_request, Signature=0`,
  };
}

describe("identify", () => {
  it("reads service and region from the credential scope", () => {
    const { service, region } = identify("GET", "/", signed("route53", "us-east-1"), empty);

    expect({ service, region }).toEqual({ service: "route53", region: "us-east-1" });
  });

  it("reads the credential scope of a presigned URL", () => {
    const target = "/bucket/key?X-Amz-Credential=testing%2F20261120%2Feu-central-1%2Fs3%2Faws4_request";

    const { service, region } = identify("GET", target, {}, empty);

    expect({ service, region }).toEqual({ service: "s3", region: "eu-central-1" });
  });

  it("leaves the service of an unsigned request empty", () => {
    expect(identify("GET", "/", {}, empty).service).toBe("");
  });

  it("names a JSON operation by its target", () => {
    const headers = { ...signed("ecs"), "x-amz-target": "AmazonEC2ContainerServiceV20141113.CreateService" };

    const { protocol, action } = identify("POST", "/", headers, empty);

    expect({ protocol, action }).toEqual({ protocol: "json", action: "CreateService" });
  });

  it.each([
    ["ec2", "ec2"],
    ["elasticloadbalancing", "query"],
  ])("names a query operation of %s by its action", (service, protocol) => {
    const headers = {
      ...signed(service),
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    };

    const call = identify("POST", "/", headers, Buffer.from("Action=DescribeThings&Version=1"));

    expect({ protocol: call.protocol, action: call.action }).toEqual({ protocol, action: "DescribeThings" });
  });

  it("names a CBOR operation by the end of its path", () => {
    const headers = { ...signed("monitoring"), "smithy-protocol": "rpc-v2-cbor" };

    const call = identify("POST", "/service/Granite/operation/PutMetricAlarm", headers, empty);

    expect({ protocol: call.protocol, action: call.action }).toEqual({
      protocol: "cbor",
      action: "PutMetricAlarm",
    });
  });

  it.each([
    ["cloudfront", "rest-xml"],
    ["eks", "rest-json"],
  ])("names a call of %s by method and path", (service, protocol) => {
    const call = identify("PUT", "/some/path?x=1", signed(service), empty);

    expect({ protocol: call.protocol, action: call.action }).toEqual({ protocol, action: "PUT /some/path" });
  });
});
