import { type RegistryPolicyProps, RegistryPolicy } from "../../../modules/container-registry";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

function policyWith(replicationSources: RegistryPolicyProps["replicationSources"]) {
  const stack = emptyStack();
  new RegistryPolicy(stack, "Policy", { account: "111122223333", region: "eu-west-1", replicationSources });
  return JSON.parse(resourceAt(stack, "aws_ecr_registry_policy").policy as string) as unknown;
}

describe("RegistryPolicy", () => {
  it("lets accounts replicate into repositories of their prefixes", () => {
    expect(policyWith({ "222233334444": ["web", "team/"], "333344445555": [""] })).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "ReplicateFrom222233334444",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::222233334444:root" },
          Action: ["ecr:CreateRepository", "ecr:ReplicateImage"],
          Resource: [
            "arn:aws:ecr:eu-west-1:111122223333:repository/web*",
            "arn:aws:ecr:eu-west-1:111122223333:repository/team/*",
          ],
        },
        {
          Sid: "ReplicateFrom333344445555",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::333344445555:root" },
          Action: ["ecr:CreateRepository", "ecr:ReplicateImage"],
          Resource: ["arn:aws:ecr:eu-west-1:111122223333:repository/*"],
        },
      ],
    });
  });

  it("refuses to let nobody in", () => {
    expect(refusal(() => policyWith({}))).toBe(
      "test/Policy: 'replicationSources' must name at least one account, got {}; add one, or leave the policy out",
    );
  });

  it("refuses accounts that are none, are this one, or have no prefix", () => {
    expect(refusal(() => policyWith({ root: [""], "111122223333": [""], "222233334444": [] }))).toBe(
      "test/Policy: 'replicationSources' must name other accounts by ids of 12 digits, with at least one prefix each, " +
        'got ["root","111122223333","222233334444"]; correct them; the prefix "" stands for every repository',
    );
  });
});
