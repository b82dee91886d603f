import type { TerraformStack } from "cdktf";

import { AlarmTopic, type AlarmTopicProps } from "../../../modules/alarm-topic";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";

function stackWith(overrides: Partial<AlarmTopicProps> = {}): TerraformStack {
  const stack = emptyStack("prod-eu-west-1");
  new AlarmTopic(stack, "Alarms", {
    topicName: "prod-alarms",
    account: "111122223333",
    region: "eu-west-1",
    ...overrides,
  });
  return stack;
}

describe("AlarmTopic", () => {
  it("encrypts the topic with its own key, which alarms of the account may use", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_sns_topic")).toEqual({
      name: "prod-alarms",
      kms_master_key_id: "${aws_kms_key.Alarms_Key_66918E0D.arn}",
    });
    const policy = JSON.parse(String(resourceAt(stack, "aws_kms_key").policy)) as { Statement: object[] };
    expect(policy.Statement[1]).toEqual({
      Sid: "AlarmsEncrypt",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
    });
  });

  it("lets only alarms of the account publish", () => {
    const { policy } = resourceAt(stackWith(), "aws_sns_topic_policy");

    expect(JSON.parse(String(policy))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AlarmsPublish",
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: "arn:aws:sns:eu-west-1:111122223333:prod-alarms",
          Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
        },
      ],
    });
  });

  it("mails nobody by default", () => {
    expect(resourcesOf(stackWith(), "aws_sns_topic_subscription")).toEqual({});
  });

  it("mails each address", () => {
    expect(
      resourceAt(stackWith({ emails: ["oncall@example.com"] }), "aws_sns_topic_subscription"),
    ).toMatchObject({
      protocol: "email",
      endpoint: "oncall@example.com",
    });
  });

  it("refuses what is no mail address", () => {
    expect(refusal(() => stackWith({ emails: ["oncall"] }))).toBe(
      'prod-eu-west-1/Alarms: \'emails\' must be mail addresses, got ["oncall"]; write each like "oncall@example.com"',
    );
  });

  it("lets EventBridge publish and encrypt only where asked", () => {
    const stack = stackWith({ eventBridge: true });
    const statements = (text: unknown) => (JSON.parse(String(text)) as { Statement: object[] }).Statement;

    expect(statements(resourceAt(stack, "aws_sns_topic_policy").policy)[1]).toEqual({
      Sid: "EventsPublish",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sns:Publish",
      Resource: "arn:aws:sns:eu-west-1:111122223333:prod-alarms",
    });
    expect(statements(resourceAt(stack, "aws_kms_key").policy)[2]).toEqual({
      Sid: "EventsEncrypt",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
    });
  });
});
