/**
 * One service on App Runner in two regions, under one name: whoever asks gets the region with the
 * lowest latency whose HTTPS check is good. Each region pulls the image from its own registry and has
 * a stack of its own, so that it can be changed while another is down.
 */
import { App } from "cdktf";

import { AppRunnerService, DnsRouting, HostedZone, ImageRepository, type IHostedZone } from "../../index";
import { timing } from "../support/servers";
import { account, RegionStack } from "../support/stack";

const recordName = "web.example.com";

function serviceIn(app: App, region: string, zone: IHostedZone): AppRunnerService {
  return new AppRunnerService(new RegionStack(app, `app-runner-${region}`, region), "Web", {
    name: "example-app-runner",
    account,
    region,
    existingCustomer: true,
    source: { kind: "repository", repository: ImageRepository.fromName("web", account), version: "1.0.0" },
    port: 8080,
    cpu: 256,
    memoryMiB: 512,
    autoScaling: { minimum: 1, maximum: 4 },
    healthCheck: { path: "/health" },
    customDomain: { name: recordName, zone },
  });
}

const app = new App();
const zone = new HostedZone(new RegionStack(app, "app-runner-zone", "eu-west-1"), "Zone", {
  name: "example.com",
  deletionProtection: false,
});
const west = serviceIn(app, "eu-west-1", zone);
const central = serviceIn(app, "eu-central-1", zone);
new DnsRouting(new RegionStack(app, "app-runner-name", "eu-west-1"), "Name", {
  zone,
  recordName,
  endpoints: {
    [west.region]: { target: west, healthCheck: west.httpsCheck(timing) },
    [central.region]: { target: central, healthCheck: central.httpsCheck(timing) },
  },
  policy: { kind: "latency" },
});

app.synth();
