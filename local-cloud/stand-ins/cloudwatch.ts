import { found, pickQuery, queryList, queryService, required, Store } from "../stand-in";
import type { QueryInput, StandIn } from "../stand-in";

interface Alarm {
  readonly fields: Record<string, unknown>;
  readonly tags: Map<string, string>;
}

const invalid = "ValidationError";
const actionLists = ["AlarmActions", "OKActions", "InsufficientDataActions"] as const;

/** CloudWatch: composite alarms. Everything else is moto's. */
export function cloudWatch(): StandIn {
  const alarms = new Store<Alarm>();
  const byArn = (region: string, arn: unknown) =>
    [...alarms.in(region).values()].find(({ fields }) => fields.AlarmArn === arn);
  return queryService({
    service: "monitoring",
    operations: {
      PutCompositeAlarm: (input, context) => {
        const { AlarmName } = required(input, invalid, "AlarmName", "AlarmRule");
        const existing = alarms.in(context.region).get(AlarmName);
        alarms.in(context.region).set(AlarmName, {
          fields: alarmFields(input, context.arn("cloudwatch", `alarm:${AlarmName}`)),
          tags: existing?.tags ?? new Map(tagPairs(input)),
        });
        return {};
      },
      DescribeAlarms: (input, { region }) => {
        const types = queryList(input.AlarmTypes).map(String);
        if (types.join(",") !== "CompositeAlarm") {
          return undefined;
        }
        const names = queryList(input.AlarmNames).map(String);
        const chosen = [...alarms.in(region)].filter(([name]) => names.length === 0 || names.includes(name));
        return { CompositeAlarms: { member: chosen.map(([, { fields }]) => fields) }, MetricAlarms: {} };
      },
      DeleteAlarms: (input, { region }) => {
        const own = queryList(input.AlarmNames).filter((name) => alarms.in(region).delete(String(name)));
        return own.length > 0 ? {} : undefined;
      },
      ListTagsForResource: (input, { region }) => {
        const alarm = byArn(region, input.ResourceARN);
        return alarm === undefined
          ? undefined
          : { Tags: { member: [...alarm.tags].map(([Key, Value]) => ({ Key, Value })) } };
      },
      TagResource: (input, { region }) => {
        const alarm = byArn(region, input.ResourceARN);
        tagPairs(input).forEach(([key, value]) => alarm?.tags.set(key, value));
        return alarm === undefined ? undefined : {};
      },
      UntagResource: (input, { region }) => {
        const alarm = byArn(region, input.ResourceARN);
        queryList(input.TagKeys).forEach((key) => alarm?.tags.delete(String(key)));
        return alarm === undefined ? undefined : {};
      },
    },
  });
}

function alarmFields(input: QueryInput, AlarmArn: string): Record<string, unknown> {
  const now = new Date().toISOString();
  return {
    AlarmArn,
    ActionsEnabled: "true",
    ...pickQuery(
      input,
      ...["AlarmName", "AlarmDescription", "AlarmRule", "ActionsEnabled", "ActionsSuppressor"],
      ...["ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"],
    ),
    ...Object.fromEntries(actionLists.map((list) => [list, { member: queryList(input[list]) }])),
    StateValue: "INSUFFICIENT_DATA",
    StateReason: "Unchecked: initial alarm creation",
    StateUpdatedTimestamp: now,
    AlarmConfigurationUpdatedTimestamp: now,
  };
}

function tagPairs(input: QueryInput): [string, string][] {
  return queryList(input.Tags).flatMap((tag): [string, string][] =>
    typeof tag === "object"
      ? [[String(found(tag.Key, invalid, "a tag needs a key")), String(tag.Value)]]
      : [],
  );
}
