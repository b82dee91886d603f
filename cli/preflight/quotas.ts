import type { AwsAccess } from "../aws/access";
import { clientSettings } from "../aws/client";
import { answered, type Finding, isAbsence } from "./finding";
import { instanceNeeds } from "./instance-needs";
import { globalRegion, type Need, needsOf } from "./quota-needs";
import { type Quota, quotas } from "./quota-table";
import { usages } from "./quota-usage";
import type { Subject } from "./subject";

/** Compares what the stacks need with the account's quotas and with what it uses already. */
export async function checkQuotas(subject: Subject): Promise<readonly Finding[]> {
  const needs = [...needsOf(subject), ...(await instanceNeeds(subject))];
  const findings: (readonly Finding[])[] = [];
  // Service Quotas answers a few calls a second.
  const atOnce = 5;
  for (let first = 0; first < needs.length; first += atOnce) {
    findings.push(
      ...(await Promise.all(needs.slice(first, first + atOnce).map((need) => compare(subject.access, need)))),
    );
  }
  return findings.flat();
}

function compare(access: AwsAccess, need: Need): Promise<readonly Finding[]> {
  const quota: Quota = quotas[need.quota];
  const usage = usages[need.quota];
  const where = quota.isGlobal === true ? "global" : need.region;
  const what = `quota ${quota.name}${need.of === undefined ? "" : ` (${need.of})`}`;
  const permission = [
    "servicequotas:GetServiceQuota, servicequotas:GetAWSDefaultServiceQuota",
    usage?.permission,
  ]
    .filter((each) => each !== undefined)
    .join(", ");
  return answered({ where, what, permission }, async () => {
    const [value, used] = await Promise.all([
      valueOf(access, quota, need.region),
      usage === undefined ? need.owned : usage.count(access, need),
    ]);
    return [judge(need, quota, { where, what }, value, Math.max(0, used - need.owned))];
  });
}

/** Judges a need by the quota's value and by what others in the account use. */
export function judge(
  { needed, most = needed, region }: Need,
  quota: Quota,
  place: { readonly where: string; readonly what: string },
  value: number,
  others: number,
): Finding {
  const together = (number: number): string =>
    others === 0 ? plain(number) : `${plain(number)} and ${plain(others)} that others use`;
  const remedy = (number: number): string =>
    `\`aws service-quotas request-service-quota-increase --region ${quota.isGlobal === true ? globalRegion : region} --service-code ${quota.service} --quota-code ${quota.code} --desired-value ${Math.ceil(number + others)}\`; see ${quota.page}.`;
  if (needed + others > value) {
    return {
      ...place,
      result: "block",
      got: `the quota is ${plain(value)}; needed are ${together(needed)}`,
      remedy: remedy(most),
    };
  }
  if (most + others > value) {
    return {
      ...place,
      result: "warn",
      got: `the quota is ${plain(value)}; needed are ${together(needed)}, and ${plain(most)} when everything has scaled to its maximum`,
      remedy: remedy(most),
    };
  }
  return { ...place, result: "ok", got: `the quota is ${plain(value)}; needed are ${together(most)}` };
}

function plain(number: number): string {
  return String(Math.round(number * 100) / 100);
}

/** The value that holds for the account: its own, else the one that every account has. */
async function valueOf(
  access: AwsAccess,
  { service, code, isGlobal }: Quota,
  region: string,
): Promise<number> {
  const { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand, ServiceQuotasClient } =
    await import("@aws-sdk/client-service-quotas");
  const client = new ServiceQuotasClient(clientSettings(access, isGlobal === true ? globalRegion : region));
  const input = { ServiceCode: service, QuotaCode: code };
  const applied = await client.send(new GetServiceQuotaCommand(input)).catch((error: unknown) => {
    if (isAbsence(error)) {
      return client.send(new GetAWSDefaultServiceQuotaCommand(input));
    }
    throw error;
  });
  const value = applied.Quota?.Value;
  if (value === undefined) {
    throw new Error(`Service Quotas names no value for ${service} ${code}`);
  }
  return value;
}
