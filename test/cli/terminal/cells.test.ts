import fc from "fast-check";

import { cellsOf, fit, fitRows, oneLine, wrapped } from "../../../cli/terminal/cells";

/** Names as people and programs give them: long, wide, of several code points, with what moves a cursor. */
const anyName = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 120 }),
  fc.string({
    unit: fc.constantFrom("a", "漢", "é", "👩‍👩‍👧", "\u001b[31m", "\n", "\u202e", "ｗ", "\u0007", "🇩🇪"),
  }),
);

describe("fit", () => {
  it("leaves what fits and takes the middle out of what does not", () => {
    expect(fit("demo-foundation", 15)).toBe("demo-foundation");
    expect(fit("demo-eu-west-1-network", 15)).toBe("demo-eu…network");
  });

  it("never gives more cells than there are, nor what moves a cursor", () => {
    fc.assert(
      fc.property(anyName, fc.integer({ min: 1, max: 200 }), (name, width) => {
        const shown = fit(name, width);
        expect(cellsOf(shown)).toBeLessThanOrEqual(width);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe("oneLine", () => {
  it("shows what a pipeline or a terminal would obey as text", () => {
    expect(oneLine("a\n::error::b\u001b[2J\u202ec")).toBe("a ::error::bc");
  });
});

describe("wrapped", () => {
  it("breaks between words, continues as deep as the line began, and keeps addresses whole", () => {
    expect(wrapped("  To do: read https://docs.aws.amazon.com/a/long/page and go on", 24)).toBe(
      ["  To do: read", "  https://docs.aws.amazon.com/a/long/page", "  and go on"].join("\n"),
    );
  });

  it("loses no word", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.integer({ min: 10, max: 100 }), (text, width) => {
        const words = (given: string): string => given.split(/\s+/).filter(Boolean).join(" ");
        expect(words(wrapped(text, width))).toBe(words(text));
      }),
    );
  });
});

describe("fitRows", () => {
  it("takes cells from the widest columns until the rows fit", () => {
    const rows = fitRows([["prod-foundation", "12", "not begun: waits for prod-eu-west-1 (failed)"]], 40, 2);

    expect(rows).toEqual([["prod-foundation", "12", "not begun… (failed)"]]);
  });

  it("never gives rows that are wider than the window", () => {
    const row = fc.array(anyName.map(oneLine), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 40, max: 200 }),
        (rows, width) => {
          for (const each of fitRows(rows, width, 2)) {
            expect(each.map(cellsOf).reduce((sum, cells) => sum + cells, 6)).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });
});
