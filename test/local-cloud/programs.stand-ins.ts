import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rootOfPrograms } from "./support/terraform-programs";
import type { TerraformRoot } from "./support/terraform-root";

jest.setTimeout(1_800_000);

/**
 * Applies small Terraform programs with the real provider, so that every stand-in meets the
 * requests that it was made for. All programs are modules of one root: their fixed waits
 * then pass at the same time.
 */
describe("the local cloud under Terraform", () => {
  let programs: TerraformRoot;

  beforeAll(async () => {
    programs = await rootOfPrograms(join(__dirname, "programs"));
  });
  afterAll(async () => {
    await programs.remove();
  });

  it("creates every resource, finds nothing to change, and destroys to nothing", async () => {
    await programs.terraform("apply", "-auto-approve", "-parallelism=40");
    const plan = await programs.terraform("plan");
    await programs.terraform("destroy", "-auto-approve", "-parallelism=40");

    expect(plan).toContain("No changes.");
    expect(await programs.terraform("state", "list")).toBe("");
    expect(readFileSync(programs.logFile, "utf8")).not.toMatch(/NotImplemented|the local cloud failed/);
  });
});
