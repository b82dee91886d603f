import { AwsProvider } from "@cdktf/provider-aws/lib/provider";

import { type QueryLogProps, QueryLog } from "../../../modules/dns";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const required: QueryLogProps = {
  zone: { hostedZoneId: "Z1", zoneName: "example.com" },
  account: "111122223333",
};

function stackWith(props: Partial<QueryLogProps> = {}) {
  const stack = emptyStack();
  const log = new QueryLog(stack, "Log", { ...required, ...props });
  return { stack, log };
}

describe("QueryLog", () => {
  it("keeps queries for a month", () => {
    const { stack, log } = stackWith();

    expect(log.logGroupName).toBe("/aws/route53/example.com");
    expect(resourceAt(stack, "aws_cloudwatch_log_group")).toEqual({
      name: "/aws/route53/example.com",
      retention_in_days: 30,
    });
    expect(resourceAt(stack, "aws_route53_query_log")).toEqual({
      zone_id: "Z1",
      cloudwatch_log_group_arn: "${aws_cloudwatch_log_group.Log_LogGroup_3A254680.arn}",
      depends_on: ["aws_cloudwatch_log_resource_policy.Log_Policy_2D5136D8"],
    });
  });

  it("lets Route 53 write for this zone to this group and nothing else", () => {
    const { policy_name: name, policy_document: document } = resourceAt(
      stackWith().stack,
      "aws_cloudwatch_log_resource_policy",
    );

    expect(name).toBe("route53-example.com");
    expect(JSON.parse(document as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "WriteByRoute53",
          Effect: "Allow",
          Principal: { Service: "route53.amazonaws.com" },
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: "${aws_cloudwatch_log_group.Log_LogGroup_3A254680.arn}:*",
          Condition: {
            StringEquals: { "aws:SourceAccount": "111122223333" },
            ArnEquals: { "aws:SourceArn": "arn:aws:route53:::hostedzone/Z1" },
          },
        },
      ],
    });
  });

  it("is in us-east-1 by another provider, encrypted with a key of the user", () => {
    const stack = emptyStack();
    const provider = new AwsProvider(stack, "UsEast1", { region: "us-east-1", alias: "us_east_1" });
    const keyArn = "arn:aws:kms:us-east-1:111122223333:key/1";

    new QueryLog(stack, "Log", { ...required, provider, keyArn, retentionDays: 365 });

    expect(resourceAt(stack, "aws_cloudwatch_log_group")).toEqual({
      name: "/aws/route53/example.com",
      retention_in_days: 365,
      kms_key_id: keyArn,
      provider: "aws.us_east_1",
    });
    expect(resourceAt(stack, "aws_cloudwatch_log_resource_policy").provider).toBe("aws.us_east_1");
  });

  it("refuses what CloudWatch Logs does not know", () => {
    const keyArn = "arn:aws:kms:eu-west-1:111122223333:key/1";

    expect(refusal(() => stackWith({ account: "1", retentionDays: 31, keyArn }))).toBe(
      [
        "test/Log: 'account' must be the 12 digits of an AWS account, got \"1\"; " +
          "write the account id as text, with its leading zeros",
        "test/Log: 'retentionDays' must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, " +
          "1827, 2192, 2557, 2922, 3288, 3653, got 31; choose the next longer period",
        `test/Log: 'keyArn' must be the ARN of a KMS key in us-east-1, got "${keyArn}"; ` +
          "make the key there: the log group is there too",
      ].join("\n"),
    );
  });
});
