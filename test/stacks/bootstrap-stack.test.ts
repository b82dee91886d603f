import prod from "../../environments/prod";
import { resourceAt, resourcesOf } from "../support/synth";
import { stackOf } from "./sample-stacks";

interface Statement {
  readonly Sid: string;
  readonly NotResource: readonly string[];
}

function planStatement(sid: string): Statement | undefined {
  const { policy } = resourceAt(
    stackOf(prod, "bootstrap"),
    "aws_iam_role_policy",
    "DeployRoles/PlanRolePolicy",
  );
  return (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement.find(({ Sid }) => Sid === sid);
}

describe("A bootstrap stack", () => {
  it("lets the plan role read the objects of the environment's clusters, wherever their bucket is", () => {
    expect(planStatement("DenyOtherObjects")?.NotResource[1]).toBe("arn:aws:s3:::*/clusters/prod-cfd/*");
    const keys = Object.values(resourcesOf(stackOf(prod, "hpc-cfd"), "aws_s3_object")).map(({ key }) =>
      String(key),
    );
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !key.startsWith("clusters/prod-cfd/"))).toEqual([]);
  });
});
