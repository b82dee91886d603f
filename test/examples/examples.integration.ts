import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { satisfies } from "semver";

import { TerraformRoot } from "../local-cloud/support/terraform-root";
import { inventory } from "../support/aws-inventory";
import { exampleNames, synthesizeExample, type ExampleStack } from "./support/examples";
import { prodCluster } from "./support/prod-cluster";
import { rootOf, type Program } from "./support/root";

/** The release of the AWS provider that tests run with, the oldest that the modules are made for. */
const providerVersion = "5.100.0";

const minutes = 60_000;
const directory = mkdtempSync(join(tmpdir(), "meridian-examples-"));
const examples = [
  ...exampleNames().map((name) => ({ name, stacks: synthesizeExample(name, directory) })),
  { name: "prod's cluster", stacks: [prodCluster(directory)] },
];
const isTooNew = ({ stacks }: { stacks: readonly ExampleStack[] }): boolean =>
  !stacks.every(({ providerVersions }) => satisfies(providerVersion, providerVersions.replaceAll(",", "")));
const applied = examples.filter((example) => !isTooNew(example));
const skipped = examples.filter(isTooNew);

/** Programs for the requests to the local cloud's stand-ins that no example makes. */
const programFolder = join(__dirname, "../local-cloud/programs");
const programs: Program[] = readdirSync(programFolder)
  .filter((file) => file.endsWith(".tf"))
  .map((file) => ({
    name: `program-${basename(file, ".tf")}`,
    text: readFileSync(join(programFolder, file), "utf8"),
  }));

/** A line of `terraform apply -json` or `destroy -json`. */
interface Line {
  readonly diagnostic?: {
    readonly severity: string;
    readonly summary: string;
    readonly detail?: string;
    readonly address?: string;
  };
}

/** A plan, as `terraform show -json` tells it. */
interface Plan {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
}

/** All examples stand on one cloud together, as the stacks of several teams stand in one account. */
describe("The examples and the stand-ins of the local cloud", () => {
  let root: TerraformRoot;
  let failures: readonly string[] = [];
  let changes: readonly string[] = [];
  let left: readonly string[] = [];

  beforeAll(async () => {
    root = await TerraformRoot.create(
      rootOf(
        applied.flatMap(({ stacks }) => stacks),
        programs,
      ),
    );
    failures = errorsOf(await root.attempt("apply", "-json", "-auto-approve", "-parallelism=40"));
    await root.terraform("plan", "-out=again.tfplan", "-parallelism=40");
    changes = changesOf(await root.terraform("show", "-json", "again.tfplan"));
    failures = [
      ...failures,
      ...errorsOf(
        await root.attempt("destroy", "-json", "-auto-approve", "-refresh=false", "-parallelism=40"),
      ),
    ];
    left = (await root.terraform("state", "list")).split("\n");
  }, 20 * minutes);

  function whatIsWrongWith(modules: readonly { readonly name: string }[]): object {
    const isTheirs = (address: string): boolean =>
      modules.some(({ name }) => address.startsWith(`module.${name}.`));
    return {
      failures: failures.filter(isTheirs),
      changes: changes.filter(isTheirs),
      left: left.filter(isTheirs),
    };
  }

  afterAll(async () => {
    await root.remove();
    rmSync(directory, { recursive: true, force: true });
  }, minutes);

  it.each(applied)(
    "$name is validated and applied by the real provider, has nothing to change then, and is destroyed",
    ({ stacks }) => {
      expect(whatIsWrongWith(stacks)).toEqual({ failures: [], changes: [], left: [] });
    },
  );

  it.each(programs)(
    "$name finds stand-ins for all requests of the real provider, has nothing to change then, and is destroyed",
    (program) => {
      expect(whatIsWrongWith([program])).toEqual({ failures: [], changes: [], left: [] });
    },
  );

  const leaveOut = it.skip;
  leaveOut.each(skipped)(
    `$name is not applied: it needs a newer provider than ${providerVersion}, and is synthesized only`,
    () => undefined,
  );

  it("leave nothing in any region but what is kept on purpose, and ask for nothing that the local cloud lacks", async () => {
    expect({ failures, changes, left: left.filter((address) => address !== "") }).toEqual({
      failures: [],
      changes: [],
      left: [],
    });
    expect(
      await inventory(root.endpoint, ["eu-west-1", "eu-central-1", "us-east-1", "us-east-2", "us-west-2"]),
    ).toEqual([
      // Revisions outlive Terraform, for ECS to go back to; Meridian's runner deregisters them at the end.
      "eu-west-1 ecs arn:aws:ecs:eu-west-1:123456789012:task-definition/example-fargate-web:1",
      // Monitoring.Logs.CloudWatch.DeletionPolicy is Retain where a file does not say otherwise.
      "eu-west-1 logs /meridian/hpc/prod-cfd",
    ]);
    expect(readFileSync(root.logFile, "utf8")).not.toMatch(/NotImplemented|the local cloud failed/);
  });
});

/** The errors that Terraform met, each after the address of its resource. */
function errorsOf({ stdout }: { stdout: string }): string[] {
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => (JSON.parse(line) as Line).diagnostic)
    .filter((diagnostic) => diagnostic?.severity === "error")
    .map(
      (diagnostic) =>
        `${diagnostic?.address ?? ""}: ${diagnostic?.summary ?? ""} ${diagnostic?.detail ?? ""}`,
    );
}

/** What a plan would do, each after the address of its resource. */
function changesOf(plan: string): string[] {
  return ((JSON.parse(plan) as Plan).resource_changes ?? [])
    .filter(({ change }) => !["no-op", "read"].includes(change.actions.join()))
    .map(({ address, change }) => `${address}: ${change.actions.join(" and ")}`);
}
