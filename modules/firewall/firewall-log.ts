import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
import type { Wafv2WebAcl } from "@cdktf/provider-aws/lib/wafv2-web-acl";
import {
  Wafv2WebAclLoggingConfiguration,
  type Wafv2WebAclLoggingConfigurationLoggingFilter,
} from "@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration";
import { Construct } from "constructs";

import { partitionOf } from "../../core";

/** What became of a request, as the log says it. */
export type LoggedAction = "ALLOW" | "BLOCK" | "COUNT" | "CAPTCHA" | "CHALLENGE" | "EXCLUDED_AS_COUNT";

/** How the requests that a firewall saw are logged. */
export interface FirewallLogOptions {
  /**
   * Days that CloudWatch keeps a record, one of the periods it offers.
   *
   * @default 30
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
   */
  readonly retentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the records. Its key policy must let CloudWatch Logs of the
   * region use it.
   *
   * @default - encrypted with a key that AWS owns
   */
  readonly kmsKeyArn?: string;
  /**
   * Headers whose values are left out, upper and lower case alike. Give more rather than fewer: what
   * is logged can be read by everyone who may read the log.
   *
   * @default ["authorization", "cookie"]
   */
  readonly redactedHeaders?: readonly string[];
  /**
   * Other parts of a request that are left out.
   *
   * @default - none
   */
  readonly redactedParts?: readonly ("method" | "query-string" | "uri-path")[];
  /**
   * Only requests that ended so are logged. A request that a rule counted is `COUNT`, whatever
   * became of it later.
   *
   * @default - all requests are logged
   */
  readonly keptActions?: readonly LoggedAction[];
}

/** Retention when none is asked for. */
export const defaultRetentionDays = 30;

/** Headers that are left out when nothing else is asked for: they hold what a client is known by. */
const defaultRedactedHeaders: readonly string[] = ["authorization", "cookie"];

/** What a {@link FirewallLog} is made of. */
export interface FirewallLogProps extends FirewallLogOptions {
  /** Name of the firewall. */
  readonly name: string;
  /** The account, 12 digits. */
  readonly account: string;
  /** The region of the web ACL, `us-east-1` for the scope `CLOUDFRONT`. */
  readonly region: string;
  /** The web ACL to log. */
  readonly webAcl: Wafv2WebAcl;
}

/**
 * The log of a firewall in CloudWatch Logs, with the policy that lets AWS WAF write to it.
 *
 * Without a policy of its own each firewall would add a line to one that AWS WAF keeps for the whole
 * region, until that is full and logging fails.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
 */
export class FirewallLog extends Construct {
  /** The logging configuration, for settings that this module does not model. */
  public readonly resource: Wafv2WebAclLoggingConfiguration;
  /** Name of the log group. */
  public readonly logGroupName: string;

  public constructor(scope: Construct, id: string, props: FirewallLogProps) {
    super(scope, id);
    // AWS WAF writes to no log group without this prefix.
    this.logGroupName = `aws-waf-logs-${props.name}`;
    const logGroup = new CloudwatchLogGroup(this, "LogGroup", {
      name: this.logGroupName,
      retentionInDays: props.retentionDays ?? defaultRetentionDays,
      kmsKeyId: props.kmsKeyArn,
    });
    const policy = new CloudwatchLogResourcePolicy(this, "Policy", {
      policyName: this.logGroupName,
      policyDocument: writePolicy(logGroup.arn, props),
    });
    this.resource = new Wafv2WebAclLoggingConfiguration(this, "Resource", {
      resourceArn: props.webAcl.arn,
      logDestinationConfigs: [logGroup.arn],
      redactedFields: redactedFields(props),
      loggingFilter: loggingFilter(props.keptActions),
      dependsOn: [policy],
    });
  }
}

function writePolicy(logGroupArn: string, { account, region }: FirewallLogProps): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Resource: `${logGroupArn}:*`,
        Condition: {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: { "aws:SourceArn": `arn:${partitionOf(region)}:logs:${region}:${account}:*` },
        },
      },
    ],
  });
}

function redactedFields({
  redactedHeaders = defaultRedactedHeaders,
  redactedParts = [],
}: FirewallLogOptions): Record<string, object>[] {
  const parts = { method: "method", "query-string": "queryString", "uri-path": "uriPath" };
  return [
    ...redactedHeaders.map((name) => ({ singleHeader: { name: name.toLowerCase() } })),
    ...redactedParts.map((part) => ({ [parts[part]]: {} })),
  ];
}

function loggingFilter(
  keptActions: readonly LoggedAction[] | undefined,
): Wafv2WebAclLoggingConfigurationLoggingFilter | undefined {
  return keptActions === undefined
    ? undefined
    : {
        defaultBehavior: "DROP",
        filter: [
          {
            behavior: "KEEP",
            requirement: "MEETS_ANY",
            condition: keptActions.map((action) => ({ actionCondition: { action } })),
          },
        ],
      };
}
