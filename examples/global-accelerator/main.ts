/**
 * Two fixed addresses for a service in two regions: users enter the network of AWS near them and
 * reach the nearest healthy load balancer, without waiting for DNS when one fails. While nothing
 * behind the accelerator is healthy, the name leads to the load balancers themselves.
 */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";

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

const account = "111122223333";
const domain = "example.com";
const timing = { requestIntervalSeconds: 30, failureThreshold: 3 } as const;

/** The zone, which both regions prove their certificates in. */
class ZoneStack extends TerraformStack {
  public readonly zone: HostedZone;

  public constructor(app: App) {
    super(app, "accelerator-zone");
    new AwsProvider(this, "Aws", { region: "eu-west-1" });
    this.zone = new HostedZone(this, "Zone", { name: domain });
  }
}

/** The load balancer of one region; services attach to it as anywhere. */
class RegionStack extends TerraformStack {
  public readonly endpoint: IAcceleratorEndpoint;
  public readonly target: IDnsTarget;

  public constructor(app: App, region: string, ipv4CidrBlock: string, zone?: IHostedZone) {
    super(app, `accelerator-${region}`);
    new AwsProvider(this, "Aws", { region });
    const loadBalancer = new LoadBalancer(this, "LoadBalancer", {
      name: `example-${region}`,
      account,
      network: new Network(this, "Network", {
        name: "example",
        region,
        ipv4CidrBlock,
        zones: [`${region}a`, `${region}b`],
      }),
      certificate: new Certificate(this, "Certificate", { domainName: `web.${domain}`, zone }),
    });
    this.endpoint = { region, endpointId: loadBalancer.loadBalancerArn, ipAddressType: "ipv4" };
    const { dnsName, hostedZoneId } = loadBalancer;
    this.target = { region, value: { kind: "alias", dnsName, hostedZoneId } };
  }
}

/** The accelerator and the name that leads to it. */
class EdgeStack extends TerraformStack {
  public constructor(app: App, zone: IHostedZone, regions: readonly RegionStack[]) {
    super(app, "accelerator-edge");
    new AwsProvider(this, "Aws", { region: "eu-west-1" });
    const accelerator = new Accelerator(this, "Accelerator", {
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
            regions.map(({ endpoint }) => [endpoint.region, { endpoints: [{ endpoint }] }]),
          ),
        },
      },
    });
    new DnsRouting(this, "Web", {
      zone,
      recordName: `web.${domain}`,
      endpoints: {
        accelerator: {
          target: accelerator,
          // Asks through the accelerator, so that the name leaves it when it no longer reaches anyone.
          healthCheck: { kind: "tcp", fullyQualifiedDomainName: accelerator.dnsName, port: 443, timing },
        },
        ...Object.fromEntries(regions.map(({ target }) => [target.region, { target }])),
      },
      // The secondary side is the nearest load balancer by latency.
      policy: { kind: "failover", primary: "accelerator" },
    });
  }
}

const app = new App();
const { zone } = new ZoneStack(app);
// One stack writes the record that proves the name; the certificate of the other waits for it.
const regions = [
  new RegionStack(app, "eu-west-1", "10.0.0.0/16", zone),
  new RegionStack(app, "eu-central-1", "10.1.0.0/16"),
];
new EdgeStack(app, zone, regions);
app.synth();
