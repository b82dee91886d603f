import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
import { Route53QueryLog } from "@cdktf/provider-aws/lib/route53-query-log";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";

import type { IHostedZone } from "../../core";
import { accountId, inWords, kmsKeyArnIn, logRetention } from "../../core/forms";
import { hasForm, validate, type ValidationRule } from "../parts";

/** What is kept of the queries of a zone. */
export interface QueryLogProps {
  /** The public zone. */
  readonly zone: IHostedZone;

  /** The account that owns the zone. */
  readonly account: string;

  /**
   * How long queries are kept, in days; one of the periods that CloudWatch Logs knows.
   *
   * @default 30
   */
  readonly retentionDays?: number;

  /**
   * ARN of a KMS key in us-east-1 that CloudWatch Logs may use.
   *
   * @default - encrypted with keys of CloudWatch Logs
   */
  readonly keyArn?: string;

  /**
   * The provider of us-east-1.
   *
   * @default - the stack's own provider, which must be of us-east-1 then
   */
  readonly provider?: TerraformProvider;
}

/**
 * Logs the queries that reach a public zone. Answers that resolvers give from their caches do not.
 *
 * Creates, in us-east-1, where Route 53 keeps its logs: a log group `/aws/route53/<zone>`, the
 * policy that lets Route 53 write to it (an account has ten of these a region), and the logging.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html
 */
export class QueryLog extends Construct {
  /** The logging of the provider, for settings that this module does not model. */
  public readonly resource: Route53QueryLog;
  /** The log group's name. */
  public readonly logGroupName: string;

  public constructor(scope: Construct, id: string, props: QueryLogProps) {
    super(scope, id);
    validate(this, rules, props);
    this.logGroupName = `/aws/route53/${props.zone.zoneName}`;

    const group = new CloudwatchLogGroup(this, "LogGroup", {
      name: this.logGroupName,
      retentionInDays: props.retentionDays ?? 30,
      kmsKeyId: props.keyArn,
      provider: props.provider,
    });
    const policy = new CloudwatchLogResourcePolicy(this, "Policy", {
      policyName: `route53-${props.zone.zoneName}`,
      policyDocument: renderPolicy(group.arn, props),
      provider: props.provider,
    });
    this.resource = new Route53QueryLog(this, "Resource", {
      zoneId: props.zone.hostedZoneId,
      cloudwatchLogGroupArn: group.arn,
      dependsOn: [policy],
    });
  }
}

const rules: readonly ValidationRule<QueryLogProps>[] = [
  hasForm("account", accountId),
  hasForm("retentionDays", logRetention),
  hasForm("keyArn", inWords(kmsKeyArnIn("us-east-1"), "make the key there: the log group is there too")),
];

/** The logs stand in us-east-1, so all ARNs are of the partition `aws`. */
function renderPolicy(logGroupArn: string, props: QueryLogProps): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "WriteByRoute53",
        Effect: "Allow",
        Principal: { Service: "route53.amazonaws.com" },
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `${logGroupArn}:*`,
        Condition: {
          StringEquals: { "aws:SourceAccount": props.account },
          ArnEquals: { "aws:SourceArn": `arn:aws:route53:::hostedzone/${props.zone.hostedZoneId}` },
        },
      },
    ],
  });
}
