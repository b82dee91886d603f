import { randomUUID } from "node:crypto";
import { ServiceError } from "../../answer";
import {
  account,
  jsonService,
  listAt,
  objectAt,
  parseJson,
  pick,
  scalar,
  textsAt,
  type Context,
  type JsonObject,
  type StandIn,
} from "../../toolkit";
import type { Clock } from "../clock";
import type { Cloud } from "../cloud";
import { arnParts } from "../destinations";
import type { Deliveries } from "./delivery";
import { matches, patternProblems } from "./pattern";
import { inputOf, type BusEvent } from "./transform";

/** A rule with its targets, as moto keeps them. */
interface Rule {
  readonly arn: string;
  readonly name: string;
  readonly pattern: unknown;
  readonly schedule?: string;
  readonly targets: readonly JsonObject[];
}

/** The most bytes of all entries of one call; see eb-putevents.html. */
const entriesLimit = 1_048_576;

/** How often an event may go from bus to bus. */
const mostHops = 5;

/** What happens between event buses and targets; buses, rules and targets themselves are moto's. */
export class EventBuses {
  private readonly rules = new Map<string, Promise<Rule[]>>();
  private readonly changes: ((region: string, bus: string) => void)[] = [];

  constructor(
    private readonly cloud: Cloud,
    private readonly clock: Clock,
    private readonly deliveries: Deliveries,
    private readonly log: (line: string) => void,
  ) {}

  /** Takes events, checks and tests patterns; all else is moto's. */
  standIns(): StandIn[] {
    return [
      jsonService({
        service: "events",
        complete: false,
        operations: {
          PutEvents: (input, context) => this.putEvents(input, context),
          TestEventPattern: ({ EventPattern, Event }) => ({
            Result: matches(checkedPattern(EventPattern), JSON.parse(scalar(Event))),
          }),
          PutRule: async (input, context) => {
            if (input.EventPattern !== undefined && input.EventPattern !== "") {
              checkedPattern(input.EventPattern);
            }
            return this.changing(input, context);
          },
          ...Object.fromEntries(
            ["DeleteRule", "EnableRule", "DisableRule", "PutTargets", "RemoveTargets", "DeleteEventBus"].map(
              (name) => [name, (input: JsonObject, context: Context) => this.changing(input, context)],
            ),
          ),
        },
      }),
    ];
  }

  /** Tells of each change of the rules of a bus. */
  onChange(listener: (region: string, bus: string) => void): void {
    this.changes.push(listener);
  }

  /** Puts an event on a bus of a region, by name or ARN, as a service does. */
  emit(region: string, bus: string, event: Pick<BusEvent, "source" | "detail-type"> & JsonObject): void {
    const whole: BusEvent = {
      version: "0",
      id: randomUUID(),
      account,
      time: new Date(this.clock.now()).toISOString().replace(/\.\d+Z$/, "Z"),
      region,
      resources: [],
      detail: {},
      ...event,
    };
    void this.clock.during(this.route(region, nameOf(bus), whole, 0));
  }

  /** The rules of a bus that are enabled. */
  rulesOf(region: string, bus: string): Promise<Rule[]> {
    const key = `${region} ${bus}`;
    const known = this.rules.get(key) ?? this.readRules(region, bus);
    this.rules.set(key, known);
    return known;
  }

  /** Sends an event to the targets of a rule. */
  async trigger(rule: Rule, event: BusEvent, hops = 0): Promise<void> {
    const source = { principal: "events.amazonaws.com", arn: rule.arn };
    for (const target of rule.targets) {
      const arn = scalar(target.Arn);
      if (arnParts(arn).service === "events" && arn.includes(":event-bus/")) {
        await this.route(arnParts(arn).region, nameOf(arn), event, hops + 1);
        continue;
      }
      const { MaximumRetryAttempts = 185, MaximumEventAgeInSeconds = 86_400 } = objectAt(
        target,
        "RetryPolicy",
      );
      const group = objectAt(target, "SqsParameters").MessageGroupId;
      const deadLetters = objectAt(target, "DeadLetterConfig").Arn;
      await this.deliveries.deliver({
        target: arn,
        text: inputOf(target, event, rule),
        source,
        ...(deadLetters === undefined ? {} : { deadLetters: scalar(deadLetters) }),
        about: { RULE_ARN: rule.arn, TARGET_ARN: arn },
        retries: Number(MaximumRetryAttempts),
        oldestSeconds: Number(MaximumEventAgeInSeconds),
        ...(group === undefined
          ? {}
          : { group: scalar(group), deduplication: `${event.id}-${scalar(target.Id)}` }),
      });
    }
  }

  private async changing(input: JsonObject, context: Context): Promise<unknown> {
    const answer = await context.moto();
    const bus = nameOf(scalar(input.EventBusName, scalar(input.Name, "default")));
    const changed =
      input.EventBusName === undefined && context.call.action !== "DeleteEventBus" ? "default" : bus;
    this.rules.delete(`${context.region} ${changed}`);
    this.changes.forEach((listener) => {
      listener(context.region, changed);
    });
    return answer;
  }

  private async route(region: string, bus: string, event: BusEvent, hops: number): Promise<void> {
    if (hops > mostHops) {
      this.log(`event bus ${bus}: event ${event.id} goes round in a circle and is dropped`);
      return;
    }
    try {
      for (const rule of await this.rulesOf(region, bus)) {
        if (rule.pattern !== undefined && matches(rule.pattern, event)) {
          await this.trigger(rule, event, hops);
        }
      }
    } catch (error) {
      this.log(`event bus ${bus}: event ${event.id} is lost: ${error instanceof Error ? error.message : ""}`);
    }
  }

  /** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
  private putEvents(input: JsonObject, { region }: Context): JsonObject {
    const entries = listAt(input, "Entries");
    if (entries.length === 0 || entries.length > 10) {
      throw new ServiceError(
        "ValidationException",
        `1 validation error detected: Value '${entries.length}' at 'entries' failed to satisfy constraint: Member must have length between 1 and 10`,
      );
    }
    if (JSON.stringify(entries).length > entriesLimit) {
      throw new ServiceError(
        "ValidationException",
        "Total size of the entries in the request is over the limit.",
      );
    }
    const results = entries.map((entry) => this.putEvent(entry, region));
    return {
      FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
      Entries: results,
    };
  }

  private putEvent(entry: JsonObject, region: string): JsonObject {
    const source = scalar(entry.Source);
    const type = scalar(entry.DetailType);
    const failure = (ErrorCode: string, ErrorMessage: string): JsonObject => ({ ErrorCode, ErrorMessage });
    if (source === "" || type === "" || entry.Detail === undefined) {
      const missing = source === "" ? "Source" : type === "" ? "DetailType" : "Detail";
      return failure(
        "InvalidArgument",
        `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`,
      );
    }
    if (source.startsWith("aws.")) {
      return failure("NotAuthorizedForSourceException", "Not authorized for the source.");
    }
    let detail: JsonObject;
    try {
      detail = parseJson(Buffer.from(scalar(entry.Detail)));
    } catch {
      return failure("MalformedDetail", "Detail is malformed.");
    }
    const id = randomUUID();
    const bus = scalar(entry.EventBusName, "default");
    const { region: named } = arnParts(bus);
    const time = typeof entry.Time === "number" ? { time: new Date(entry.Time * 1_000).toISOString() } : {};
    const resources = textsAt(entry, "Resources");
    this.emit(named || region, bus, { id, source, "detail-type": type, resources, detail, ...time });
    return { EventId: id };
  }

  private async readRules(region: string, EventBusName: string): Promise<Rule[]> {
    const rules: JsonObject[] = [];
    let next: JsonObject = {};
    do {
      const page = await this.cloud.json("events", region, "ListRules", { EventBusName, ...next });
      rules.push(...listAt(page, "Rules"));
      next = pick(page, "NextToken");
    } while (typeof next.NextToken === "string");
    return Promise.all(
      rules
        .filter(({ State }) => State !== "DISABLED")
        .map(async ({ Arn, Name, EventPattern, ScheduleExpression }) => {
          const input = { Rule: Name, EventBusName };
          const { Targets } = await this.cloud.json("events", region, "ListTargetsByRule", input);
          return {
            arn: scalar(Arn),
            name: scalar(Name),
            pattern: EventPattern === undefined ? undefined : (JSON.parse(scalar(EventPattern)) as unknown),
            ...(ScheduleExpression === undefined ? {} : { schedule: scalar(ScheduleExpression) }),
            targets: listAt({ Targets }, "Targets"),
          };
        }),
    );
  }
}

function nameOf(bus: string): string {
  return bus.replace(/^.*:event-bus\//, "");
}

function checkedPattern(text: unknown): unknown {
  let pattern: unknown;
  try {
    pattern = JSON.parse(scalar(text));
  } catch {
    throw invalidPattern("it is not valid JSON");
  }
  const problems = patternProblems(pattern);
  if (problems.length > 0) {
    throw invalidPattern(problems.join("; "));
  }
  return pattern;
}

function invalidPattern(reason: string): ServiceError {
  return new ServiceError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${reason}`);
}
