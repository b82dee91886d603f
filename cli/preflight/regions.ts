import { clientSettings } from "../aws/client";
import { answered, type Finding } from "./finding";
import { regionsOf, type Subject } from "./subject";

/**
 * Every region that the stacks use is enabled for the account.
 *
 * @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
export async function checkRegions({ access, environment, resources }: Subject): Promise<readonly Finding[]> {
  const question = { where: "global", what: "enabled regions", permission: "ec2:DescribeRegions" };
  return answered(question, async () => {
    const { DescribeRegionsCommand, EC2Client } = await import("@aws-sdk/client-ec2");
    const client = new EC2Client(clientSettings(access, environment.homeRegion));
    const { Regions = [] } = await client.send(new DescribeRegionsCommand({ AllRegions: true }));
    const statuses = new Map(Regions.map(({ RegionName, OptInStatus }) => [RegionName, OptInStatus]));
    return regionsOf(resources).map((region) => findingOf(region, statuses.get(region)));
  });
}

function findingOf(region: string, status: string | undefined): Finding {
  const what = "region is enabled";
  switch (status) {
    case "opt-in-not-required":
    case "opted-in":
      return { result: "ok", where: region, what, got: status };
    case "not-opted-in":
      return {
        result: "block",
        where: region,
        what,
        got: "the account has not enabled it",
        remedy: `\`aws account enable-region --region-name ${region}\`; it takes minutes to hours.`,
      };
    default:
      return {
        result: "block",
        where: region,
        what,
        got: status ?? "AWS lists no region of this name for the account",
        remedy:
          "Correct the region's name in the environment, or ask the organization's administrator for it.",
      };
  }
}
