import type { INetwork, IAlarmTopic, IFirewall } from "../../core";
import type { AppRunnerCustomDomain } from "./custom-domain";
import type { AppRunnerPrivateIngress } from "./private-ingress";
import type { AppRunnerAlarmThresholds } from "./service-alarms";
import type { AppRunnerAutoScaling, AppRunnerHealthCheck } from "./service-settings";
import type { AppRunnerSource } from "./service-source";

/** Settings of an {@link AppRunnerService}. */
export interface AppRunnerServiceProps {
  /** Name, unique in its account and region: at least 4 lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** The account that it stands in, 12 digits. */
  readonly account: string;
  /** The region that it serves from, one of {@link appRunnerHostedZoneIds}. */
  readonly region: string;
  /**
   * Acknowledges that the account used App Runner before it was closed to new customers on 30 April 2026.
   *
   * @see https://docs.aws.amazon.com/apprunner/latest/dg/apprunner-availability-change.html
   */
  readonly existingCustomer: true;
  /** What runs: an image or source code. */
  readonly source: AppRunnerSource;
  /** Port that the application listens on. */
  readonly port: number;
  /** CPU units of an instance, 1024 a processor: 256, 512, 1024, 2048 or 4096. */
  readonly cpu: number;
  /** Memory of an instance, which depends on the CPU. */
  readonly memoryMiB: number;
  /** How many instances run. */
  readonly autoScaling: AppRunnerAutoScaling;
  /**
   * How App Runner asks an instance whether it is well.
   *
   * @default - a connection to the port every 10 seconds
   */
  readonly healthCheck?: AppRunnerHealthCheck;
  /**
   * Environment variables, never secrets. Names that begin with `AWSAPPRUNNER` belong to App Runner.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Secrets by variable: the whole ARN of a Secrets Manager secret, with or without `:key:stage:version`;
   * the ARN of an SSM parameter; or a parameter's name, which starts with `/`. An ARN that is known at
   * apply only is taken for a secret of Secrets Manager.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/apprunner/latest/dg/env-variable.html
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * ARNs of the KMS keys of those secrets, where they are not encrypted with AWS's own.
   *
   * @default - none
   */
  readonly secretKeyArns?: readonly string[];
  /**
   * The network that the application's own calls go through.
   *
   * @default - straight to the internet
   */
  readonly vpcConnector?: { readonly network: INetwork };
  /**
   * The network that alone may reach the service.
   *
   * @default - everyone may, over HTTPS
   */
  readonly privateIngress?: AppRunnerPrivateIngress;
  /**
   * The addresses that the name which App Runner gives answers on. Only a public service has IPv6,
   * and Route 53 aliases App Runner over IPv4 only, so a name of one's own has none.
   *
   * @default "IPV4"
   * @see https://docs.aws.amazon.com/apprunner/latest/dg/network-dual-stack.html
   */
  readonly ipAddressType?: "IPV4" | "DUAL_STACK";
  /**
   * Whether the application, which has to be instrumented, sends traces to X-Ray.
   *
   * @default false
   */
  readonly tracing?: boolean;
  /**
   * When the alarms on server errors and latency fire.
   *
   * @default - 5 percent server errors, a p99 latency of 2 seconds
   */
  readonly alarmThresholds?: AppRunnerAlarmThresholds;
  /**
   * Who hears of the alarms.
   *
   * @default - nobody; they can be seen in CloudWatch
   */
  readonly alarmTopic?: IAlarmTopic;
  /**
   * The web ACL in front of the service, of the same region.
   *
   * @default - none
   */
  readonly firewall?: IFirewall;
  /**
   * A name of one's own, with the records that prove it.
   *
   * @default - only the name that App Runner gives
   */
  readonly customDomain?: AppRunnerCustomDomain;
  /**
   * ARN of the KMS key that App Runner's copy of the source is encrypted with. A change replaces the service.
   *
   * @default - a key that AWS owns
   */
  readonly encryptionKeyArn?: string;
}
