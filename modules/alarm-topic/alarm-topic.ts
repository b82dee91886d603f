import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";

import { partitionOf, type IAlarmTopic } from "../../core";
import { emailAddress } from "../../core/forms";
import { validate, type ValidationRule } from "../parts";

/** Settings of an {@link AlarmTopic}. */
export interface AlarmTopicProps {
  /** Name of the topic, unique in its account and region. */
  readonly topicName: string;
  /** The account that the alarms belong to, 12 digits. */
  readonly account: string;
  /** The region that the alarms belong to, such as `eu-west-1`. */
  readonly region: string;
  /**
   * Addresses that are mailed. Each gets one mail that asks to confirm the subscription.
   *
   * @default []
   */
  readonly emails?: readonly string[];
  /**
   * Whether rules of EventBridge may publish too, such as those on findings in images. EventBridge
   * supports no conditions in the policies of topics, so this lets in EventBridge as a whole.
   *
   * @default false
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
   */
  readonly eventBridge?: boolean;
  /**
   * The provider of the region, where it is another one than the stack's.
   *
   * @default - the stack's own provider
   */
  readonly provider?: TerraformProvider;
}

const rules: readonly ValidationRule<AlarmTopicProps>[] = [
  {
    property: "emails",
    isValid: ({ emails = [] }) => emails.every(emailAddress.accepts),
    expected: "be mail addresses",
    got: ({ emails = [] }) => emails.filter((email) => !emailAddress.accepts(email)),
    remedy: 'write each like "oncall@example.com"',
  },
];

/**
 * Where an environment's alarms of one region go.
 *
 * Creates an SNS topic encrypted with a key of its own (CloudWatch cannot publish to a topic that
 * uses the AWS-managed key), a policy that lets only this account's alarms publish, and
 * the mail subscriptions.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export class AlarmTopic extends Construct implements IAlarmTopic {
  /** The topic, for settings that this module does not model. */
  public readonly resource: SnsTopic;
  public readonly topicArn: string;

  public constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    validate(this, rules, props);

    const { provider } = props;
    const key = this.createKey(props);
    this.resource = new SnsTopic(this, "Resource", {
      name: props.topicName,
      kmsMasterKeyId: key.arn,
      provider,
    });
    this.topicArn = this.resource.arn;
    new SnsTopicPolicy(this, "Policy", {
      arn: this.topicArn,
      policy: JSON.stringify(topicPolicy(props)),
      provider,
    });
    for (const email of props.emails ?? []) {
      new SnsTopicSubscription(this, `Email-${email}`, {
        topicArn: this.topicArn,
        protocol: "email",
        endpoint: email,
        provider,
      });
    }
  }

  private createKey(props: AlarmTopicProps): KmsKey {
    const key = new KmsKey(this, "Key", {
      provider: props.provider,
      description: `Encrypts alarm messages on ${props.topicName}`,
      enableKeyRotation: true,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AccountAdministersTheKey",
            Effect: "Allow",
            Principal: { AWS: `arn:${partitionOf(props.region)}:iam::${props.account}:root` },
            Action: "kms:*",
            Resource: "*",
          },
          {
            Sid: "AlarmsEncrypt",
            Effect: "Allow",
            Principal: { Service: publisher },
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
            Resource: "*",
            Condition: { StringEquals: { "aws:SourceAccount": props.account } },
          },
          ...(props.eventBridge === true ? [eventsEncrypt] : []),
        ],
      }),
    });
    new KmsAlias(this, "KeyAlias", {
      name: `alias/${props.topicName}`,
      targetKeyId: key.keyId,
      provider: props.provider,
    });
    return key;
  }
}

const publisher = "cloudwatch.amazonaws.com";

const eventsEncrypt = {
  Sid: "EventsEncrypt",
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
  Resource: "*",
};

function topicPolicy({ account, region, topicName, eventBridge }: AlarmTopicProps): object {
  const topicArn = `arn:${partitionOf(region)}:sns:${region}:${account}:${topicName}`;
  const eventsPublish = {
    Sid: "EventsPublish",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sns:Publish",
    Resource: topicArn,
  };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AlarmsPublish",
        Effect: "Allow",
        Principal: { Service: publisher },
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      },
      ...(eventBridge === true ? [eventsPublish] : []),
    ],
  };
}
