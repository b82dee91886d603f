import fc from "fast-check";

import { capacityProviderStrategy } from "../../../modules/fargate-service/capacity";

const capacities = fc.record({
  minimum: fc.integer({ min: 0, max: 5000 }),
  maximum: fc.constant(5000),
  spotPercentage: fc.integer({ min: 0, max: 100 }),
});

describe("capacityProviderStrategy", () => {
  it("runs everything on demand by default, whatever the minimum", () => {
    const strategy = [{ capacityProvider: "FARGATE", weight: 1 }];

    expect(capacityProviderStrategy({ minimum: 2, maximum: 4 })).toEqual(strategy);
    expect(capacityProviderStrategy({ minimum: 3, maximum: 4 })).toEqual(strategy);
  });

  it("keeps the on-demand part of the minimum, rounded up, below what Spot may take", () => {
    expect(capacityProviderStrategy({ minimum: 5, maximum: 10, spotPercentage: 70 })).toEqual([
      { capacityProvider: "FARGATE", base: 2, weight: 30 },
      { capacityProvider: "FARGATE_SPOT", weight: 70 },
    ]);
  });

  it("runs everything on Spot when asked to", () => {
    expect(capacityProviderStrategy({ minimum: 5, maximum: 10, spotPercentage: 100 })).toEqual([
      { capacityProvider: "FARGATE_SPOT", weight: 1 },
    ]);
  });

  it("never asks for more than AWS accepts, nor for a base above the minimum", () => {
    fc.assert(
      fc.property(capacities, (capacity) => {
        for (const { base = 0, weight } of capacityProviderStrategy(capacity)) {
          expect(base).toBeLessThanOrEqual(capacity.minimum);
          expect(weight).toBeGreaterThanOrEqual(1);
          expect(weight).toBeLessThanOrEqual(1000);
        }
      }),
    );
  });

  it("guarantees at least the on-demand share of the minimum", () => {
    fc.assert(
      fc.property(capacities, (capacity) => {
        const strategy = capacityProviderStrategy(capacity);
        const onDemand = strategy.find(({ capacityProvider }) => capacityProvider === "FARGATE");
        const guaranteed =
          strategy.length === 1 && onDemand !== undefined ? capacity.minimum : (onDemand?.base ?? 0);

        expect(guaranteed * 100).toBeGreaterThanOrEqual(capacity.minimum * (100 - capacity.spotPercentage));
      }),
    );
  });
});
