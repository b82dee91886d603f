import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { nameLimits, partitionOf, pascalCase, resourceName } from "../../core";

/**
 * Services that a kind of workload calls, by bundle.
 *
 * `private-fargate` is what a Fargate task needs to start and run without a way to the internet:
 * the two ECR services for its image (the layers come through the S3 gateway endpoint), CloudWatch
 * Logs, Secrets Manager and Parameter Store for its secrets, and `ssmmessages` for ECS Exec. KMS is
 * not among them: those services decrypt on the task's behalf. Nor are the `ecs` endpoints, which
 * only container instances on EC2 call.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
 */
export const interfaceEndpointServices = {
  /** Fargate tasks without NAT. */
  "private-fargate": ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "ssmmessages"],
  /** Session Manager on EC2 instances without NAT. */
  "session-manager": ["ec2messages", "ssm", "ssmmessages"],
  /** Queues, topics and event buses. */
  messaging: ["events", "sns", "sqs"],
} as const;

/** A kind of workload whose AWS calls should stay inside the VPC. */
export type InterfaceEndpointBundle = keyof typeof interfaceEndpointServices;

/** What {@link InterfaceEndpoints} are made of. */
export interface InterfaceEndpointsProps {
  /** Prefix of names. */
  readonly name: string;
  /** The region's code. */
  readonly region: string;
  /** The VPC's id. */
  readonly vpcId: string;
  /** The VPC's IPv4 block, from which alone the endpoints are reached. */
  readonly vpcCidrBlock: string;
  /** Subnets that hold the endpoints' network interfaces, one a zone. */
  readonly subnetIds: readonly string[];
  /** The workloads to serve; a service in several bundles gets one endpoint. */
  readonly bundles: readonly InterfaceEndpointBundle[];
}

/** Interface endpoints keyed by service, with private DNS and one security group. */
export class InterfaceEndpoints extends Construct {
  /** The security group of all endpoints, for settings that this module does not model. */
  public readonly resource: SecurityGroup;

  public constructor(scope: Construct, id: string, props: InterfaceEndpointsProps) {
    super(scope, id);
    const name = resourceName(nameLimits.securityGroup, props.name, "interface-endpoints");
    this.resource = new SecurityGroup(this, "Resource", {
      name,
      description: "HTTPS from the VPC to interface endpoints",
      vpcId: props.vpcId,
      tags: { Name: name },
    });
    new VpcSecurityGroupIngressRule(this, "HttpsFromVpc", {
      securityGroupId: this.resource.id,
      description: "HTTPS from the VPC",
      cidrIpv4: props.vpcCidrBlock,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
    for (const service of servicesOf(props.bundles)) {
      new VpcEndpoint(this, pascalCase(service), {
        vpcId: props.vpcId,
        vpcEndpointType: "Interface",
        serviceName: `${servicePrefix(service, props.region)}.${props.region}.${service}`,
        privateDnsEnabled: true,
        subnetIds: [...props.subnetIds],
        securityGroupIds: [this.resource.id],
        tags: { Name: `${props.name}-${service}` },
      });
    }
  }
}

function servicesOf(bundles: readonly InterfaceEndpointBundle[]): string[] {
  return [...new Set<string>(bundles.flatMap((bundle) => interfaceEndpointServices[bundle]))].sort();
}

/** Services whose endpoint name begins differently in the regions of China. */
const prefixedInChina: readonly string[] = ["ecr.api", "ecr.dkr", "sqs"];

function servicePrefix(service: string, region: string): string {
  return partitionOf(region) === "aws-cn" && prefixedInChina.includes(service)
    ? "cn.com.amazonaws"
    : "com.amazonaws";
}
