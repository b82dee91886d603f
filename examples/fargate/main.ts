/**
 * A service on Fargate behind a load balancer, and the name that leads there: network, certificate,
 * load balancer, cluster, service, a secret that it reads and what else its code may do. Add regions by
 * more stacks like this one; see `global-accelerator`.
 */
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { App } from "cdktf";

import {
  Certificate,
  DnsRouting,
  FargateCluster,
  FargateService,
  HostedZone,
  LoadBalancer,
  Network,
  RolePermissions,
} from "../../index";
import { account, RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "fargate", "eu-west-1");
const { region } = stack;
const name = "example-fargate";
const recordName = "web.example.com";

const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });
const network = new Network(stack, "Network", {
  name,
  region,
  ipv4CidrBlock: "10.0.0.0/16",
  zones: [`${region}a`, `${region}b`],
  natGateways: "single",
});
const loadBalancer = new LoadBalancer(stack, "LoadBalancer", {
  name,
  account,
  network,
  certificate: new Certificate(stack, "Certificate", { domainName: recordName, zone }),
  deletionProtection: false,
});
const secret = new SecretsmanagerSecret(stack, "Database", {
  name: `${name}/database`,
  recoveryWindowInDays: 0,
});
const web = new FargateService(stack, "Web", {
  name: `${name}-web`,
  account,
  cluster: new FargateCluster(stack, "Cluster", { name, account, region }),
  network,
  loadBalancer,
  listenerRule: { priority: 10, hostHeaders: [recordName] },
  image: "public.ecr.aws/nginx/nginx:1.27",
  containerPort: 80,
  cpu: 256,
  memoryMiB: 512,
  capacity: { minimum: 2, maximum: 4 },
  healthCheck: { path: "/" },
  secrets: { DATABASE_PASSWORD: `${secret.arn}:password::` },
  readonlyRootFilesystem: false,
});
new RolePermissions(stack, "WebPermissions", {
  grantee: web,
  permissions: [
    { actions: ["sqs:SendMessage"], resources: [`arn:aws:sqs:${region}:${account}:${name}-orders`] },
  ],
});

const { dnsName, hostedZoneId } = loadBalancer;
new DnsRouting(stack, "Name", {
  zone,
  recordName,
  endpoints: { [region]: { target: { region, value: { kind: "alias", dnsName, hostedZoneId } } } },
  policy: { kind: "simple" },
});

app.synth();
