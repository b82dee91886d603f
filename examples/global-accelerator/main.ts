/**
 * Two fixed addresses for a service in two regions: users enter the network of AWS near them and
 * reach the nearest healthy load balancer, without waiting for DNS when one fails. While nothing
 * behind the accelerator is healthy, the name leads to the load balancers themselves.
 */
import { App } from "cdktf";

import {
  Accelerator,
  Certificate,
  DnsRouting,
  HostedZone,
  LoadBalancer,
  Network,
  type IAcceleratorEndpoint,
  type IDnsTarget,
  type IHostedZone,
} from "../../index";
import { timing } from "../support/servers";
import { account, RegionStack } from "../support/stack";

const domain = "example.com";
const recordName = `web.${domain}`;

/** A load balancer as the accelerator and the name see it; services attach to it as anywhere. */
interface Entry {
  readonly endpoint: IAcceleratorEndpoint;
  readonly target: IDnsTarget;
}

function entryIn(app: App, region: string, ipv4CidrBlock: string, zone?: IHostedZone): Entry {
  const stack = new RegionStack(app, `accelerator-${region}`, region);
  const name = `example-ga-${region}`;
  const { loadBalancerArn, dnsName, hostedZoneId } = new LoadBalancer(stack, "LoadBalancer", {
    name,
    account,
    network: new Network(stack, "Network", {
      name,
      region,
      ipv4CidrBlock,
      zones: [`${region}a`, `${region}b`],
      natGateways: "none",
    }),
    certificate: new Certificate(stack, "Certificate", { domainName: recordName, zone }),
    deletionProtection: false,
  });
  return {
    endpoint: { region, endpointId: loadBalancerArn, ipAddressType: "ipv4" },
    target: { region, value: { kind: "alias", dnsName, hostedZoneId } },
  };
}

const app = new App();
const zone = new HostedZone(new RegionStack(app, "accelerator-zone", "eu-west-1"), "Zone", {
  name: domain,
  deletionProtection: false,
});
// One stack writes the record that proves the name; the certificate of the other waits for it.
const entries = [entryIn(app, "eu-west-1", "10.0.0.0/16", zone), entryIn(app, "eu-central-1", "10.1.0.0/16")];

const edge = new RegionStack(app, "accelerator-edge", "eu-west-1");
const accelerator = new Accelerator(edge, "Accelerator", {
  name: "example-web",
  account,
  listeners: {
    web: {
      protocol: "TCP",
      portRanges: [
        { fromPort: 80, toPort: 80 },
        { fromPort: 443, toPort: 443 },
      ],
      endpointGroups: Object.fromEntries(
        entries.map(({ endpoint }) => [endpoint.region, { endpoints: [{ endpoint }] }]),
      ),
    },
  },
  deletionProtection: false,
});
new DnsRouting(edge, "Web", {
  zone,
  recordName,
  endpoints: {
    accelerator: {
      target: accelerator,
      // Asks through the accelerator, so that the name leaves it when it no longer reaches anyone.
      healthCheck: { kind: "tcp", fullyQualifiedDomainName: accelerator.dnsName, port: 443, timing },
    },
    ...Object.fromEntries(entries.map(({ target }) => [target.region, { target }])),
  },
  // The secondary side is the nearest load balancer by latency.
  policy: { kind: "failover", primary: "accelerator" },
});

app.synth();
