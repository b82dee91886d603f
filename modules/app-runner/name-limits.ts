/**
 * Length limits of App Runner's names, in characters.
 *
 * @see https://docs.aws.amazon.com/apprunner/latest/api/API_Operations.html
 */
export const appRunnerNameLimits = {
  service: 40,
  vpcConnector: 40,
  vpcIngressConnection: 40,
  autoScalingConfiguration: 32,
  observabilityConfiguration: 32,
} as const;
