import { stripVTControlCharacters } from "node:util";

import fc from "fast-check";

import { cellsOf } from "../../../cli/terminal/cells";
import { frame, type RunView } from "../../../cli/terminal/frame";

const deploy: RunView = {
  wave: { number: 2, of: 4, elapsedMilliseconds: 65_000, leftMilliseconds: 180_000 },
  running: [
    {
      stack: "demo-eu-west-1",
      what: "applying",
      elapsedMilliseconds: 35_000,
      steps: { done: 12, total: 40 },
      leftMilliseconds: 70_000,
    },
    {
      stack: "demo-us-east-1-with-a-name-that-nobody-should-have-chosen",
      what: "planning",
      elapsedMilliseconds: 3000,
    },
  ],
  waiting: [
    { stack: "demo-cloudfront", waitsFor: ["demo-eu-west-1"] },
    {
      stack: "demo-edge",
      waitsFor: ["demo-eu-west-1", "demo-us-east-1-with-a-name-that-nobody-should-have-chosen"],
    },
  ],
};

function shown(view: RunView, columns: number, rows: number): string[] {
  return frame(view, { columns, rows }).map(stripVTControlCharacters);
}

describe("frame", () => {
  it("shows at 80x24 what runs, what waits and for what, and how long it may take", () => {
    expect(shown(deploy, 80, 24)).toEqual([
      "Wave 2 of 4, 1m 05s so far, about 3m 00s left judging by earlier runs",
      "demo-eu-west-1                   applying, 12/40, 35s, about 1m 10s left",
      "demo-us-east-1-…uld-have-chosen  planning, 3s",
      "demo-cloudfront                  waits for demo-eu-west-1",
      "demo-edge                        waits for demo-eu-west-…ody-should-have-chosen",
    ]);
  });

  it("leaves nothing out at 200x50", () => {
    expect(shown(deploy, 200, 50)).toEqual([
      "Wave 2 of 4, 1m 05s so far, about 3m 00s left judging by earlier runs",
      "demo-eu-west-1                                             applying, 12/40, 35s, about 1m 10s left",
      "demo-us-east-1-with-a-name-that-nobody-should-have-chosen  planning, 3s",
      "demo-cloudfront                                            waits for demo-eu-west-1",
      "demo-edge                                                  waits for demo-eu-west-1, demo-us-east-1-with-a-name-that-nobody-should-have-chosen",
    ]);
  });

  it("counts the stacks that find no room", () => {
    const waiting = Array.from({ length: 9 }, (_none, index) => ({
      stack: `demo-${index}`,
      waitsFor: ["demo-eu-west-1"],
    }));

    expect(shown({ running: [], waiting }, 80, 5)).toEqual([
      "demo-0  waits for demo-eu-west-1",
      "demo-1  waits for demo-eu-west-1",
      "demo-2  waits for demo-eu-west-1",
      "… and 6 more wait",
    ]);
  });

  it("never has a line that is wider than the window, nor more lines than it", () => {
    const name = fc.oneof(fc.string({ maxLength: 90 }), fc.string({ unit: "grapheme", maxLength: 90 }));
    const milliseconds = fc.integer({ min: 0, max: 10 ** 8 });
    const view = fc.record({
      wave: fc.record({
        number: fc.nat(99),
        of: fc.nat(99),
        elapsedMilliseconds: milliseconds,
        leftMilliseconds: milliseconds,
      }),
      running: fc.array(fc.record({ stack: name, what: name, elapsedMilliseconds: milliseconds }), {
        maxLength: 9,
      }),
      waiting: fc.array(fc.record({ stack: name, waitsFor: fc.array(name, { maxLength: 9 }) }), {
        maxLength: 30,
      }),
    });
    fc.assert(
      fc.property(
        view,
        fc.integer({ min: 40, max: 250 }),
        fc.integer({ min: 2, max: 60 }),
        (any, columns, rows) => {
          const lines = frame(any, { columns, rows });
          expect(Math.max(0, ...lines.map(cellsOf))).toBeLessThan(columns);
          expect(lines.length).toBeLessThan(rows);
        },
      ),
    );
  });
});
