import type { AwsAccess } from "./access";
import { clientSettings } from "./client";
import { CommandError, messageOf } from "../base/errors";

/** An alarm that rings. */
export interface RingingAlarm {
  readonly name: string;
  readonly region: string;
  /** Why, as CloudWatch says it. */
  readonly reason: string;
}

/** Alarms of CloudWatch. */
export interface Alarms {
  /** Those of the named alarms, metric or composite, that are in ALARM. */
  ringing(access: AwsAccess, region: string, names: readonly string[]): Promise<RingingAlarm[]>;
}

/** What one question of CloudWatch may name. */
const namesPerQuestion = 100;

/** The SDK's answers, loaded on first use. */
export const cloudWatchAlarms: Alarms = {
  async ringing(access, region, names) {
    const { CloudWatchClient, DescribeAlarmsCommand } = await import("@aws-sdk/client-cloudwatch");
    const client = new CloudWatchClient(clientSettings(access, region));
    const found: RingingAlarm[] = [];
    for (let index = 0; index < names.length; index += namesPerQuestion) {
      try {
        const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
          new DescribeAlarmsCommand({
            AlarmNames: names.slice(index, index + namesPerQuestion),
            AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
            StateValue: "ALARM",
            MaxRecords: namesPerQuestion,
          }),
        );
        found.push(
          ...[...MetricAlarms, ...CompositeAlarms]
            .filter(({ StateValue }) => StateValue === "ALARM")
            .map(({ AlarmName = "", StateReason = "" }) => ({
              name: AlarmName,
              region,
              reason: StateReason,
            })),
        );
      } catch (error) {
        throw new CommandError(
          `The alarms of ${region} cannot be read: ${messageOf(error)}`,
          "Allow the credentials cloudwatch:DescribeAlarms.",
        );
      }
    }
    return found;
  },
};
