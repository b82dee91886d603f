import { randomUUID } from "node:crypto";
import { listAt, objectAt, pick, scalar, textsAt, type JsonObject } from "../../toolkit";
import { account } from "../../toolkit";
import { arnParts } from "../destinations";
import { patternProblems } from "../deliveries/pattern";
import { invalid } from "../functions/configuration";

/** An event source mapping, as it is answered. */
export interface Mapping extends JsonObject {
  readonly UUID: string;
  readonly EventSourceArn: string;
  readonly FunctionArn: string;
  readonly State: string;
  readonly BatchSize: number;
  readonly MaximumBatchingWindowInSeconds: number;
}

const settings = [
  ..."BatchSize MaximumBatchingWindowInSeconds FilterCriteria FunctionResponseTypes ScalingConfig".split(" "),
  ..."DestinationConfig BisectBatchOnFunctionError MaximumRetryAttempts MaximumRecordAgeInSeconds".split(" "),
  ..."ParallelizationFactor StartingPosition StartingPositionTimestamp TumblingWindowInSeconds KMSKeyArn".split(
    " ",
  ),
];

const ofStreams: JsonObject = {
  BatchSize: 100,
  ParallelizationFactor: 1,
  BisectBatchOnFunctionError: false,
  MaximumRetryAttempts: -1,
  MaximumRecordAgeInSeconds: -1,
  TumblingWindowInSeconds: 0,
  DestinationConfig: { OnFailure: {} },
};

/** A new mapping with AWS's defaults. */
export function newMapping(input: JsonObject, FunctionArn: string, now: number): Mapping {
  const EventSourceArn = scalar(input.EventSourceArn);
  const { service, region } = arnParts(EventSourceArn);
  const UUID = randomUUID();
  return changedMapping(
    {
      UUID,
      EventSourceArn,
      FunctionArn,
      EventSourceMappingArn: `arn:aws:lambda:${region}:${account}:event-source-mapping:${UUID}`,
      MaximumBatchingWindowInSeconds: 0,
      ...(service === "sqs" ? { BatchSize: 10 } : { ...ofStreams }),
      StateTransitionReason: "USER_INITIATED",
      LastProcessingResult: service === "sqs" ? undefined : "No records processed",
      State: "Enabled",
    } as unknown as Mapping,
    input,
    FunctionArn,
    now,
  );
}

/** A mapping after a change. */
export function changedMapping(
  mapping: Mapping,
  input: JsonObject,
  FunctionArn: string,
  now: number,
): Mapping {
  const enabled = input.Enabled ?? mapping.State === "Enabled";
  const next: JsonObject = {
    ...mapping,
    ...pick(input, ...settings),
    FunctionArn,
    State: enabled === true ? "Enabled" : "Disabled",
    LastModified: now / 1_000,
  };
  if (listAt(objectAt(next, "FilterCriteria"), "Filters").length === 0) {
    delete next.FilterCriteria;
  }
  if (Object.keys(objectAt(next, "ScalingConfig")).length === 0) {
    delete next.ScalingConfig;
  }
  if (textsAt(next, "FunctionResponseTypes").length === 0) {
    delete next.FunctionResponseTypes;
  }
  return next as Mapping;
}

/**
 * Everything that is wrong with the settings of a mapping.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export function mappingProblems(mapping: Mapping): string[] {
  const { EventSourceArn, BatchSize, MaximumBatchingWindowInSeconds: window } = mapping;
  const most = EventSourceArn.endsWith(".fifo") ? 10 : 10_000;
  const concurrency = objectAt(mapping, "ScalingConfig").MaximumConcurrency;
  const isQueue = arnParts(EventSourceArn).service === "sqs";
  return [
    ...between("BatchSize", BatchSize, 1, most),
    ...between("MaximumBatchingWindowInSeconds", window, 0, 300),
    ...between("MaximumConcurrency", concurrency, 2, 1_000),
    ...(isQueue ? queueProblems(mapping) : startProblems(mapping)),
    ...listAt(objectAt(mapping, "FilterCriteria"), "Filters").flatMap(filterProblems),
  ];
}

function between(name: string, value: unknown, least: number, most: number): string[] {
  return value === undefined || (Number(value) >= least && Number(value) <= most)
    ? []
    : [`${name} must be between ${least} and ${most}, got ${scalar(value)}`];
}

function queueProblems({
  EventSourceArn,
  BatchSize,
  MaximumBatchingWindowInSeconds: window,
}: Mapping): string[] {
  if (EventSourceArn.endsWith(".fifo")) {
    return window > 0 ? ["Batching window is not supported for FIFO queues"] : [];
  }
  return BatchSize > 10 && window < 1
    ? ["Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"]
    : [];
}

function startProblems({ StartingPosition }: Mapping): string[] {
  return StartingPosition === undefined
    ? [
        "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
      ]
    : [];
}

function filterProblems({ Pattern }: JsonObject): string[] {
  try {
    return patternProblems(JSON.parse(scalar(Pattern))).map(
      (each) => `Invalid filter pattern definition: ${each}`,
    );
  } catch {
    return ["Invalid filter pattern definition: it is not valid JSON"];
  }
}

/** Refuses settings that AWS refuses. */
export function checkMapping(mapping: Mapping): void {
  const problems = mappingProblems(mapping);
  if (problems.length > 0) {
    throw invalid(problems.join("; "));
  }
}

/**
 * Which items of a batch failed by the function's answer; all of them where it cannot be understood.
 *
 * @param ids - Of the items, in their order.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedItems(payload: Buffer, ids: readonly string[]): Set<string> {
  let answer: unknown;
  try {
    answer = JSON.parse(payload.toString("utf8"));
  } catch {
    return new Set(ids);
  }
  if (typeof answer !== "object" || answer === null) {
    return new Set();
  }
  const { batchItemFailures = [] } = answer as { batchItemFailures?: unknown };
  const failures = Array.isArray(batchItemFailures) ? (batchItemFailures as unknown[]) : [];
  const named = failures.map((each) => (each as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  const isUnderstood = named.every((each) => typeof each === "string" && ids.includes(each));
  return new Set(isUnderstood ? (named as string[]) : ids);
}
