import { fargateMemoryMiB, fargateSizes, isFargateSize } from "../../core";
import {
  accountId,
  isWholeWithin,
  kebabName,
  logRetention,
  mostTasks,
  pinnedImage,
  port,
  targetHealthCheck,
} from "../../core/forms";
import { hasForm } from "../parts";
import { containerRules } from "./container-rules";
import { resolveHealthCheck, secondsUntilHealthy } from "./health-check";
import { repeated, type Rule } from "./service-rule";
import { longestStopTimeoutSeconds, shortestStopTimeoutSeconds } from "./shutdown";
import { stepProblem } from "./step-scaling";

const hostHeader = /^(?=.{1,128}$)[A-Za-z0-9*?-]+(\.[A-Za-z0-9*?-]+)+$/;
const statusCodes = /^[2-4]\d\d([,-][2-4]\d\d)*$/;

const identityRules: readonly Rule[] = [hasForm("name", kebabName()), hasForm("account", accountId)];

const ingressRules: readonly Rule[] = [
  {
    property: "listenerRule",
    isValid: ({ listenerRule }) => isWholeWithin(listenerRule.priority, 1, 50_000),
    expected: "have a 'priority' between 1 and 50000",
    got: ({ listenerRule }) => listenerRule.priority,
    remedy: "give each service of the load balancer a number of its own",
  },
  {
    property: "listenerRule",
    isValid: ({ listenerRule }) => isWholeWithin(listenerRule.hostHeaders.length, 1, 5),
    expected: "have one to five 'hostHeaders'",
    got: ({ listenerRule }) => listenerRule.hostHeaders,
    remedy: "use '*' for names that differ in one part",
  },
  {
    property: "listenerRule",
    isValid: ({ listenerRule }) => listenerRule.hostHeaders.every((header) => hostHeader.test(header)),
    expected: "have 'hostHeaders' that are domain names of at most 128 characters",
    got: ({ listenerRule }) => listenerRule.hostHeaders.filter((header) => !hostHeader.test(header)),
    remedy: "write names like 'www.example.com' or '*.example.com', without scheme, port or path",
  },
  hasForm("containerPort", port),
  {
    property: "dnsFailoverMinimumHealthyTargets",
    isValid: ({ dnsFailoverMinimumHealthyTargets: minimum = "off", capacity }) =>
      minimum === "off" || isWholeWithin(minimum, 1, Math.max(capacity.minimum, 1)),
    expected: ({ capacity }) =>
      `be 'off' or between 1 and ${Math.max(capacity.minimum, 1)}, the minimum capacity`,
    remedy: "lower it, or raise 'capacity.minimum'",
  },
];

const sizeRules: readonly Rule[] = [
  {
    property: "cpu",
    isValid: ({ cpu }) => fargateSizes.some((size) => size.cpu === cpu),
    expected: `be one of ${fargateSizes.map((size) => size.cpu).join(", ")}`,
    remedy: "give CPU units that Fargate sells, 1024 a processor",
  },
  {
    property: "memoryMiB",
    isValid: ({ cpu, memoryMiB }) => fargateMemoryMiB(cpu).length === 0 || isFargateSize(cpu, memoryMiB),
    expected: ({ cpu }) => `be one of ${fargateMemoryMiB(cpu).join(", ")} with ${cpu} CPU units`,
    remedy: "choose one of them, or change 'cpu'",
  },
  hasForm("image", pinnedImage),
];

const capacityRules: readonly Rule[] = [
  {
    property: "capacity",
    isValid: ({ capacity }) =>
      isWholeWithin(capacity.minimum, 0, mostTasks) && isWholeWithin(capacity.maximum, 0, mostTasks),
    expected: `be whole numbers between 0 and ${mostTasks}`,
    remedy: "correct 'minimum' and 'maximum'",
  },
  {
    property: "capacity",
    isValid: ({ capacity }) => capacity.minimum <= capacity.maximum,
    expected: "have a 'minimum' of at most its 'maximum'",
    remedy: "raise 'maximum', or lower 'minimum'",
  },
  {
    property: "capacity",
    isValid: ({ capacity }) => isWholeWithin(capacity.spotPercentage ?? 0, 0, 100),
    expected: "have a 'spotPercentage' between 0 and 100",
    got: ({ capacity }) => capacity.spotPercentage,
    remedy: "give a percentage",
  },
  {
    property: "scaling",
    isValid: ({ scaling }) =>
      isWholeWithin(scaling?.cpuPercentage ?? 1, 1, 100) &&
      isWholeWithin(scaling?.memoryPercentage ?? 1, 1, 100),
    expected: "hold 'cpuPercentage' and 'memoryPercentage' between 1 and 100",
    got: ({ scaling }) => ({
      cpuPercentage: scaling?.cpuPercentage,
      memoryPercentage: scaling?.memoryPercentage,
    }),
    remedy: "leave room to grow: 60 is a good start",
  },
  {
    property: "scaling",
    isValid: ({ scaling }) => (scaling?.requestsPerTarget ?? 1) > 0,
    expected: "hold 'requestsPerTarget' above 0",
    got: ({ scaling }) => scaling?.requestsPerTarget,
    remedy: "give the requests per minute that one task can serve",
  },
  {
    property: "scaling",
    isValid: ({ scaling }) =>
      scaling?.steps === undefined || stepProblem(scaling.steps.changes) === undefined,
    expected: ({ scaling }) => stepProblem(scaling?.steps?.changes ?? []) ?? "",
    got: ({ scaling }) => scaling?.steps?.changes,
    remedy: "correct 'steps.changes'",
  },
  {
    property: "scaling",
    isValid: ({ scaling }) => repeated(scaling?.schedules?.map(({ name }) => name)).length === 0,
    expected: "have 'schedules' with names of their own",
    got: ({ scaling }) => repeated(scaling?.schedules?.map(({ name }) => name)),
    remedy: "rename one of them",
  },
  {
    property: "scaling",
    isValid: ({ scaling }) => (scaling?.schedules ?? []).every(({ minimum, maximum }) => minimum <= maximum),
    expected: "have 'schedules' whose 'minimum' is at most their 'maximum'",
    got: ({ scaling }) => scaling?.schedules?.filter(({ minimum, maximum }) => minimum > maximum),
    remedy: "raise 'maximum', or lower 'minimum'",
  },
];

const healthRules: readonly Rule[] = [
  {
    property: "healthCheck",
    isValid: ({ healthCheck }) => targetHealthCheck.path.accepts(healthCheck.path),
    expected: "have a 'path' that begins with '/' and holds no spaces",
    got: ({ healthCheck }) => healthCheck.path,
    remedy: "write it like '/health'",
  },
  {
    property: "healthCheck",
    isValid: ({ healthCheck }) =>
      targetHealthCheck.intervalSeconds.accepts(resolveHealthCheck(healthCheck).intervalSeconds),
    expected: "have an 'intervalSeconds' between 5 and 300",
    got: ({ healthCheck }) => healthCheck.intervalSeconds,
    remedy: "choose an interval that the load balancer accepts",
  },
  {
    property: "healthCheck",
    isValid: ({ healthCheck }) =>
      targetHealthCheck.timeoutSeconds.accepts(resolveHealthCheck(healthCheck).timeoutSeconds),
    expected: "have a 'timeoutSeconds' between 2 and 120",
    got: ({ healthCheck }) => healthCheck.timeoutSeconds,
    remedy: "choose a timeout that the load balancer accepts",
  },
  {
    property: "healthCheck",
    isValid: ({ healthCheck }) => {
      const { timeoutSeconds, intervalSeconds } = resolveHealthCheck(healthCheck);
      return timeoutSeconds < intervalSeconds;
    },
    expected: ({ healthCheck }) =>
      `have a 'timeoutSeconds' below its 'intervalSeconds' of ${resolveHealthCheck(healthCheck).intervalSeconds}`,
    got: ({ healthCheck }) => resolveHealthCheck(healthCheck).timeoutSeconds,
    remedy: "lower it, or raise 'intervalSeconds'",
  },
  {
    property: "healthCheck",
    isValid: ({ healthCheck }) => {
      const { healthyThreshold, unhealthyThreshold } = resolveHealthCheck(healthCheck);
      return (
        targetHealthCheck.healthyThreshold.accepts(healthyThreshold) &&
        targetHealthCheck.unhealthyThreshold.accepts(unhealthyThreshold)
      );
    },
    expected: "have a 'healthyThreshold' and an 'unhealthyThreshold' between 2 and 10",
    got: ({ healthCheck: { healthyThreshold, unhealthyThreshold } }) => ({
      healthyThreshold,
      unhealthyThreshold,
    }),
    remedy: "choose counts that the load balancer accepts",
  },
  {
    property: "healthCheck",
    isValid: ({ healthCheck }) => statusCodes.test(resolveHealthCheck(healthCheck).matcher),
    expected: "have a 'matcher' of status codes between 200 and 499",
    got: ({ healthCheck }) => healthCheck.matcher,
    remedy: "write it like '200', '200,204' or '200-299'",
  },
  {
    property: "healthCheck",
    isValid: ({ healthCheck }) =>
      targetHealthCheck.startPeriodSeconds.accepts(resolveHealthCheck(healthCheck).startPeriodSeconds),
    expected: "have a 'startPeriodSeconds' between 0 and 7200",
    got: ({ healthCheck }) => healthCheck.startPeriodSeconds,
    remedy: "give the time that a task needs to start",
  },
  {
    property: "healthCheck",
    isValid: ({ healthCheck }) => {
      const resolved = resolveHealthCheck(healthCheck);
      return resolved.gracePeriodSeconds >= secondsUntilHealthy(resolved);
    },
    expected: ({ healthCheck }) => {
      const resolved = resolveHealthCheck(healthCheck);
      return `have a 'gracePeriodSeconds' of at least ${secondsUntilHealthy(resolved)}, its 'startPeriodSeconds' and ${resolved.healthyThreshold} checks`;
    },
    got: ({ healthCheck }) => healthCheck.gracePeriodSeconds,
    remedy: "raise it, or leave it out; ECS would stop tasks that are still starting",
  },
];

const operationRules: readonly Rule[] = [
  {
    property: "exec",
    isValid: ({ exec, cluster }) => exec !== true || cluster.execAudit !== undefined,
    expected: "be false in a cluster that records no sessions",
    remedy: "set 'exec' on the cluster as well",
  },
  {
    property: "exec",
    isValid: ({ exec, readonlyRootFilesystem }) => exec !== true || readonlyRootFilesystem === false,
    expected: "be false with a read-only root file system, which its agent writes to",
    remedy: "set 'readonlyRootFilesystem' to false while a shell is needed",
  },
  hasForm("logRetentionDays", logRetention),
  {
    property: "deregistrationDelaySeconds",
    isValid: ({ deregistrationDelaySeconds = -1 }) => isWholeWithin(deregistrationDelaySeconds, 0, 3600),
    expected: "be a whole number between 0 and 3600",
    remedy: "give the time that the longest request takes",
  },
  {
    property: "stopTimeoutSeconds",
    isValid: ({ stopTimeoutSeconds = -1 }) => isWholeWithin(stopTimeoutSeconds, 2, longestStopTimeoutSeconds),
    expected: `be a whole number between 2 and ${longestStopTimeoutSeconds}`,
    remedy: "give the time that the application needs to stop",
  },
  {
    property: "stopTimeoutSeconds",
    isValid: (props) => (props.stopTimeoutSeconds ?? Infinity) >= shortestStopTimeoutSeconds(props),
    expected: (props) =>
      `be at least ${shortestStopTimeoutSeconds(props)}, the time that 'deregistrationDelaySeconds' leaves requests to finish`,
    remedy: "raise it, or lower 'deregistrationDelaySeconds'; the task would be killed with requests in it",
  },
  {
    property: "alarmThresholds",
    isValid: ({ alarmThresholds }) => isWithin(alarmThresholds?.serverErrorPercentage ?? 1, 100),
    expected: "have a 'serverErrorPercentage' above 0 and at most 100",
    got: ({ alarmThresholds }) => alarmThresholds?.serverErrorPercentage,
    remedy: "give a percentage",
  },
  {
    property: "alarmThresholds",
    isValid: ({ alarmThresholds }) => isWithin(alarmThresholds?.latencySeconds ?? 1, Infinity),
    expected: "have a 'latencySeconds' above 0",
    got: ({ alarmThresholds }) => alarmThresholds?.latencySeconds,
    remedy: "give the time that the slowest hundredth of the answers may take",
  },
];

/** What AWS, or good sense, refuses of a service. */
export const fargateServiceRules: readonly Rule[] = [
  ...identityRules,
  ...ingressRules,
  ...sizeRules,
  ...capacityRules,
  ...healthRules,
  ...containerRules,
  ...operationRules,
];

function isWithin(value: number, maximum: number): boolean {
  return value > 0 && value <= maximum;
}
