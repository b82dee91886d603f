/**
 * A CloudFront distribution in front of a service and a bucket: pages from the service, uncached, and
 * `/assets/*` from the bucket, which nobody else can read, with a function that completes the names of
 * directories. CloudFront is run from us-east-1.
 */
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { App } from "cdktf";

import { Certificate, Distribution, DnsRouting, Firewall, HostedZone } from "../../index";
import { account, RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "distribution", "us-east-1");
const name = "example-distribution";
const recordName = "www.example.com";
const indexPages = `function handler(event) {
  var request = event.request;
  if (request.uri.endsWith("/")) {
    request.uri += "index.html";
  }
  return request;
}
`;

const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });
const assets = new S3Bucket(stack, "Assets", { bucket: `${name}-assets`, forceDestroy: true });
const firewall = new Firewall(stack, "Firewall", {
  name,
  account,
  region: stack.region,
  scope: "CLOUDFRONT",
  blockList: ["203.0.113.0/24", "2001:db8:bad::/48"],
});
const distribution = new Distribution(stack, "Web", {
  name,
  account,
  aliases: [recordName],
  certificate: new Certificate(stack, "Certificate", { domainName: recordName, zone }),
  firewall,
  origins: {
    web: { kind: "https", domainName: "web.eu-west-1.example.com" },
    assets: { kind: "bucket", bucketName: assets.bucket, region: stack.region },
  },
  defaultBehavior: { origin: "web" },
  functions: { index: { code: indexPages, comment: "Asks for the page of a directory" } },
  behaviors: [{ pathPattern: "/assets/*", origin: "assets", functions: { viewerRequest: "index" } }],
  geoRestriction: { kind: "block", countries: ["KP"] },
  deletionProtection: false,
});
new S3BucketPolicy(stack, "AssetsPolicy", {
  bucket: assets.id,
  policy: JSON.stringify({ Version: "2012-10-17", Statement: [distribution.readStatement("assets")] }),
});
new DnsRouting(stack, "Name", {
  zone,
  recordName,
  endpoints: { distribution: { target: distribution } },
  policy: { kind: "simple" },
  dualStack: true,
});

app.synth();
