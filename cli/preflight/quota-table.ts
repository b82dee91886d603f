/** A quota that environments reach, as Service Quotas names it. */
export interface Quota {
  readonly service: string;
  readonly code: string;
  readonly name: string;
  /** Where AWS documents it. */
  readonly page: string;
  /**
   * A service of the whole account, whose quotas Service Quotas has in us-east-1.
   *
   * @default false
   */
  readonly isGlobal?: boolean;
}

const vpcPage = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html";
const balancerPage =
  "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html";
const fargatePage = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html";
const instancePage = "https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html";
const zonePage = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html";
const iamPage = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

/** Every quota that is compared. */
export const quotas = {
  vpcs: { service: "vpc", code: "L-F678F1CE", name: "VPCs per Region", page: vpcPage },
  internetGateways: {
    service: "vpc",
    code: "L-A4707A72",
    name: "Internet gateways per Region",
    page: vpcPage,
  },
  natGateways: {
    service: "vpc",
    code: "L-FE5A380F",
    name: "NAT gateways per Availability Zone",
    page: vpcPage,
  },
  securityGroups: {
    service: "vpc",
    code: "L-E79EC296",
    name: "VPC security groups per Region",
    page: vpcPage,
  },
  securityGroupRules: {
    service: "vpc",
    code: "L-0EA8095F",
    name: "Inbound or outbound rules per security group",
    page: vpcPage,
  },
  addresses: {
    service: "ec2",
    code: "L-0263D0A3",
    name: "EC2-VPC Elastic IPs",
    page: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html#using-instance-addressing-limit",
  },
  applicationLoadBalancers: {
    service: "elasticloadbalancing",
    code: "L-53DA6B97",
    name: "Application Load Balancers per Region",
    page: balancerPage,
  },
  networkLoadBalancers: {
    service: "elasticloadbalancing",
    code: "L-69A177A2",
    name: "Network Load Balancers per Region",
    page: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html",
  },
  targetGroups: {
    service: "elasticloadbalancing",
    code: "L-B22855CB",
    name: "Target Groups per Region",
    page: balancerPage,
  },
  fargate: {
    service: "fargate",
    code: "L-3032A538",
    name: "Fargate On-Demand vCPU resource count",
    page: fargatePage,
  },
  fargateSpot: {
    service: "fargate",
    code: "L-36FBB829",
    name: "Fargate Spot vCPU resource count",
    page: fargatePage,
  },
  certificates: {
    service: "acm",
    code: "L-F141DD1D",
    name: "ACM certificates",
    page: "https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html",
  },
  repositories: {
    service: "ecr",
    code: "L-CFEB8E8D",
    name: "Registered repositories",
    page: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html",
  },
  hostedZones: {
    service: "route53",
    code: "L-4EA4796A",
    name: "Hosted zones",
    page: zonePage,
    isGlobal: true,
  },
  healthChecks: {
    service: "route53",
    code: "L-ACB674F3",
    name: "Health checks",
    page: zonePage,
    isGlobal: true,
  },
  records: {
    service: "route53",
    code: "L-E209CC9F",
    name: "Records per hosted zone",
    page: zonePage,
    isGlobal: true,
  },
  roles: { service: "iam", code: "L-FE177D64", name: "Roles per account", page: iamPage, isGlobal: true },
  distributions: {
    service: "cloudfront",
    code: "L-24B04930",
    name: "Web distributions per AWS account",
    page: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html",
    isGlobal: true,
  },
  standardInstances: {
    service: "ec2",
    code: "L-1216C47A",
    name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
    page: instancePage,
  },
  graphicsInstances: {
    service: "ec2",
    code: "L-DB2E81BA",
    name: "Running On-Demand G and VT instances",
    page: instancePage,
  },
  acceleratedInstances: {
    service: "ec2",
    code: "L-417A185B",
    name: "Running On-Demand P instances",
    page: instancePage,
  },
  inferenceInstances: {
    service: "ec2",
    code: "L-1945791B",
    name: "Running On-Demand Inf instances",
    page: instancePage,
  },
  trainingInstances: {
    service: "ec2",
    code: "L-2C3B7624",
    name: "Running On-Demand Trn instances",
    page: instancePage,
  },
  hpcInstances: {
    service: "ec2",
    code: "L-F7808C92",
    name: "Running On-Demand HPC instances",
    page: instancePage,
  },
} as const satisfies Readonly<Record<string, Quota>>;

/** The name of a quota in the table. */
export type QuotaName = keyof typeof quotas;

/** The quota that instances of a type count against; nothing for families that are rare. */
export function instanceQuotaOf(type: string): QuotaName | undefined {
  const [, family = ""] = /^([a-z]+)/.exec(type) ?? [];
  const special: Readonly<Record<string, QuotaName>> = {
    g: "graphicsInstances",
    gr: "graphicsInstances",
    vt: "graphicsInstances",
    p: "acceleratedInstances",
    inf: "inferenceInstances",
    trn: "trainingInstances",
    hpc: "hpcInstances",
  };
  return special[family] ?? (/^(a|c|d|h|i|im|is|m|r|t|z)$/.test(family) ? "standardInstances" : undefined);
}
