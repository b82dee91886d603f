import prod from "../../environments/prod";
import { resourceAt, resourcesOf } from "../support/synth";
import { stackOf } from "./sample-stacks";

interface Statement {
  readonly Sid: string;
  readonly Resource: readonly string[];
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
  it("lets the plan role read the replica of the state, which is all there is while the home region is dark", () => {
    const replica = /aws_s3_bucket\.State_Replica_\w+\.arn\}\/\*$/;
    const key = /aws_kms_key\.State_Replica_Key_\w+\.arn\}$/;

    expect(planStatement("ReadState")?.Resource[1]).toMatch(replica);
    expect(planStatement("DenyOtherObjects")?.NotResource[1]).toMatch(replica);
    expect(planStatement("DecryptState")?.Resource[1]).toMatch(key);
    expect(planStatement("DenyOtherKeys")?.NotResource[1]).toMatch(key);
  });

  it("lets the plan role read the objects of the environment's clusters, in their own buckets alone", () => {
    const bucket = "prod-cfd-111122223333-eu-west-1-hpc";
    const stack = stackOf(prod, "hpc-cfd");
    const keys = Object.values(resourcesOf(stack, "aws_s3_object")).map(({ key }) => String(key));

    expect(planStatement("DenyOtherObjects")?.NotResource.slice(2)).toEqual([
      `arn:aws:s3:::${bucket}/clusters/prod-cfd/*`,
    ]);
    expect(Object.values(resourcesOf(stack, "aws_s3_bucket")).map((each) => each.bucket)).toEqual([bucket]);
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !key.startsWith("clusters/prod-cfd/"))).toEqual([]);
  });
});
