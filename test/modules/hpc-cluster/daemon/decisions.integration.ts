import { execFileSync } from "node:child_process";
import { join } from "node:path";

const program = join(__dirname, "decisions.py");
const outcomes = JSON.parse(execFileSync("python3", [program], { encoding: "utf8" })) as Record<
  string,
  string
>;

describe("the cluster daemon", () => {
  it.each(Object.keys(outcomes))("%s", (name) => {
    expect(outcomes[name]).toBe("passed");
  });
});
