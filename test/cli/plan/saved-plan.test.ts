import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { readStacks, type Stack } from "../../../cli/stacks/manifest";
import { discardPlans, savePlanMetadata, verifyPlan } from "../../../cli/plan/saved-plan";
import { noChanges } from "../../../cli/terraform/events";
import { refusal } from "../../support/synth";
import { fakeContext } from "../support/fake-context";
import { writeStacks } from "../support/fixture-stacks";

const createdAt = new Date("2026-11-20T12:00:00Z");

function minutesLater(minutes: number): Date {
  return new Date(createdAt.getTime() + minutes * 60_000);
}

function savedPlan(): { file: string; stack: Stack } {
  const { workspace } = fakeContext();
  writeStacks(workspace.synthesis("dev"), [{ name: "dev-eu" }]);
  const [stack] = readStacks(workspace.synthesis("dev"));
  if (stack === undefined) {
    throw new Error("the fixture is wrong");
  }
  const file = workspace.plan("dev", stack.name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "plan");
  savePlanMetadata(file, {
    environment: "dev",
    stack: stack.name,
    mode: "apply",
    stackDigest: stack.digest,
    createdAt: createdAt.toISOString(),
    terraform: "terraform 1.11.4",
    counts: noChanges,
  });
  return { file, stack };
}

describe("discardPlans", () => {
  it("leaves no plan of the environment, and every plan of others", () => {
    const { workspace } = fakeContext();
    const files = ["dev", "prod"].map((environment) => workspace.plan(environment, "a"));
    for (const file of files) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "plan");
    }
    discardPlans(workspace, "dev");
    expect(files.map((file) => existsSync(file))).toEqual([false, true]);
  });
});

describe("verifyPlan", () => {
  it("accepts a fresh plan of the same bytes", () => {
    const { file, stack } = savedPlan();

    expect(verifyPlan(file, stack, "apply", minutesLater(30))).toMatchObject({
      stack: "dev-eu",
      mode: "apply",
    });
  });

  it("keeps plans to the user", () => {
    const { file } = savedPlan();

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}.json`).mode & 0o777).toBe(0o600);
  });

  it("refuses a plan older than the limit", () => {
    const { file, stack } = savedPlan();

    expect(refusal(() => verifyPlan(file, stack, "apply", minutesLater(31)))).toBe(
      "The plan of dev-eu is refused: it is 31 minutes old, and the limit is 30. Nothing was changed.",
    );
  });

  it("refuses a plan that is dated in the future", () => {
    const { file, stack } = savedPlan();

    expect(refusal(() => verifyPlan(file, stack, "apply", minutesLater(-6)))).toBe(
      "The plan of dev-eu is refused: it was made at 2026-11-20T12:00:00.000Z, and it is 2026-11-20T11:54:00.000Z. Nothing was changed.",
    );
    expect(verifyPlan(file, stack, "apply", minutesLater(-5)).stack).toBe("dev-eu");
  });

  it.each(["{", "null", "[]", '{"createdAt":"never"}'])("refuses a plan that is described as %s", (text) => {
    const { file, stack } = savedPlan();
    writeFileSync(`${file}.json`, text);

    expect(refusal(() => verifyPlan(file, stack, "apply", createdAt))).toBe(
      "The plan of dev-eu is refused: there is none that can be read. Nothing was changed.",
    );
  });

  it("refuses a plan made from other bytes", () => {
    const { file, stack } = savedPlan();
    const changed = { ...stack, digest: "0".repeat(64) };

    expect(refusal(() => verifyPlan(file, changed, "apply", createdAt))).toBe(
      `The plan of dev-eu is refused: it was made from other bytes (${stack.digest.slice(0, 12)}) than the stack has now (000000000000). Nothing was changed.`,
    );
  });

  it("refuses a plan file that was changed", () => {
    const { file, stack } = savedPlan();
    writeFileSync(file, "another plan");

    expect(refusal(() => verifyPlan(file, stack, "apply", createdAt))).toBe(
      "The plan of dev-eu is refused: the file was changed after it was made. Nothing was changed.",
    );
  });

  it("refuses a plan that was made for something else", () => {
    const { file, stack } = savedPlan();

    expect(refusal(() => verifyPlan(file, stack, "destroy", createdAt))).toBe(
      "The plan of dev-eu is refused: it is for apply of dev-eu. Nothing was changed.",
    );
  });

  it("refuses when there is no plan", () => {
    const { stack } = savedPlan();

    expect(refusal(() => verifyPlan("/nowhere", stack, "apply", createdAt))).toBe(
      "The plan of dev-eu is refused: there is none that can be read. Nothing was changed.",
    );
  });
});
