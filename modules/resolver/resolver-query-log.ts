import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
import { Route53ResolverQueryLogConfig } from "@cdktf/provider-aws/lib/route53-resolver-query-log-config";
import { Route53ResolverQueryLogConfigAssociation } from "@cdktf/provider-aws/lib/route53-resolver-query-log-config-association";
import { Construct } from "constructs";

import { hasForm, validate, type ValidationRule } from "../parts";
import { partitionOf } from "../../core";
import { accountId, logRetention } from "../../core/forms";
import { nameExpected, namePattern } from "./private/names";
import type { RuleNetworks } from "./rule-association";

/** What is kept of the queries of networks. */
export interface ResolverQueryLogProps {
  /** Name of the log, 1 to 64 characters. */
  readonly name: string;

  /** The account of the log and of the networks. */
  readonly account: string;

  /** Their region. */
  readonly region: string;

  /** The networks, by a name that stays. */
  readonly networks: RuleNetworks;

  /**
   * How long queries are kept, in days; one of the periods that CloudWatch Logs knows.
   *
   * @default 30
   */
  readonly retentionDays?: number;

  /**
   * ARN of a KMS key that CloudWatch Logs may use.
   *
   * @default - encrypted with keys of CloudWatch Logs
   */
  readonly keyArn?: string;
}

/**
 * Logs what the machines of networks ask Resolver for: public names and private ones.
 *
 * Creates a log group `/aws/route53resolver/<name>`, the policy that lets AWS write to it (an account
 * has ten of these a region), the logging, and an association for each network.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html
 */
export class ResolverQueryLog extends Construct {
  /** The logging of the provider, for settings that this module does not model. */
  public readonly resource: Route53ResolverQueryLogConfig;
  /** The log group's name. */
  public readonly logGroupName: string;

  public constructor(scope: Construct, id: string, props: ResolverQueryLogProps) {
    super(scope, id);
    validate(this, rules, props);
    this.logGroupName = `/aws/route53resolver/${props.name}`;

    const group = new CloudwatchLogGroup(this, "LogGroup", {
      name: this.logGroupName,
      retentionInDays: props.retentionDays ?? 30,
      kmsKeyId: props.keyArn,
    });
    const policy = new CloudwatchLogResourcePolicy(this, "Policy", {
      policyName: `route53resolver-${props.name}`,
      policyDocument: renderPolicy(group.arn, props),
    });
    this.resource = new Route53ResolverQueryLogConfig(this, "Resource", {
      name: props.name,
      destinationArn: group.arn,
      dependsOn: [policy],
    });
    const networks = new Construct(this, "Networks");
    for (const [name, { vpcId }] of Object.entries(props.networks)) {
      new Route53ResolverQueryLogConfigAssociation(networks, name, {
        resolverQueryLogConfigId: this.resource.id,
        resourceId: vpcId,
      });
    }
  }
}

const rules: readonly ValidationRule<ResolverQueryLogProps>[] = [
  {
    property: "name",
    isValid: (props) => namePattern.test(props.name) && !props.name.includes(" "),
    expected: `${nameExpected}, without spaces`,
    remedy: "shorten it or leave other characters out",
  },
  hasForm("account", accountId),
  {
    property: "networks",
    isValid: (props) => Object.keys(props.networks).length > 0,
    expected: "hold at least one network",
    remedy: "name the networks whose queries are kept",
  },
  hasForm("retentionDays", logRetention),
];

function renderPolicy(logGroupArn: string, { account, region }: ResolverQueryLogProps): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "WriteByLogDelivery",
        Effect: "Allow",
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `${logGroupArn}:*`,
        Condition: {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: { "aws:SourceArn": `arn:${partitionOf(region)}:logs:${region}:${account}:*` },
        },
      },
    ],
  });
}
