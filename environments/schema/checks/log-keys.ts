import { kmsKeyArnIn } from "../../../core/forms";
import type { Environment } from "../environment";
import type { Finding } from "./finding";

/** Where Route 53 logs queries and CloudFront's web ACL logs requests, whatever the environment's regions are. */
const globalLogRegion = "us-east-1";

/** A log group without its key would be the one that an audit finds. */
export function checkLogKeys(environment: Environment): Finding[] {
  const { logKeyArns } = environment;
  if (logKeyArns === undefined) {
    return [];
  }
  const regions = logRegionsOf(environment);
  return [
    ...regions
      .filter((region) => !kmsKeyArnIn(region).accepts(logKeyArns[region] ?? ""))
      .map((region) => ({
        property: `logKeyArns.${region}`,
        expected: kmsKeyArnIn(region).expected,
        got: logKeyArns[region],
        remedy: "name a key for every region that holds logs, or for none",
      })),
    ...Object.keys(logKeyArns)
      .filter((region) => !regions.includes(region))
      .map((region) => ({
        property: `logKeyArns.${region}`,
        expected: `be a region that holds logs: ${regions.join(", ")}`,
        got: region,
        remedy: "remove it",
      })),
  ];
}

function logRegionsOf({ regions, domain, services }: Environment): string[] {
  const logsQueries = domain.zone === "create" && domain.queryLog;
  const hasDistribution = Object.values(services).some(({ routing }) => routing.entry === "distribution");
  const names = Object.keys(regions);
  return [...new Set([...names, ...(logsQueries || hasDistribution ? [globalLogRegion] : [])])];
}
