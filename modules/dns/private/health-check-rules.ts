import { Token } from "cdktf";

import { type Problem, regions, type Report, reportOn } from "../../../core";
import type {
  TcpCheck,
  RoutingControlCheck,
  ProbeCommon,
  HttpCheck,
  HealthCheckDefinition,
  CalculatedCheck,
  AlarmCheck,
} from "../health-check-props";
import { isDomainName } from "./names";

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html */
const limits = { textCharacters: 255, failureThreshold: 10, checkerRegions: 3, children: 255, port: 65_535 };

/** Everything that is wrong with a check and with the checks below it. */
export function healthCheckProblems(
  where: string,
  property: string,
  check: HealthCheckDefinition,
): readonly Problem[] {
  const { problems, report, add } = reportOn(where, property);
  switch (check.kind) {
    case "https":
    case "http":
      checkHttp(check, report);
      break;
    case "tcp":
      checkName(check, report);
      checkPort(check.port, report);
      checkProbe(check, report);
      break;
    case "alarm":
      checkAlarm(check, report);
      break;
    case "calculated":
      checkCount(check, report);
      checkDepth(check, report);
      for (const [key, child] of Object.entries(check.children)) {
        add(healthCheckProblems(where, `${property}.children.${key}`, child));
      }
      break;
    case "routing-control":
      checkRoutingControl(check, report);
      break;
    case "existing":
      break;
  }
  return problems;
}

function checkHttp(check: HttpCheck, report: Report): void {
  checkName(check, report);
  if (check.port !== undefined) {
    checkPort(check.port, report);
  }
  if (!check.path.startsWith("/") || check.path.length > limits.textCharacters) {
    report(
      "path",
      `begin with "/" and have at most ${limits.textCharacters} characters`,
      check.path,
      'write it like "/health"',
    );
  }
  const { searchString } = check;
  if (searchString !== undefined && !isBetween(searchString.length, 1, limits.textCharacters)) {
    report(
      "searchString",
      `have 1 to ${limits.textCharacters} characters`,
      searchString,
      "look for a short word near the beginning of the answer",
    );
  }
  checkProbe(check, report);
}

function checkName(check: HttpCheck | TcpCheck, report: Report): void {
  const name = check.fullyQualifiedDomainName;
  if (!Token.isUnresolved(name) && !isDomainName(name)) {
    report(
      "fullyQualifiedDomainName",
      "be a domain name in lower case without a trailing dot",
      name,
      "name the endpoint's own host, without scheme and port",
    );
  }
}

function checkPort(port: number, report: Report): void {
  if (!Token.isUnresolved(port) && !isBetween(port, 1, limits.port)) {
    report("port", `be between 1 and ${limits.port}`, port, "name the port that the endpoint listens on");
  }
}

function checkProbe(check: ProbeCommon, report: Report): void {
  const { failureThreshold } = check.timing;
  if (!isBetween(failureThreshold, 1, limits.failureThreshold)) {
    report(
      "timing.failureThreshold",
      `be a whole number between 1 and ${limits.failureThreshold}`,
      failureThreshold,
      "choose 2 or 3: a threshold of 1 flaps",
    );
  }
  const { checkerRegions } = check;
  if (checkerRegions !== undefined && new Set(checkerRegions).size < limits.checkerRegions) {
    report(
      "checkerRegions",
      `name at least ${limits.checkerRegions} different regions`,
      checkerRegions,
      "add regions, or remove the property to probe from all",
    );
  }
}

function checkAlarm(check: AlarmCheck, report: Report): void {
  if (!Token.isUnresolved(check.alarmName) && !isBetween(check.alarmName.length, 1, limits.textCharacters)) {
    report(
      "alarmName",
      `have 1 to ${limits.textCharacters} characters`,
      check.alarmName,
      "name an alarm of the same account",
    );
  }
  if (!Token.isUnresolved(check.alarmRegion) && regions[check.alarmRegion] === undefined) {
    report("alarmRegion", "be an AWS region", check.alarmRegion, "name the region that the alarm is in");
  }
}

const routingControlArn =
  /^arn:aws:route53-recovery-control::\d{12}:controlpanel\/[0-9a-f]{32}\/routingcontrol\/[0-9a-f]{16}$/;

function checkRoutingControl(check: RoutingControlCheck, report: Report): void {
  if (!Token.isUnresolved(check.routingControlArn) && !routingControlArn.test(check.routingControlArn)) {
    report(
      "routingControlArn",
      "be the ARN of a routing control",
      check.routingControlArn,
      "name a control of the control panel, not the panel or its cluster",
    );
  }
}

function checkCount(check: CalculatedCheck, report: Report): void {
  const count = Object.keys(check.children).length;
  if (!isBetween(count, 1, limits.children)) {
    report(
      "children",
      `hold 1 to ${limits.children} checks`,
      count,
      count === 0 ? "name the checks that are counted" : "name fewer: a calculated check counts no other one",
    );
    return;
  }
  if (!isBetween(check.healthyThreshold, 1, count)) {
    report(
      "healthyThreshold",
      `be between 1 and the number of children, ${count}`,
      check.healthyThreshold,
      "choose the number of children for all of them, or 1 for any",
    );
  }
}

/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html */
function checkDepth(check: CalculatedCheck, report: Report): void {
  const calculated = Object.entries(check.children)
    .filter(([, { kind }]) => kind === "calculated")
    .map(([key]) => key);
  if (calculated.length > 0) {
    report(
      "children",
      "be no calculated checks",
      calculated,
      "count their parts here: Route 53 does not count one calculated check in another",
    );
  }
}

function isBetween(value: number, minimum: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}
