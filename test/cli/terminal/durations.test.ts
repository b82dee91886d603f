import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Durations } from "../../../cli/terminal/durations";
import { Workspace } from "../../../cli/base/workspace";

function workspace(): Workspace {
  return new Workspace(mkdtempSync(join(tmpdir(), "meridian-test-")));
}

describe("Durations", () => {
  it("remembers the last five times of a stack over runs, and gives the middle one", () => {
    const here = workspace();
    [90, 10, 20, 30, 40, 50].forEach((seconds) => {
      new Durations(here).note("dev-eu", "applying", 10, seconds * 1000);
    });

    expect(new Durations(here).of("dev-eu", "applying")).toBe(30_000);
    expect(new Durations(here).of("dev-us", "applying")).toBeUndefined();
  });

  it("does not take an apply of other size for alike", () => {
    const durations = new Durations(workspace());
    durations.note("dev-eu", "applying", 40, 600_000);

    expect(durations.of("dev-eu", "applying", 30)).toBe(600_000);
    expect(durations.of("dev-eu", "applying", 1)).toBeUndefined();
  });

  it("begins anew where the file is damaged", () => {
    const here = workspace();
    new Durations(here).note("dev-eu", "planning", 0, 1000);
    writeFileSync(here.durations, '{"dev-eu planning":[{"chan');

    expect(new Durations(here).of("dev-eu", "planning")).toBeUndefined();
  });
});
