import type { AwsAccess } from "../aws/access";
import { clientSettings } from "../aws/client";
import type { Need } from "./quota-needs";
import type { QuotaName } from "./quota-table";

/** How much of a quota an account uses, and what it takes to be allowed to ask. */
export interface Usage {
  readonly permission: string;
  readonly count: (access: AwsAccess, need: Need) => Promise<number>;
}

type Pages<Page> = AsyncIterable<Page>;

async function total<Page>(pages: Pages<Page>, countOf: (page: Page) => number): Promise<number> {
  let sum = 0;
  for await (const page of pages) {
    sum += countOf(page);
  }
  return sum;
}

async function ec2(access: AwsAccess, { region }: Need) {
  const sdk = await import("@aws-sdk/client-ec2");
  return { sdk, client: new sdk.EC2Client(clientSettings(access, region)) };
}

async function balancers(access: AwsAccess, need: Need, kind: string): Promise<number> {
  const { ElasticLoadBalancingV2Client, paginateDescribeLoadBalancers } =
    await import("@aws-sdk/client-elastic-load-balancing-v2");
  const client = new ElasticLoadBalancingV2Client(clientSettings(access, need.region));
  return total(
    paginateDescribeLoadBalancers({ client }, {}),
    ({ LoadBalancers = [] }) => LoadBalancers.filter(({ Type }) => Type === kind).length,
  );
}

/** Quotas of which others may use something too. Of all others only the environment's own need is compared. */
export const usages: Readonly<Partial<Record<QuotaName, Usage>>> = {
  vpcs: {
    permission: "ec2:DescribeVpcs",
    count: async (access, need) => {
      const { sdk, client } = await ec2(access, need);
      return total(sdk.paginateDescribeVpcs({ client }, {}), ({ Vpcs = [] }) => Vpcs.length);
    },
  },
  internetGateways: {
    permission: "ec2:DescribeInternetGateways",
    count: async (access, need) => {
      const { sdk, client } = await ec2(access, need);
      return total(
        sdk.paginateDescribeInternetGateways({ client }, {}),
        (page) => page.InternetGateways?.length ?? 0,
      );
    },
  },
  natGateways: {
    permission: "ec2:DescribeNatGateways, ec2:DescribeSubnets",
    count: async (access, need) => {
      const { sdk, client } = await ec2(access, need);
      const subnets = new Set<string>();
      for await (const { Subnets = [] } of sdk.paginateDescribeSubnets(
        { client },
        { Filters: [{ Name: "availability-zone", Values: [need.of ?? ""] }] },
      )) {
        Subnets.forEach(({ SubnetId = "" }) => subnets.add(SubnetId));
      }
      // Those that are gone stay listed for an hour.
      const isThere = ["pending", "available", "deleting"];
      return total(
        sdk.paginateDescribeNatGateways({ client }, { Filter: [{ Name: "state", Values: isThere }] }),
        ({ NatGateways = [] }) => NatGateways.filter(({ SubnetId = "" }) => subnets.has(SubnetId)).length,
      );
    },
  },
  securityGroups: {
    permission: "ec2:DescribeSecurityGroups",
    count: async (access, need) => {
      const { sdk, client } = await ec2(access, need);
      return total(
        sdk.paginateDescribeSecurityGroups({ client }, {}),
        (page) => page.SecurityGroups?.length ?? 0,
      );
    },
  },
  addresses: {
    permission: "ec2:DescribeAddresses",
    count: async (access, need) => {
      const { sdk, client } = await ec2(access, need);
      return (await client.send(new sdk.DescribeAddressesCommand({}))).Addresses?.length ?? 0;
    },
  },
  applicationLoadBalancers: {
    permission: "elasticloadbalancing:DescribeLoadBalancers",
    count: (access, need) => balancers(access, need, "application"),
  },
  networkLoadBalancers: {
    permission: "elasticloadbalancing:DescribeLoadBalancers",
    count: (access, need) => balancers(access, need, "network"),
  },
  targetGroups: {
    permission: "elasticloadbalancing:DescribeTargetGroups",
    count: async (access, { region }) => {
      const { ElasticLoadBalancingV2Client, paginateDescribeTargetGroups } =
        await import("@aws-sdk/client-elastic-load-balancing-v2");
      const client = new ElasticLoadBalancingV2Client(clientSettings(access, region));
      return total(
        paginateDescribeTargetGroups({ client }, {}),
        ({ TargetGroups = [] }) => TargetGroups.length,
      );
    },
  },
  certificates: {
    permission: "acm:ListCertificates",
    count: async (access, { region }) => {
      const { ACMClient, paginateListCertificates } = await import("@aws-sdk/client-acm");
      const client = new ACMClient(clientSettings(access, region));
      return total(
        paginateListCertificates({ client }, {}),
        (page) => page.CertificateSummaryList?.length ?? 0,
      );
    },
  },
  repositories: {
    permission: "ecr:DescribeRepositories",
    count: async (access, { region }) => {
      const { ECRClient, paginateDescribeRepositories } = await import("@aws-sdk/client-ecr");
      const client = new ECRClient(clientSettings(access, region));
      return total(
        paginateDescribeRepositories({ client }, {}),
        ({ repositories = [] }) => repositories.length,
      );
    },
  },
  hostedZones: {
    permission: "route53:GetHostedZoneCount",
    count: async (access, { region }) => {
      const { GetHostedZoneCountCommand, Route53Client } = await import("@aws-sdk/client-route-53");
      const client = new Route53Client(clientSettings(access, region));
      return (await client.send(new GetHostedZoneCountCommand({}))).HostedZoneCount ?? 0;
    },
  },
  healthChecks: {
    permission: "route53:GetHealthCheckCount",
    count: async (access, { region }) => {
      const { GetHealthCheckCountCommand, Route53Client } = await import("@aws-sdk/client-route-53");
      const client = new Route53Client(clientSettings(access, region));
      return (await client.send(new GetHealthCheckCountCommand({}))).HealthCheckCount ?? 0;
    },
  },
  roles: {
    permission: "iam:GetAccountSummary",
    count: async (access, { region }) => {
      const { GetAccountSummaryCommand, IAMClient } = await import("@aws-sdk/client-iam");
      const client = new IAMClient(clientSettings(access, region));
      const { SummaryMap = {} } = await client.send(new GetAccountSummaryCommand({}));
      return (SummaryMap as Readonly<Record<string, number>>).Roles ?? 0;
    },
  },
  distributions: {
    permission: "cloudfront:ListDistributions",
    count: async (access, { region }) => {
      const { CloudFrontClient, paginateListDistributions } = await import("@aws-sdk/client-cloudfront");
      const client = new CloudFrontClient(clientSettings(access, region));
      return total(
        paginateListDistributions({ client }, {}),
        (page) => page.DistributionList?.Items?.length ?? 0,
      );
    },
  },
};
