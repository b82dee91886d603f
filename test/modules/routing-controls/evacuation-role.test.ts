import { EvacuationRole, type EvacuationRoleProps } from "../../../modules/routing-controls";
import { decision, type PolicyDocument } from "../../support/iam";
import { emptyStack, resourceAt } from "../../support/synth";

const control = "arn:aws:route53-recovery-control::123456789012:controlpanel/0a/routingcontrol/1b";

function policyOf(props: Partial<EvacuationRoleProps> = {}): PolicyDocument {
  const stack = emptyStack();
  new EvacuationRole(stack, "Role", {
    name: "prod-meridian-evacuate",
    account: "123456789012",
    region: "eu-west-1",
    controlArns: [control],
    parameterName: "/meridian/prod/routing-controls",
    recordObjectArns: ["arn:aws:s3:::states/prod/region-changes/*"],
    ...props,
  });
  expect(resourceAt(stack, "aws_iam_role")).toEqual({
    name: "prod-meridian-evacuate",
    assume_role_policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::123456789012:root" },
          Action: "sts:AssumeRole",
        },
      ],
    }),
  });
  return JSON.parse(String(resourceAt(stack, "aws_iam_role_policy").policy)) as PolicyDocument;
}

const flip = "route53-recovery-cluster:UpdateRoutingControlStates";
const overriding = { "route53-recovery-cluster:AllowSafetyRulesOverrides": "true" };

describe("EvacuationRole", () => {
  it.each([
    [flip, control],
    ["route53-recovery-cluster:ListRoutingControls", "*"],
    ["ssm:GetParameter", "arn:aws:ssm:eu-central-1:123456789012:parameter/meridian/prod/routing-controls"],
    ["ecs:DescribeServices", "arn:aws:ecs:eu-west-1:123456789012:service/prod/prod-web"],
    ["s3:PutObject", "arn:aws:s3:::states/prod/region-changes/now.json"],
  ])("allows %s on what it is for", async (action, resource) => {
    expect(await decision([policyOf()], action, resource)).toBe("Allowed");
  });

  it.each([
    [flip, control.replace("1b", "2c")],
    ["route53-recovery-control-config:DeleteRoutingControl", control],
    ["route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1"],
    ["ssm:GetParameter", "arn:aws:ssm:eu-west-1:123456789012:parameter/meridian/prod/other"],
    ["s3:PutObject", "arn:aws:s3:::states/prod/prod-edge.tfstate"],
    ["s3:GetObject", "arn:aws:s3:::states/prod/prod-edge.tfstate"],
    ["kms:GenerateDataKey", "arn:aws:kms:eu-west-1:123456789012:key/1"],
  ])("allows %s on nothing else", async (action, resource) => {
    expect(await decision([policyOf()], action, resource)).toBe("ImplicitlyDenied");
  });

  it("encrypts what it writes down, through S3 and for that bucket only", () => {
    expect(policyOf().Statement.at(-1)).toEqual({
      Sid: "EncryptRecords",
      Effect: "Allow",
      Action: "kms:GenerateDataKey",
      Resource: "arn:aws:kms:*:123456789012:key/*",
      Condition: {
        StringLike: {
          "kms:ViaService": "s3.*.amazonaws.com",
          "kms:EncryptionContext:aws:s3:arn": [
            "arn:aws:s3:::states/prod/region-changes/*",
            "arn:aws:s3:::states",
          ],
        },
      },
    });
  });

  it("overrides safety rules by default", async () => {
    const careful = policyOf({ mayOverrideSafetyRules: false, recordObjectArns: [] });

    expect(await decision([policyOf()], flip, control, overriding)).toBe("Allowed");
    expect(await decision([careful], flip, control, overriding)).toBe("ExplicitlyDenied");
    expect(await decision([careful], flip, control)).toBe("Allowed");
  });
});
