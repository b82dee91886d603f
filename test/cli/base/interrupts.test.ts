import { getEventListeners } from "node:events";

import { Interrupts } from "../../../cli/base/interrupts";

function setUp(): { interrupts: Interrupts; lines: string[]; press: () => void; program: () => string[] } {
  const lines: string[] = [];
  let time = 0;
  const interrupts = new Interrupts(
    (line) => lines.push(line),
    () => time,
  );
  return {
    interrupts,
    lines,
    press: () => {
      time += 1000;
      interrupts.interrupt();
    },
    program: () => {
      const received: string[] = [];
      interrupts.track({ kill: (signal) => received.push(signal) });
      return received;
    },
  };
}

describe("Interrupts", () => {
  it("notifies every running program once and waits", () => {
    const { interrupts, lines, press, program } = setUp();
    const [first, second] = [program(), program()];

    press();

    expect([first, second]).toEqual([["SIGINT"], ["SIGINT"]]);
    expect(interrupts.requested).toBe(true);
    expect(lines).toEqual([
      "Interrupted: waiting for 2 Terraform run(s) to finish what is in flight and release the lock.",
    ]);
  });

  it("only warns the second time and stops at once the third", () => {
    const { lines, press, program } = setUp();
    const received = program();

    press();
    press();
    expect(received).toEqual(["SIGINT"]);
    press();
    expect(received).toEqual(["SIGINT", "SIGINT"]);
    press();
    expect(received).toEqual(["SIGINT", "SIGINT", "SIGKILL"]);
    expect(lines.slice(1)).toEqual([
      "Still waiting. A third Ctrl-C stops at once, and may lose state and leave it locked.",
      "Stopping Terraform at once. A fourth Ctrl-C kills it.",
    ]);
  });

  it("stops waiting for AWS at the second Ctrl-C where no Terraform runs", async () => {
    const { interrupts, lines, press } = setUp();
    const hanging = interrupts.patiently(new Promise(() => undefined));

    press();
    expect(interrupts.stopped).toBe(false);
    press();

    await expect(hanging).rejects.toThrow(
      "Stopped at once, without waiting for AWS. `meridian recover` repairs what was in progress.",
    );
    expect(interrupts.stopped).toBe(true);
    expect(lines).toEqual(["Interrupted: nothing more is started. Ctrl-C again stops at once."]);
  });

  it("kills Terraform and stops waiting for it at the fourth", async () => {
    const { interrupts, press, program } = setUp();
    const hanging = interrupts.patiently(new Promise(() => undefined));
    const received = program();

    [1, 2, 3, 4].forEach(press);

    await expect(hanging).rejects.toThrow("Stopped at once");
    expect(received).toEqual(["SIGINT", "SIGINT", "SIGKILL"]);
  });

  it("asks AWS no longer than ten seconds more once Terraform has ended at the third", async () => {
    jest.useFakeTimers();
    const { interrupts, press } = setUp();
    const ended = interrupts.track({ kill: () => undefined });
    const hanging = interrupts.patiently(new Promise(() => undefined));
    hanging.catch(() => undefined);
    try {
      [1, 2, 3].forEach(press);
      ended();
      jest.advanceTimersByTime(9_999);
      expect(interrupts.stopped).toBe(false);
      jest.advanceTimersByTime(1);
      expect(interrupts.stopped).toBe(true);
      await expect(hanging).rejects.toThrow("Stopped at once");
    } finally {
      jest.useRealTimers();
    }
  });

  it("keeps no listener for what was awaited, of which Node would warn", async () => {
    const { interrupts } = setUp();
    const { signal } = (interrupts as unknown as { stop: AbortController }).stop;

    await Promise.all(Array.from({ length: 30 }, () => interrupts.patiently(Promise.resolve())));

    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("counts a signal that npm passes on again as one key press", () => {
    const { interrupts, press, program } = setUp();
    const received = program();

    press();
    interrupts.interrupt();
    interrupts.interrupt();

    expect(received).toEqual(["SIGINT"]);
  });

  it("notifies a program that starts too late", () => {
    const { press, program } = setUp();

    press();

    expect(program()).toEqual(["SIGINT"]);
  });

  it("leaves a program alone that has ended", () => {
    const { interrupts, press } = setUp();
    const received: string[] = [];
    const untrack = interrupts.track({ kill: (signal) => received.push(signal) });
    untrack();

    press();

    expect(received).toEqual([]);
  });
});
