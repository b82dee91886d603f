import {
  pickQuery,
  queryList,
  queryService,
  queryTags,
  queryTexts,
  required,
  Store,
  type QueryInput,
  type StandIn,
} from "../../toolkit";

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
          tags: existing?.tags ?? new Map(queryTags(input.Tags)),
        });
        return {};
      },
      DescribeAlarms: (input, { region }) => {
        const types = queryTexts(input.AlarmTypes);
        if (types.join(",") !== "CompositeAlarm") {
          return undefined;
        }
        const names = queryTexts(input.AlarmNames);
        const chosen = [...alarms.in(region)].filter(([name]) => names.length === 0 || names.includes(name));
        return { CompositeAlarms: { member: chosen.map(([, { fields }]) => fields) }, MetricAlarms: {} };
      },
      DeleteAlarms: (input, { region }) => {
        const own = queryTexts(input.AlarmNames).filter((name) => alarms.in(region).delete(name));
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
        queryTags(input.Tags).forEach(([key, value]) => alarm?.tags.set(key, value));
        return alarm === undefined ? undefined : {};
      },
      UntagResource: (input, { region }) => {
        const alarm = byArn(region, input.ResourceARN);
        queryTexts(input.TagKeys).forEach((key) => alarm?.tags.delete(key));
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
