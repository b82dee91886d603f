import { randomUUID } from "node:crypto";
import { ServiceError } from "../../answer";
import {
  account,
  objectAt,
  restService,
  scalar,
  type Context,
  type JsonObject,
  type RestOperation,
  type StandIn,
} from "../../toolkit";
import type { Clock } from "../clock";
import type { Cloud } from "../cloud";
import type { Deliveries } from "../deliveries/delivery";
import type { EventBuses } from "../deliveries/eventbridge";
import { nextTime } from "./expression";
import { Schedules } from "./schedules";

/** Scheduler and scheduled rules: schedules themselves are moto's, what happens when they are due is done here. */
export class Scheduler {
  private readonly schedules: Schedules;

  constructor(
    private readonly cloud: Cloud,
    private readonly clock: Clock,
    private readonly deliveries: Deliveries,
    private readonly buses: EventBuses,
    log: (line: string) => void,
  ) {
    this.schedules = new Schedules(clock, log);
    buses.onChange((region, bus) => {
      if (bus === "default") {
        void clock.during(this.readRules(region).catch(String));
      }
    });
  }

  /** Learns of schedules; all else of Scheduler is moto's. */
  standIns(): StandIn[] {
    const put: RestOperation = async ({ path: { name = "" }, json }, context) => {
      this.check(json);
      const answer = await context.moto();
      if (answer.status < 300) {
        this.put(name, json, context);
      }
      return answer;
    };
    return [
      restService({
        service: "scheduler",
        complete: false,
        operations: {
          "POST /schedules/{name}": put,
          "PUT /schedules/{name}": put,
          "DELETE /schedules/{name}": ({ path: { name = "" }, query }, context) => {
            this.schedules.remove(keyOf(context.region, query.get("groupName") ?? "default", name));
            return context.moto();
          },
          "DELETE /schedule-groups/{name}": ({ path: { name = "" } }, context) => {
            const prefix = keyOf(context.region, name, "");
            for (const each of this.schedules.names.filter((key) => key.startsWith(prefix))) {
              this.schedules.remove(each);
            }
            return context.moto();
          },
        },
      }),
    ];
  }

  /** @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
  private check(json: JsonObject): void {
    const { RoleArn, Arn } = objectAt(json, "Target");
    const problems = [
      ...(RoleArn === undefined ? ["Target.RoleArn is required"] : []),
      ...(Arn === undefined ? ["Target.Arn is required"] : []),
      ...(json.FlexibleTimeWindow === undefined ? ["FlexibleTimeWindow is required"] : []),
    ];
    try {
      const timing = { expression: scalar(json.ScheduleExpression), zone: zoneIn(json) };
      nextTime(timing, this.clock.now(), this.clock.now());
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
    if (problems.length > 0) {
      throw new ServiceError("ValidationException", problems.join("; "));
    }
  }

  private put(name: string, json: JsonObject, { region }: Context): void {
    const group = scalar(json.GroupName, "default");
    const key = keyOf(region, group, name);
    if (json.State === "DISABLED") {
      this.schedules.remove(key);
      return;
    }
    const { Mode, MaximumWindowInMinutes } = objectAt(json, "FlexibleTimeWindow");
    const [from, until] = [json.StartDate, json.EndDate].map(timeOf);
    const path = `/schedules/${encodeURIComponent(name)}?groupName=${encodeURIComponent(group)}&clientToken=${randomUUID()}`;
    this.schedules.set(key, {
      expression: scalar(json.ScheduleExpression),
      zone: zoneIn(json),
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
      ...(Mode === "FLEXIBLE" ? { window: Number(MaximumWindowInMinutes) * 60_000 } : {}),
      action: (due) => this.invoke(objectAt(json, "Target"), arnOf(region, group, name), due),
      ...(json.ActionAfterCompletion === "DELETE"
        ? {
            ended: async () => {
              await this.cloud.rest("scheduler", region, "DELETE", path);
            },
          }
        : {}),
    });
  }

  /** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html */
  private async invoke(target: JsonObject, schedule: string, due: number): Promise<void> {
    const { MaximumRetryAttempts = 185, MaximumEventAgeInSeconds = 86_400 } = objectAt(target, "RetryPolicy");
    const deadLetters = objectAt(target, "DeadLetterConfig").Arn;
    const group =
      objectAt(target, "SqsParameters").MessageGroupId ?? objectAt(target, "KinesisParameters").PartitionKey;
    const { Source, DetailType } = objectAt(target, "EventBridgeParameters");
    await this.deliveries.deliver({
      target: scalar(target.Arn),
      text: contextual(scalar(target.Input, "{}"), schedule, due),
      source: { principal: "scheduler.amazonaws.com", arn: schedule },
      role: scalar(target.RoleArn).replace(/^.*\//, ""),
      retries: Number(MaximumRetryAttempts),
      oldestSeconds: Number(MaximumEventAgeInSeconds),
      about: { SCHEDULE_ARN: schedule, TARGET_ARN: scalar(target.Arn) },
      ...(deadLetters === undefined ? {} : { deadLetters: scalar(deadLetters) }),
      ...(group === undefined ? {} : { group: scalar(group) }),
      ...(Source === undefined ? {} : { event: { source: scalar(Source), type: scalar(DetailType) } }),
    });
  }

  /** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html */
  private async readRules(region: string): Promise<void> {
    const rules = (await this.buses.rulesOf(region, "default")).filter(
      ({ schedule }) => schedule !== undefined,
    );
    const prefix = `rule ${region} `;
    const current = new Set(rules.map(({ name }) => prefix + name));
    for (const gone of this.schedules.names.filter((key) => key.startsWith(prefix) && !current.has(key))) {
      this.schedules.remove(gone);
    }
    for (const rule of rules) {
      this.schedules.set(prefix + rule.name, {
        expression: rule.schedule ?? "",
        action: (due) =>
          this.buses.trigger(rule, {
            version: "0",
            id: randomUUID(),
            "detail-type": "Scheduled Event",
            source: "aws.events",
            account,
            time: new Date(due).toISOString().replace(/\.\d+Z$/, "Z"),
            region,
            resources: [rule.arn],
            detail: {},
          }),
      });
    }
  }
}

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function contextual(input: string, schedule: string, due: number): string {
  return input
    .replaceAll("<aws.scheduler.schedule-arn>", schedule)
    .replaceAll("<aws.scheduler.scheduled-time>", new Date(due).toISOString().replace(/\.\d+Z$/, "Z"))
    .replaceAll("<aws.scheduler.execution-id>", randomUUID())
    .replaceAll("<aws.scheduler.attempt-number>", "1");
}

function zoneIn({ ScheduleExpressionTimezone }: JsonObject): string {
  return scalar(ScheduleExpressionTimezone, "UTC");
}

function timeOf(value: unknown): number | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  return typeof value === "number" ? value * 1_000 : Date.parse(scalar(value));
}

function keyOf(region: string, group: string, name: string): string {
  return `schedule ${region} ${group}/${name}`;
}

function arnOf(region: string, group: string, name: string): string {
  return `arn:aws:scheduler:${region}:${account}:schedule/${group}/${name}`;
}
