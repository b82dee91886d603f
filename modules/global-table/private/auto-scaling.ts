import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { Construct } from "constructs";

import type { CapacityRange, ProvisionedCapacity } from "../capacity";

/**
 * Lets a table's capacity follow its use. DynamoDB gives replicas the same settings, so they are
 * made for the home region only.
 *
 * @returns the policies, which must stand before a replica is made.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
 */
export function followUse(
  scope: Construct,
  tableName: string,
  { read, write }: ProvisionedCapacity,
): AppautoscalingPolicy[] {
  const parent = new Construct(scope, "AutoScaling");
  return [followOne(parent, "Read", tableName, read), followOne(parent, "Write", tableName, write)];
}

function followOne(
  scope: Construct,
  kind: "Read" | "Write",
  tableName: string,
  { minimum, maximum, targetUtilizationPercentage = 70 }: CapacityRange,
): AppautoscalingPolicy {
  const target = new AppautoscalingTarget(scope, `${kind}Target`, {
    serviceNamespace: "dynamodb",
    resourceId: `table/${tableName}`,
    scalableDimension: `dynamodb:table:${kind}CapacityUnits`,
    minCapacity: minimum,
    maxCapacity: maximum,
  });
  return new AppautoscalingPolicy(scope, `${kind}Policy`, {
    name: `${kind.toLowerCase()}-utilization`,
    policyType: "TargetTrackingScaling",
    serviceNamespace: target.serviceNamespace,
    resourceId: target.resourceId,
    scalableDimension: target.scalableDimension,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: targetUtilizationPercentage,
      predefinedMetricSpecification: { predefinedMetricType: `DynamoDB${kind}CapacityUtilization` },
    },
  });
}
