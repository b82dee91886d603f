import fc from "fast-check";

import {
  planScaleIn,
  planScaleOut,
  stepProblem,
  type StepChange,
} from "../../../modules/fargate-service/step-scaling";

/** Steps that add tasks over ranges between ascending bounds, in any order. */
const ladders = fc
  .uniqueArray(fc.integer({ min: 30, max: 100 }), { minLength: 1, maxLength: 6 })
  .map((bounds) => [...bounds].sort((left, right) => left - right))
  .chain((bounds) =>
    fc.shuffledSubarray(
      bounds.map((lower, index): StepChange => ({ lower, upper: bounds[index + 1], change: index + 1 })),
      { minLength: bounds.length },
    ),
  );

describe("planScaleOut", () => {
  it("measures the steps from the lowest bound, which the alarm watches", () => {
    const changes = [
      { lower: 90, change: 4 },
      { lower: 75, upper: 90, change: 2 },
    ];

    expect(planScaleOut(changes)).toEqual({
      threshold: 75,
      adjustments: [
        { metricIntervalLowerBound: "0", metricIntervalUpperBound: "15", scalingAdjustment: 2 },
        { metricIntervalLowerBound: "15", metricIntervalUpperBound: undefined, scalingAdjustment: 4 },
      ],
    });
  });

  it("plans nothing without steps that add tasks", () => {
    expect(planScaleOut([{ upper: 20, change: -1 }])).toBeUndefined();
  });

  it("covers everything above the threshold without gap or overlap, in whatever order it was written", () => {
    fc.assert(
      fc.property(ladders, (changes) => {
        const adjustments = planScaleOut(changes)?.adjustments ?? [];

        expect(stepProblem(changes)).toBeUndefined();
        expect(adjustments[0]?.metricIntervalLowerBound).toBe("0");
        expect(adjustments.at(-1)?.metricIntervalUpperBound).toBeUndefined();
        adjustments.slice(1).forEach((adjustment, index) => {
          expect(adjustment.metricIntervalLowerBound).toBe(adjustments[index]?.metricIntervalUpperBound);
        });
      }),
    );
  });
});

describe("planScaleIn", () => {
  it("measures the steps from the highest bound, downward", () => {
    const changes = [
      { upper: 10, change: -3 },
      { lower: 10, upper: 25, change: -1 },
      { lower: 80, change: 2 },
    ];

    expect(planScaleIn(changes)).toEqual({
      threshold: 25,
      adjustments: [
        { metricIntervalLowerBound: "-15", metricIntervalUpperBound: "0", scalingAdjustment: -1 },
        { metricIntervalLowerBound: undefined, metricIntervalUpperBound: "-15", scalingAdjustment: -3 },
      ],
    });
  });
});

describe("stepProblem", () => {
  const adding =
    "have ranges that add tasks following on each other, the first with a 'lower', the last without an 'upper'";
  const removing =
    "have ranges that remove tasks following on each other, the first with an 'upper', the last without a 'lower'";

  it.each<[string, StepChange[], string]>([
    ["no steps", [], "have steps that each add or remove at least one task"],
    [
      "a step of no tasks",
      [{ lower: 80, change: 0 }],
      "have steps that each add or remove at least one task",
    ],
    ["a first step without a beginning", [{ change: 2 }], adding],
    ["a last step with an end", [{ lower: 80, upper: 90, change: 2 }], adding],
    [
      "a gap",
      [
        { lower: 80, upper: 85, change: 2 },
        { lower: 90, change: 4 },
      ],
      adding,
    ],
    [
      "an empty range",
      [
        { lower: 80, upper: 80, change: 2 },
        { lower: 80, change: 4 },
      ],
      adding,
    ],
    ["a removal without a beginning", [{ lower: 20, change: -1 }], removing],
    ["a removal that never ends", [{ lower: 10, upper: 20, change: -1 }], removing],
    [
      "a removal where tasks are added",
      [
        { lower: 30, change: 1 },
        { upper: 40, change: -1 },
      ],
      "remove tasks only below where it adds them",
    ],
  ])("finds %s", (_, changes, problem) => {
    expect(stepProblem(changes)).toBe(problem);
  });

  it("has nothing against two ladders with rest between them", () => {
    expect(
      stepProblem([
        { lower: 80, change: 2 },
        { upper: 20, change: -1 },
      ]),
    ).toBeUndefined();
  });
});
