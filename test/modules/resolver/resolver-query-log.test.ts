import { type ResolverQueryLogProps, ResolverQueryLog } from "../../../modules/resolver";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const required: ResolverQueryLogProps = {
  name: "example",
  account: "111122223333",
  region: "eu-west-1",
  networks: { main: { vpcId: "vpc-1" } },
};

function stackWith(props: Partial<ResolverQueryLogProps> = {}) {
  const stack = emptyStack();
  const log = new ResolverQueryLog(stack, "Log", { ...required, ...props });
  return { stack, log };
}

describe("ResolverQueryLog", () => {
  it("keeps the queries of each network for a month", () => {
    const { stack, log } = stackWith();

    expect(log.logGroupName).toBe("/aws/route53resolver/example");
    expect(resourceAt(stack, "aws_cloudwatch_log_group")).toEqual({
      name: "/aws/route53resolver/example",
      retention_in_days: 30,
    });
    expect(resourceAt(stack, "aws_route53_resolver_query_log_config")).toEqual({
      name: "example",
      destination_arn: "${aws_cloudwatch_log_group.Log_LogGroup_3A254680.arn}",
      depends_on: ["aws_cloudwatch_log_resource_policy.Log_Policy_2D5136D8"],
    });
    expect(
      resourceAt(stack, "aws_route53_resolver_query_log_config_association", "Log/Networks/main"),
    ).toEqual({
      resolver_query_log_config_id: "${aws_route53_resolver_query_log_config.Log_95422804.id}",
      resource_id: "vpc-1",
    });
  });

  it("lets AWS write to this group for this account and region only", () => {
    const { policy_name: name, policy_document: document } = resourceAt(
      stackWith().stack,
      "aws_cloudwatch_log_resource_policy",
    );

    expect(name).toBe("route53resolver-example");
    expect(JSON.parse(document as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "WriteByLogDelivery",
          Effect: "Allow",
          Principal: { Service: "delivery.logs.amazonaws.com" },
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: "${aws_cloudwatch_log_group.Log_LogGroup_3A254680.arn}:*",
          Condition: {
            StringEquals: { "aws:SourceAccount": "111122223333" },
            ArnLike: { "aws:SourceArn": "arn:aws:logs:eu-west-1:111122223333:*" },
          },
        },
      ],
    });
  });

  it("is encrypted with a key of the user and kept for longer where asked to", () => {
    const { stack } = stackWith({ keyArn: "arn:aws:kms:eu-west-1:111122223333:key/1", retentionDays: 365 });

    expect(resourceAt(stack, "aws_cloudwatch_log_group")).toMatchObject({
      kms_key_id: "arn:aws:kms:eu-west-1:111122223333:key/1",
      retention_in_days: 365,
    });
  });

  it("refuses a bad name, a bad account, no network and an odd time, all at once", () => {
    expect(refusal(() => stackWith({ name: "a b", account: "1", networks: {}, retentionDays: 31 }))).toBe(
      [
        "test/Log: 'name' must be 1 to 64 letters, digits, hyphens, underscores or spaces, and not digits alone, " +
          'without spaces, got "a b"; shorten it or leave other characters out',
        "test/Log: 'account' must be the 12 digits of an AWS account, got \"1\"; " +
          "write the account id as text, with its leading zeros",
        "test/Log: 'networks' must hold at least one network, got {}; name the networks whose queries are kept",
        "test/Log: 'retentionDays' must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, " +
          "1827, 2192, 2557, 2922, 3288, 3653, got 31; choose the next longer period",
      ].join("\n"),
    );
  });
});
