import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingScheduledAction } from "@cdktf/provider-aws/lib/appautoscaling-scheduled-action";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { nameLimits, resourceName } from "../../core";
import type { Capacity } from "./capacity";
import { planScaleIn, planScaleOut, type StepPlan, type StepScaling } from "./step-scaling";

/** One capacity for a time of the day, week or year. */
export interface ScheduledCapacity {
  /** Name, unique in the service. */
  readonly name: string;
  /**
   * When it starts: `cron(0 7 ? * MON-FRI *)`, `rate(1 hour)` or `at(2027-01-31T08:00:00)`.
   *
   * @see https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
   */
  readonly schedule: string;
  /** Tasks that always run from then on. */
  readonly minimum: number;
  /** Tasks that scaling may reach from then on. */
  readonly maximum: number;
  /**
   * IANA time zone that the schedule is read in.
   *
   * @default "UTC"
   */
  readonly timeZone?: string;
}

/** When a service runs more or fewer tasks. */
export interface ScalingOptions {
  /**
   * CPU utilisation to hold, in percent.
   *
   * @default 60
   */
  readonly cpuPercentage?: number;
  /**
   * Memory utilisation to hold, in percent.
   *
   * @default - memory is not tracked
   */
  readonly memoryPercentage?: number;
  /**
   * Requests a minute and task to hold.
   *
   * @default - requests are not tracked
   */
  readonly requestsPerTarget?: number;
  /**
   * Steps on top of target tracking, for sudden load.
   *
   * @default - none
   */
  readonly steps?: StepScaling;
  /**
   * Capacities for times that are known to be busy or quiet.
   *
   * @default - none
   */
  readonly schedules?: readonly ScheduledCapacity[];
}

/** CPU utilisation that is held unless said otherwise, in percent. */
const defaultCpuPercentage = 60;

const cooldowns = { scaleOutSeconds: 60, scaleInSeconds: 300, stepSeconds: 300 };

/** Whether anything may change the number of tasks: if not, it is a plain number in Terraform. */
export function isScaled({ minimum, maximum }: Capacity, { schedules = [] }: ScalingOptions): boolean {
  return maximum > minimum || schedules.length > 0;
}

/** Settings of {@link ServiceScaling}. */
export interface ServiceScalingProps {
  /** Name of the service, for the names of alarms. */
  readonly name: string;
  /** The cluster's name. */
  readonly clusterName: string;
  /** The service's name in the cluster. */
  readonly serviceName: string;
  /** The bounds. */
  readonly capacity: Capacity;
  /** When to scale. */
  readonly scaling: ScalingOptions;
  /** Load balancer and target group as request counts name them: `app/…/targetgroup/…`. */
  readonly requestCountLabel: string;
  /** What ties the target group to the load balancer, before which request counts do not exist. */
  readonly listenerRule: ITerraformDependable;
}

/**
 * Application Auto Scaling of a service: target tracking, steps and schedules.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
 */
export class ServiceScaling extends Construct {
  /** The scalable target, for settings that this module does not model. */
  public readonly resource: AppautoscalingTarget;

  private readonly target: { resourceId: string; scalableDimension: string; serviceNamespace: string };

  public constructor(scope: Construct, id: string, props: ServiceScalingProps) {
    super(scope, id);

    const { schedules = [] } = props.scaling;
    this.resource = new AppautoscalingTarget(this, "Resource", {
      serviceNamespace: "ecs",
      scalableDimension: "ecs:service:DesiredCount",
      resourceId: `service/${props.clusterName}/${props.serviceName}`,
      minCapacity: props.capacity.minimum,
      maxCapacity: props.capacity.maximum,
      // A schedule writes its own bounds here, which the next apply must not take back.
      lifecycle: schedules.length > 0 ? { ignoreChanges: ["min_capacity", "max_capacity"] } : undefined,
    });
    const { resourceId, scalableDimension, serviceNamespace } = this.resource;
    this.target = { resourceId, scalableDimension, serviceNamespace };
    this.track(props);
    if (props.scaling.steps !== undefined) {
      this.step(props, props.scaling.steps);
    }
    schedules.forEach((schedule) => {
      this.schedule(schedule);
    });
  }

  private track({ scaling, requestCountLabel, listenerRule }: ServiceScalingProps): void {
    const { cpuPercentage = defaultCpuPercentage, memoryPercentage, requestsPerTarget } = scaling;
    this.trackMetric("Cpu", "cpu", cpuPercentage, {
      predefinedMetricType: "ECSServiceAverageCPUUtilization",
    });
    this.trackMetric("Memory", "memory", memoryPercentage, {
      predefinedMetricType: "ECSServiceAverageMemoryUtilization",
    });
    this.trackMetric(
      "Requests",
      "requests",
      requestsPerTarget,
      { predefinedMetricType: "ALBRequestCountPerTarget", resourceLabel: requestCountLabel },
      [listenerRule],
    );
  }

  private trackMetric(
    id: string,
    name: string,
    targetValue: number | undefined,
    metric: { predefinedMetricType: string; resourceLabel?: string },
    dependsOn?: ITerraformDependable[],
  ): void {
    if (targetValue === undefined) {
      return;
    }
    new AppautoscalingPolicy(this, id, {
      ...this.target,
      name,
      policyType: "TargetTrackingScaling",
      targetTrackingScalingPolicyConfiguration: {
        targetValue,
        scaleOutCooldown: cooldowns.scaleOutSeconds,
        scaleInCooldown: cooldowns.scaleInSeconds,
        predefinedMetricSpecification: metric,
      },
      dependsOn,
    });
  }

  private step(props: ServiceScalingProps, steps: StepScaling): void {
    const [out, into] = [planScaleOut(steps.changes), planScaleIn(steps.changes)];
    if (out !== undefined) {
      this.stepOneWay("StepOut", "GreaterThanOrEqualToThreshold", out, props, steps);
    }
    if (into !== undefined) {
      this.stepOneWay("StepIn", "LessThanOrEqualToThreshold", into, props, steps);
    }
  }

  private stepOneWay(
    id: "StepOut" | "StepIn",
    comparisonOperator: string,
    plan: StepPlan,
    { name, clusterName, serviceName }: ServiceScalingProps,
    { metric, cooldownSeconds = cooldowns.stepSeconds }: StepScaling,
  ): void {
    const part = id === "StepOut" ? "step-out" : "step-in";
    const policy = new AppautoscalingPolicy(this, id, {
      ...this.target,
      name: part,
      policyType: "StepScaling",
      stepScalingPolicyConfiguration: {
        adjustmentType: "ChangeInCapacity",
        metricAggregationType: "Average",
        cooldown: cooldownSeconds,
        stepAdjustment: plan.adjustments.map((adjustment) => ({ ...adjustment })),
      },
    });
    new CloudwatchMetricAlarm(this, `${id}Alarm`, {
      alarmName: resourceName(nameLimits.alarm, name, part),
      alarmDescription: `Starts the scaling policy ${part} of ${name}; not a fault`,
      namespace: "AWS/ECS",
      metricName: metric === "cpu" ? "CPUUtilization" : "MemoryUtilization",
      dimensions: { ClusterName: clusterName, ServiceName: serviceName },
      statistic: "Average",
      period: 60,
      evaluationPeriods: 2,
      threshold: plan.threshold,
      comparisonOperator,
      treatMissingData: "notBreaching",
      alarmActions: [policy.arn],
    });
  }

  private schedule({ name, schedule, minimum, maximum, timeZone = "UTC" }: ScheduledCapacity): void {
    new AppautoscalingScheduledAction(this, `Schedule-${name}`, {
      ...this.target,
      name,
      schedule,
      timezone: timeZone,
      scalableTargetAction: { minCapacity: String(minimum), maxCapacity: String(maximum) },
    });
  }
}
