import type { TerraformStack } from "cdktf";

import type { ILoadBalancer, INetwork } from "../../../core";
import {
  FargateService,
  type FargateServiceProps,
  type IFargateCluster,
} from "../../../modules/fargate-service";
import { emptyStack } from "../../support/synth";

export const network: INetwork = {
  region: "eu-west-1",
  vpcId: "vpc-1",
  vpcCidrBlock: "10.0.0.0/16",
  zones: ["eu-west-1a", "eu-west-1b"],
  subnetIds: (tier) => [`subnet-${tier}-a`, `subnet-${tier}-b`],
};

export const loadBalancer: ILoadBalancer = {
  loadBalancerArn: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/prod/abc",
  loadBalancerArnSuffix: "app/prod/abc",
  httpsListenerArn: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/prod/abc/def",
  dnsName: "prod-1.eu-west-1.elb.amazonaws.com",
  hostedZoneId: "Z32O12XQLNTSW2",
  securityGroupId: "sg-load-balancer",
};

export const cluster: IFargateCluster = {
  clusterName: "prod",
  clusterArn: "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
};

export const execCluster: IFargateCluster = {
  ...cluster,
  execAudit: {
    keyArn: "arn:aws:kms:eu-west-1:111122223333:key/exec",
    logGroupArn: "arn:aws:logs:eu-west-1:111122223333:log-group:/meridian/exec/prod",
  },
};

/** The least that a service needs. */
export const required: FargateServiceProps = {
  name: "prod-web",
  account: "111122223333",
  cluster,
  network,
  loadBalancer,
  listenerRule: { priority: 10, hostHeaders: ["web.example.com"] },
  image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1.0.0",
  containerPort: 8080,
  cpu: 256,
  memoryMiB: 512,
  capacity: { minimum: 2, maximum: 10 },
  healthCheck: { path: "/health" },
};

/** A stack with one service at `Web`. */
export function stackWith(props: Partial<FargateServiceProps> = {}): TerraformStack {
  const stack = emptyStack();
  new FargateService(stack, "Web", { ...required, ...props });
  return stack;
}
