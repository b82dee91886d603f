import { Clock, durationOf } from "../../../local-cloud/engine/clock";

describe("The clock of the engine", () => {
  it("does what is due in its order, and what follows from it, before an advance is over", async () => {
    const clock = new Clock();
    const start = clock.now();
    const done: [what: string, minute: number][] = [];
    const note = (what: string): void => {
      done.push([what, Math.floor((clock.now() - start) / 60_000)]);
    };
    clock.after(120_000, () => {
      note("second");
    });
    clock.after(60_000, () => {
      note("first");
      clock.after(120_000, () => {
        note("after first");
      });
    });
    clock.after(600_000, () => {
      note("later");
    });

    await clock.advance(300_000);

    expect(done).toEqual([
      ["first", 1],
      ["second", 2],
      ["after first", 3],
    ]);
    expect(clock.now() - start).toBeGreaterThanOrEqual(300_000);
  });

  it("waits for work under way before time goes on", async () => {
    const clock = new Clock();
    const done: string[] = [];
    clock.after(1_000, () => {
      void clock.during(
        new Promise<void>((resolve) =>
          setTimeout(() => {
            done.push("work");
            resolve();
          }, 20),
        ),
      );
    });
    clock.after(2_000, () => done.push("next"));

    await clock.advance(2_000);

    expect(done).toEqual(["work", "next"]);
  });

  it("does nothing that was called off", async () => {
    const clock = new Clock();
    const done: string[] = [];
    clock.after(1_000, () => done.push("never"))();

    await clock.advance(5_000);

    expect(done).toEqual([]);
  });

  it.each([
    ["90s", 90_000],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["366d", 31_622_400_000],
    ["367d", undefined],
    ["5", undefined],
    ["-5m", undefined],
    ["m", undefined],
    [5, undefined],
  ])("reads %p as a duration of %p ms", (text, milliseconds) => {
    expect(durationOf(text)).toBe(milliseconds);
  });
});
