import { GatewayUnderTest } from "./support/cloud";

describe("the local cloud, asked by a website", () => {
  let cloud: GatewayUnderTest;

  beforeEach(async () => {
    cloud = await GatewayUnderTest.start();
  });
  afterEach(() => {
    cloud.stop();
  });

  it.each([
    [
      "refuses a page of another origin",
      { origin: "https://evil.example" },
      'the local cloud answers no website, got the origin "https://evil.example"\n',
    ],
    [
      "refuses a page that hides its origin",
      { origin: "null" },
      'the local cloud answers no website, got the origin "null"\n',
    ],
    [
      "refuses an image or a link of a page, which have no origin",
      { "sec-fetch-site": "cross-site" },
      'the local cloud answers no website, got a request of a page (Sec-Fetch-Site: "cross-site")\n',
    ],
    [
      "refuses a page whose name was led to loopback",
      { host: "rebound.evil.example:4566" },
      'the local cloud answers to 127.0.0.1 and localhost only, got the host "rebound.evil.example:4566"\n',
    ],
    [
      "refuses a name that only begins like loopback's",
      { host: "127.0.0.1.evil.example" },
      'the local cloud answers to 127.0.0.1 and localhost only, got the host "127.0.0.1.evil.example"\n',
    ],
  ])("%s", async (_, headers, message) => {
    for (const [service, path] of [
      ["", "/_meridian/status"],
      ["s3", "/bucket/key"],
      ["ec2", "/?Action=DescribeVpcs"],
    ] as const) {
      const response = await cloud.send(service, "GET", path, headers);

      expect({ status: response.status, text: response.text }).toEqual({ status: 403, text: message });
      expect(response.headers).not.toHaveProperty("access-control-allow-origin");
    }
    expect(cloud.received).toEqual([]);
    expect(cloud.log[0]).toBe(`GET "/_meridian/status": ${message.trim()}`);
  });

  it("refuses the question that a browser asks before a page's request", async () => {
    const response = await cloud.raw("OPTIONS", "/bucket/key", {
      origin: "https://evil.example",
      "access-control-request-method": "DELETE",
    });

    expect(response.status).toBe(403);
    expect(cloud.received).toEqual([]);
  });

  it.each([
    ["a program", {}],
    ["a program that calls it localhost, through a forwarded port", { host: "localhost:9000" }],
    ["an address that the user typed into a browser", { "sec-fetch-site": "none" }],
  ])("answers %s", async (_, headers) => {
    expect(await cloud.send("sts", "POST", "/", headers)).toMatchObject({ status: 200, text: "moto" });
  });
});
