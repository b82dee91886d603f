import { applyPatiently } from "../../../cli/plan/patience";
import type { Stack } from "../../../cli/stacks/manifest";
import { type ChangeCounts, noChanges, type PlannedChange } from "../../../cli/terraform/events";
import { TerraformError } from "../../../cli/terraform/terraform";
import { fakeContext } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";
import { s3Stack } from "../support/fixture-stacks";

const connector: PlannedChange = { address: "aws_apprunner_vpc_connector.Out", action: "delete" };
const approved: readonly PlannedChange[] = [
  connector,
  { address: "aws_apprunner_service.Site", action: "delete" },
  { address: "aws_apprunner_vpc_connector.Replaced", action: "replace" },
  { address: "aws_route53_record.Proof", action: "forget" },
];

/** The first attempt has deleted the service. */
const inUse = (isPassing = true): TerraformError =>
  new TerraformError(
    "App Runner says that the VPC connector out is still being used.\nError: deleting",
    "Run the command again later.",
    "/log",
    "connector-in-use",
    [connector.address],
    { ...noChanges, remove: 1 },
    undefined,
    isPassing,
  );

interface Attempted {
  readonly applies: number;
  readonly replans: number;
  readonly seconds: number;
  readonly counts?: ChangeCounts;
  readonly error?: TerraformError;
  readonly said: string;
}

/** Applies with these failures, one an attempt, and what is left after each. */
async function attempt(
  failures: readonly Error[],
  left: readonly PlannedChange[] = [connector],
  interruptAfter = Infinity,
): Promise<Attempted> {
  let [applies, replans, seconds] = [0, 0, 0];
  const context = fakeContext([s3Stack("dev-eu")], {
    sleep: () => {
      seconds += 1;
      if (seconds === interruptAfter) {
        context.interrupts.interrupt();
      }
      return Promise.resolve();
    },
  });
  const session = await fakeSession(context);
  const [stack] = session.synthesis.stacks as [Stack];
  const outcome = await applyPatiently(session, stack, {
    approved,
    apply: () => {
      applies += 1;
      const failure = failures[applies - 1];
      return failure === undefined ? Promise.resolve({ ...noChanges, remove: 1 }) : Promise.reject(failure);
    },
    replan: () => {
      replans += 1;
      return Promise.resolve({ changes: left });
    },
  }).then(
    (counts) => ({ counts }),
    (error: unknown) => ({ error: error as TerraformError }),
  );
  return { applies, replans, seconds, ...outcome, said: context.written.err };
}

describe("applyPatiently", () => {
  it("deletes later what AWS has not released yet, and counts all attempts", async () => {
    const { applies, replans, seconds, counts, said } = await attempt([inUse(), inUse()]);

    expect({ applies, replans, seconds }).toEqual({ applies: 3, replans: 2, seconds: 45 });
    expect(counts).toEqual({ ...noChanges, remove: 3 });
    expect(said).toContain(
      "dev-eu: App Runner says that the VPC connector out is still being used. Trying again in 15 s.",
    );
  });

  it("is content when what was refused is gone by itself", async () => {
    expect(await attempt([inUse()], [])).toMatchObject({ applies: 1, counts: { ...noChanges, remove: 1 } });
  });

  it("gives up after some minutes, and says how often it tried", async () => {
    const { applies, seconds, error } = await attempt(new Array<Error>(20).fill(inUse()));

    expect({ applies, seconds }).toEqual({ applies: 10, seconds: 840 });
    expect(error?.message).toBe(
      "App Runner says that the VPC connector out is still being used.\nError: deleting\nIt was tried 10 times in 14 minutes.",
    );
    expect(error?.remedy).toBe("Run the command again later.");
    expect(error?.counts).toEqual({ ...noChanges, remove: 10 });
  });

  it("tries nothing else again", async () => {
    expect(await attempt([inUse(false)])).toMatchObject({ applies: 1, replans: 0, seconds: 0 });
    expect(await attempt([new Error("full")])).toMatchObject({ applies: 1, replans: 0, seconds: 0 });
  });

  it.each([
    ["creates something", { ...connector, action: "create" }],
    ["deletes what nobody approved", { ...connector, address: "aws_vpc.Main" }],
  ] as const)("applies nothing that %s", async (_what, change) => {
    const { applies, error } = await attempt([inUse()], [connector, change]);

    expect(applies).toBe(1);
    expect(error?.message).toContain("The remaining changes go beyond the deletions that were approved.");
  });

  it("deletes what was replaced, as part of the replacement that was approved", async () => {
    const replaced = { address: "aws_apprunner_vpc_connector.Replaced", action: "delete" } as const;
    expect(await attempt([inUse()], [replaced])).toMatchObject({ applies: 2 });
  });

  it("removes from the state what was to be removed", async () => {
    const shared = { address: "aws_route53_record.Proof", action: "forget" } as const;
    expect(await attempt([inUse()], [connector, shared])).toMatchObject({ applies: 2 });
  });

  it("stops waiting when the user interrupts", async () => {
    expect(await attempt([inUse()], [connector], 3)).toMatchObject({ applies: 1, replans: 0, seconds: 3 });
  });
});
