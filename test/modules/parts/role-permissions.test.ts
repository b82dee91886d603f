import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";

import type { Permission } from "../../../core";
import { RolePermissions, type RolePermissionsProps } from "../../../modules/parts";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const grantee = { roleName: "orders", roleArn: "arn:aws:iam::111122223333:role/orders" };
const send: Permission = {
  actions: ["sqs:SendMessage"],
  resources: ["arn:aws:sqs:eu-west-1:111122223333:orders"],
};

function resourceWith(props: Partial<RolePermissionsProps> = {}) {
  const stack = emptyStack();
  new RolePermissions(stack, "Permissions", { grantee, permissions: [send], ...props });
  return resourceAt(stack, "aws_iam_role_policy");
}

const refusalOf = (...permissions: Permission[]) => refusal(() => resourceWith({ permissions }));

describe("RolePermissions", () => {
  it("puts a policy with exactly these permissions into the role", () => {
    expect(resourceWith()).toEqual({
      name: "permissions",
      role: "orders",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: send.actions, Resource: send.resources }],
      }),
    });
  });

  it("keeps conditions, and policy variables from Terraform", () => {
    const own: Permission = {
      actions: ["s3:*"],
      resources: ["arn:aws:s3:::inbox/${aws:PrincipalTag/team}/*"],
      conditions: { StringEquals: { "aws:ResourceAccount": "111122223333" } },
    };

    expect(resourceWith({ permissions: [own], policyName: "inbox" })).toEqual({
      name: "inbox",
      role: "orders",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["s3:*"],
            Resource: ["arn:aws:s3:::inbox/$${aws:PrincipalTag/team}/*"],
            Condition: { StringEquals: { "aws:ResourceAccount": "111122223333" } },
          },
        ],
      }),
    });
  });

  it("takes ARNs that are known at apply only", () => {
    const stack = emptyStack();
    const bucket = new S3Bucket(stack, "Inbox", { bucket: "inbox" });
    const permissions = [{ actions: ["s3:GetObject"], resources: [`${bucket.arn}/*`] }];
    new RolePermissions(stack, "Permissions", { grantee, permissions });

    expect(resourceAt(stack, "aws_iam_role_policy").policy).toBe(
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],' +
        '"Resource":["${aws_s3_bucket.Inbox.arn}/*"]}]}',
    );
  });

  it("refuses what allows nothing", () => {
    expect(refusalOf({ ...send, resources: [] })).toBe(
      "test/Permissions: 'permissions' must hold permissions of at least one action and one resource each, got " +
        '[{"actions":["sqs:SendMessage"],"resources":[]}]; name them, or leave the construct out',
    );
  });

  it("refuses actions and resources that are none, all at once", () => {
    expect(refusalOf({ actions: ["*", "sqs:SendMessage"], resources: ["orders", "*"] })).toBe(
      "test/Permissions: 'permissions' must name actions as a service and an action, got [\"*\"]; " +
        "write them like 's3:GetObject'\n" +
        "test/Permissions: 'permissions' must name resources by ARN, or all of them by '*', got [\"orders\"]; " +
        "write them like 'arn:aws:s3:::orders/*'",
    );
  });

  it("refuses all of a service on everything", () => {
    expect(refusalOf({ actions: ["sqs:*", "sqs:SendMessage"], resources: ["*"] })).toBe(
      "test/Permissions: 'permissions' must not allow all that a service can do on everything, got [\"sqs:*\"]; " +
        "name the actions that are called, or the resources that are theirs",
    );
  });

  it("refuses a policy that IAM has no room for", () => {
    const resources = Array.from(
      { length: 300 },
      (_, index) => `arn:aws:sqs:eu-west-1:111122223333:q-${index}`,
    );

    expect(refusalOf({ ...send, resources })).toMatch(
      /^test\/Permissions: 'permissions' must make a policy of at most 10240 characters, got \d+; sum up actions or resources with '\*'$/,
    );
  });
});
