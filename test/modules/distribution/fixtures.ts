import { Distribution, type DistributionProps, type Origin } from "../../../modules/distribution";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

/** The account of the distributions. */
export const account = "111122223333";

/** The origin that every distribution has. */
export const web = { kind: "https", domainName: "web.eu-west-1.example.com" } as const satisfies Origin;

/** What a distribution cannot do without. */
const required: DistributionProps = {
  name: "prod-web",
  account,
  aliases: ["www.example.com"],
  certificate: { certificateArn: `arn:aws:acm:us-east-1:${account}:certificate/1` },
  origins: { web },
  defaultBehavior: { origin: "web" },
};

/** A stack with one distribution, and the distribution. */
export function stackWith(props: Partial<DistributionProps> = {}) {
  const stack = emptyStack();
  const distribution = new Distribution(stack, "Web", { ...required, ...props });
  return { stack, distribution };
}

/** The resource of a distribution. */
export const distributionWith = (props: Partial<DistributionProps>) =>
  resourceAt(stackWith(props).stack, "aws_cloudfront_distribution");

/** The refusal of a distribution, whole. */
export const refuse = (props: Partial<DistributionProps>): string => refusal(() => stackWith(props));
