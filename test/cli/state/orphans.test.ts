import { readFileSync } from "node:fs";
import { join } from "node:path";

import { findOrphans } from "../../../cli/state/orphans";
import { planDestroy } from "../../../cli/plan/planning";
import type { State } from "../../../cli/stacks/state-file";
import { StateHome } from "../../../cli/state/state-home";
import { fakeContext, stateWith } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";
import { s3Stack } from "../support/fixture-stacks";

const shared = "Z1__a1.example.com._CNAME";

function stateWithRecords(ids: Readonly<Record<string, string>>): State {
  return {
    ...stateWith(0),
    resources: Object.entries(ids).map(([name, id]) => ({
      mode: "managed",
      type: "aws_route53_record",
      name,
      instances: [{ attributes: { id } }],
    })),
  };
}

async function orphaned(staying: Readonly<Record<string, string>>) {
  const context = fakeContext([s3Stack("dev-eu")]);
  context.aws.states.set("dev-eu.tfstate", stateWithRecords(staying));
  context.aws.states.set(
    "dev-us.tfstate",
    stateWithRecords({ Shared: shared, Own: "Z1__b2.us-east-1.example.com._CNAME" }),
  );
  const configuration = {
    provider: { aws: [{ region: "us-east-1" }] },
    resource: { aws_route53_record: {} },
  };
  context.aws.objects.versionsByKey.set("dev-us.applied.json", [
    JSON.stringify({ version: 1, stack: "dev-us", dependencies: [], configuration }),
  ]);
  const session = await fakeSession(context);
  const [orphan] = await findOrphans(session);
  if (orphan === undefined) {
    throw new Error("expected an orphan");
  }
  await planDestroy(session, await StateHome.find(session), orphan.stack);
  return {
    configuration: JSON.parse(readFileSync(join(orphan.stack.directory, "cdk.tf.json"), "utf8")) as object,
    calls: session.terraform.calls,
  };
}

describe("A stack that is no longer in the code", () => {
  it("leaves the records in the zone that stacks which stay have, too, such as the proof of shared names", async () => {
    const { configuration, calls } = await orphaned({ Certificate: shared });

    expect(configuration).toEqual({
      provider: { aws: [{ region: "us-east-1" }] },
      removed: [{ from: "aws_route53_record.Shared", lifecycle: [{ destroy: false }] }],
    });
    // A plan to destroy would not heed that; one towards nothing destroys the rest all the same.
    expect(calls).toEqual(["init dev-us", "plan dev-us"]);
  });

  it("takes with it what nobody else has", async () => {
    const { configuration, calls } = await orphaned({ Other: "Z1_web.example.com_A" });

    expect(configuration).toEqual({ provider: { aws: [{ region: "us-east-1" }] } });
    expect(calls).toEqual(["init dev-us", "plan -destroy dev-us"]);
  });
});
