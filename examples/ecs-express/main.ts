/**
 * A container on ECS Express Mode, which builds the load balancer, its certificate, the scaling and
 * the alarms. Its resource is newer than the rest: the stack raises the floor of the provider.
 */
import { App, TerraformOutput } from "cdktf";

import { EcsExpressService, ecsExpressProviderVersion, Network } from "../../index";
import { account, RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "ecs-express", "eu-west-1");
stack.addOverride("terraform.required_providers.aws.version", ecsExpressProviderVersion);
const name = "example-express";

const service = new EcsExpressService(stack, "Web", {
  name,
  account,
  network: new Network(stack, "Network", {
    name,
    region: stack.region,
    ipv4CidrBlock: "10.0.0.0/16",
    zones: ["eu-west-1a", "eu-west-1b"],
    natGateways: "single",
  }),
  image: "public.ecr.aws/nginx/nginx:1.27",
  containerPort: 80,
  cpu: 512,
  memoryMiB: 1024,
  capacity: { minimum: 1, maximum: 4 },
});
new TerraformOutput(stack, "endpoint", { value: service.endpoint });

app.synth();
