import { TableAccess, type TableAccessProps } from "../../../modules/global-table";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const required: TableAccessProps = {
  tableName: "prod-carts",
  account: "111122223333",
  region: "eu-west-1",
  grantee: { roleName: "checkout", roleArn: "arn:aws:iam::111122223333:role/checkout" },
  access: "read",
};

function policyWith(props: Partial<TableAccessProps> = {}): { Statement: Record<string, unknown>[] } {
  const stack = emptyStack();
  new TableAccess(stack, "Access", { ...required, ...props });
  const { policy } = resourceAt(stack, "aws_iam_role_policy");
  return JSON.parse(String(policy)) as { Statement: Record<string, unknown>[] };
}

describe("TableAccess", () => {
  it("lets a role read one region's copy of a table of another stack", () => {
    expect(policyWith()).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Items",
          Effect: "Allow",
          Action: [
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DescribeTable",
            "dynamodb:GetItem",
            "dynamodb:Query",
            "dynamodb:Scan",
          ],
          Resource: ["arn:aws:dynamodb:eu-west-1:111122223333:table/prod-carts"],
        },
      ],
    });
  });

  it("reaches the table's indexes and its key, by way of DynamoDB only", () => {
    const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/1";
    const [, indexes, keys] = policyWith({ indexNames: ["by-day"], kmsKeyArn }).Statement;

    expect(indexes?.Resource).toEqual([
      "arn:aws:dynamodb:eu-west-1:111122223333:table/prod-carts/index/by-day",
    ]);
    expect(keys).toMatchObject({
      Resource: [kmsKeyArn],
      Condition: { StringEquals: { "kms:ViaService": ["dynamodb.eu-west-1.amazonaws.com"] } },
    });
  });

  it("refuses an account that is none", () => {
    expect(refusal(() => policyWith({ account: "1" }))).toBe(
      "test/Access: 'account' must be the 12 digits of an AWS account, got \"1\"; write the account id as text, with its leading zeros",
    );
  });
});
