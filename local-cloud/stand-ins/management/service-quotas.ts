import { randomUUID } from "node:crypto";
import { ServiceError } from "../../answer";
import {
  account,
  found,
  jsonService,
  required,
  scalar,
  Store,
  type JsonObject,
  type StandIn,
} from "../../toolkit";
import { Unkindness } from "../../unkind";

/** A quota with the value that a new account has. */
interface Quota {
  readonly service: string;
  readonly code: string;
  readonly name: string;
  readonly value: number;
  readonly isGlobal?: boolean;
}

/**
 * The quotas that an environment reaches, with the values of a new account.
 * @see https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
 */
const quotas: readonly Quota[] = [
  { service: "vpc", code: "L-F678F1CE", name: "VPCs per Region", value: 5 },
  { service: "vpc", code: "L-A4707A72", name: "Internet gateways per Region", value: 5 },
  { service: "vpc", code: "L-FE5A380F", name: "NAT gateways per Availability Zone", value: 5 },
  { service: "vpc", code: "L-E79EC296", name: "VPC security groups per Region", value: 2500 },
  { service: "vpc", code: "L-0EA8095F", name: "Inbound or outbound rules per security group", value: 60 },
  { service: "ec2", code: "L-0263D0A3", name: "EC2-VPC Elastic IPs", value: 5 },
  {
    service: "ec2",
    code: "L-1216C47A",
    name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
    value: 5,
  },
  { service: "ec2", code: "L-DB2E81BA", name: "Running On-Demand G and VT instances", value: 0 },
  { service: "ec2", code: "L-417A185B", name: "Running On-Demand P instances", value: 0 },
  { service: "ec2", code: "L-1945791B", name: "Running On-Demand Inf instances", value: 0 },
  { service: "ec2", code: "L-2C3B7624", name: "Running On-Demand Trn instances", value: 0 },
  { service: "ec2", code: "L-F7808C92", name: "Running On-Demand HPC instances", value: 0 },
  {
    service: "elasticloadbalancing",
    code: "L-53DA6B97",
    name: "Application Load Balancers per Region",
    value: 50,
  },
  {
    service: "elasticloadbalancing",
    code: "L-69A177A2",
    name: "Network Load Balancers per Region",
    value: 50,
  },
  { service: "elasticloadbalancing", code: "L-B22855CB", name: "Target Groups per Region", value: 3000 },
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html: a new account starts lower.
  { service: "fargate", code: "L-3032A538", name: "Fargate On-Demand vCPU resource count", value: 6 },
  { service: "fargate", code: "L-36FBB829", name: "Fargate Spot vCPU resource count", value: 6 },
  { service: "acm", code: "L-F141DD1D", name: "ACM certificates", value: 2500 },
  { service: "ecr", code: "L-CFEB8E8D", name: "Registered repositories", value: 100_000 },
  { service: "route53", code: "L-4EA4796A", name: "Hosted zones", value: 500, isGlobal: true },
  { service: "route53", code: "L-ACB674F3", name: "Health checks", value: 200, isGlobal: true },
  { service: "route53", code: "L-E209CC9F", name: "Records per hosted zone", value: 10_000, isGlobal: true },
  { service: "iam", code: "L-FE177D64", name: "Roles per account", value: 1000, isGlobal: true },
  {
    service: "cloudfront",
    code: "L-24B04930",
    name: "Web distributions per AWS account",
    value: 200,
    isGlobal: true,
  },
];

/** What an established account was granted; a new one (`quotas` is on) has only what each account starts with. */
const granted: Readonly<Record<string, number>> = {
  "L-3032A538": 4000,
  "L-36FBB829": 4000,
  "L-1216C47A": 1920,
  "L-DB2E81BA": 768,
  "L-417A185B": 768,
  "L-1945791B": 128,
  "L-2C3B7624": 512,
  "L-F7808C92": 6144,
};

/**
 * Service Quotas: the values of the quotas that environments reach. An increase is granted at once.
 * @see https://docs.aws.amazon.com/servicequotas/latest/userguide/intro.html
 */
export function serviceQuotas(unkind = new Unkindness()): StandIn {
  const increased = new Store<number>();
  const at = (input: JsonObject, region: string): Quota => {
    const { ServiceCode, QuotaCode } = required(
      input,
      "IllegalArgumentException",
      "ServiceCode",
      "QuotaCode",
    );
    return found(
      quotas.find(
        ({ service, code, isGlobal }) =>
          service === ServiceCode && code === QuotaCode && (isGlobal !== true || region === "us-east-1"),
      ),
      "NoSuchResourceException",
      "The request failed because the specified service or quota does not exist.",
    );
  };
  const described = ({ service, code, name, isGlobal = false }: Quota, region: string, value: number) => ({
    ServiceCode: service,
    QuotaCode: code,
    QuotaName: name,
    QuotaArn: `arn:aws:servicequotas:${region}:${account}:${service}/${code}`,
    Value: value,
    Unit: "None",
    Adjustable: true,
    GlobalQuota: isGlobal,
  });
  const valueIn = (region: string, { code, value }: Quota): number =>
    increased.in(region).get(code) ?? (unkind.isOn("quotas") ? value : (granted[code] ?? value));
  return jsonService({
    service: "servicequotas",
    complete: true,
    operations: {
      GetServiceQuota: (input, { region }) => {
        const quota = at(input, region);
        return { Quota: described(quota, region, valueIn(region, quota)) };
      },
      GetAWSDefaultServiceQuota: (input, { region }) => {
        const quota = at(input, region);
        return { Quota: described(quota, region, quota.value) };
      },
      ListServiceQuotas: (input, { region }) => {
        const { ServiceCode } = required(input, "IllegalArgumentException", "ServiceCode");
        const ofService = quotas.filter(
          ({ service, isGlobal }) => service === ServiceCode && (isGlobal !== true || region === "us-east-1"),
        );
        return { Quotas: ofService.map((quota) => described(quota, region, valueIn(region, quota))) };
      },
      RequestServiceQuotaIncrease: (input, { region }) => {
        const quota = at(input, region);
        const wanted = Number(scalar(input.DesiredValue));
        if (!(wanted > valueIn(region, quota))) {
          throw new ServiceError(
            "IllegalArgumentException",
            "You must provide a quota value greater than the current quota value",
          );
        }
        increased.in(region).set(quota.code, wanted);
        return {
          RequestedQuota: {
            Id: randomUUID().replaceAll("-", ""),
            ServiceCode: quota.service,
            QuotaCode: quota.code,
            QuotaName: quota.name,
            DesiredValue: wanted,
            Status: "APPROVED",
            Created: Date.now() / 1000,
            QuotaArn: `arn:aws:servicequotas:${region}:${account}:${quota.service}/${quota.code}`,
          },
        };
      },
    },
  });
}
