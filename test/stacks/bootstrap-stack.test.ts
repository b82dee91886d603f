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
  it("lets the plan role read the objects of the environment's clusters, in their own buckets alone", () => {
    const bucket = "prod-cfd-111122223333-eu-west-1-hpc";
    const stack = stackOf(prod, "hpc-cfd");
    const keys = Object.values(resourcesOf(stack, "aws_s3_object")).map(({ key }) => String(key));

    expect(planStatement("DenyOtherObjects")?.NotResource.slice(1)).toEqual([
      `arn:aws:s3:::${bucket}/clusters/prod-cfd/*`,
    ]);
    expect(Object.values(resourcesOf(stack, "aws_s3_bucket")).map((each) => each.bucket)).toEqual([bucket]);
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !key.startsWith("clusters/prod-cfd/"))).toEqual([]);
  });
});
