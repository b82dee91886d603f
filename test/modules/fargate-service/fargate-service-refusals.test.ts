import type { FargateServiceProps } from "../../../modules/fargate-service";
import { refusal } from "../../support/synth";
import { execCluster, required, stackWith } from "./fixtures";

function refuse(props: Partial<FargateServiceProps>): string {
  return refusal(() => stackWith(props)).replaceAll("test/Web: ", "");
}

const health = (healthCheck: Partial<FargateServiceProps["healthCheck"]>): Partial<FargateServiceProps> => ({
  healthCheck: { path: "/", ...healthCheck },
});

const rule = (listenerRule: Partial<FargateServiceProps["listenerRule"]>): Partial<FargateServiceProps> => ({
  listenerRule: { ...required.listenerRule, ...listenerRule },
});

describe("FargateService, given what cannot work,", () => {
  it.each<[string, Partial<FargateServiceProps>, string]>([
    [
      "a name with capitals",
      { name: "Web" },
      `'name' must be lower-case letters, digits and single hyphens, starting with a letter, got "Web"; choose a name like 'prod-web'`,
    ],
    [
      "an account that is not 12 digits",
      { account: "1" },
      `'account' must be the 12 digits of an AWS account, got "1"; write the account id as text, with its leading zeros`,
    ],
    [
      "a listener rule of priority 0",
      rule({ priority: 0 }),
      "'listenerRule' must have a 'priority' between 1 and 50000, got 0; give each service of the load balancer a number of its own",
    ],
    [
      "a listener rule without names",
      rule({ hostHeaders: [] }),
      "'listenerRule' must have one to five 'hostHeaders', got []; use '*' for names that differ in one part",
    ],
    [
      "a URL as a host header",
      rule({ hostHeaders: ["web.example.com", "https://web.example.com"] }),
      `'listenerRule' must have 'hostHeaders' that are domain names of at most 128 characters, got ["https://web.example.com"]; write names like 'www.example.com' or '*.example.com', without scheme, port or path`,
    ],
    [
      "port 0",
      { containerPort: 0 },
      "'containerPort' must be a port between 1 and 65535, got 0; give the port that the container listens on",
    ],
    [
      "a DNS failover threshold above the minimum capacity",
      { dnsFailoverMinimumHealthyTargets: 3 },
      "'dnsFailoverMinimumHealthyTargets' must be 'off' or between 1 and 2, the minimum capacity, got 3; lower it, or raise 'capacity.minimum'",
    ],
    [
      "CPU that Fargate does not sell",
      { cpu: 300 },
      "'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got 300; give CPU units that Fargate sells, 1024 a processor",
    ],
    [
      "memory that does not go with the CPU",
      { memoryMiB: 4096 },
      "'memoryMiB' must be one of 512, 1024, 2048 with 256 CPU units, got 4096; choose one of them, or change 'cpu'",
    ],
    [
      "an image without a tag",
      { image: "public.ecr.aws/nginx/nginx" },
      `'image' must end in a tag or a digest, got "public.ecr.aws/nginx/nginx"; name the build, such as ':1.4.2'`,
    ],
    [
      "half a task",
      { capacity: { minimum: 1.5, maximum: 3 } },
      `'capacity' must be whole numbers between 0 and 5000, got {"minimum":1.5,"maximum":3}; correct 'minimum' and 'maximum'`,
    ],
    [
      "a minimum above the maximum",
      { capacity: { minimum: 4, maximum: 3 } },
      `'capacity' must have a 'minimum' of at most its 'maximum', got {"minimum":4,"maximum":3}; raise 'maximum', or lower 'minimum'`,
    ],
    [
      "more than all tasks on Spot",
      { capacity: { minimum: 1, maximum: 3, spotPercentage: 101 } },
      "'capacity' must have a 'spotPercentage' between 0 and 100, got 101; give a percentage",
    ],
    [
      "a utilisation above 100 percent",
      { scaling: { memoryPercentage: 120 } },
      `'scaling' must hold 'cpuPercentage' and 'memoryPercentage' between 1 and 100, got {"memoryPercentage":120}; leave room to grow: 60 is a good start`,
    ],
    [
      "no requests a task",
      { scaling: { requestsPerTarget: 0 } },
      "'scaling' must hold 'requestsPerTarget' above 0, got 0; give the requests per minute that one task can serve",
    ],
    [
      "steps with an end",
      { scaling: { steps: { metric: "cpu", changes: [{ lower: 80, upper: 90, change: 1 }] } } },
      `'scaling' must have ranges that add tasks following on each other, the first with a 'lower', the last without an 'upper', got [{"lower":80,"upper":90,"change":1}]; correct 'steps.changes'`,
    ],
    [
      "schedules of one name",
      {
        scaling: {
          schedules: [
            { name: "day", schedule: "rate(1 hour)", minimum: 1, maximum: 2 },
            { name: "day", schedule: "rate(2 hours)", minimum: 1, maximum: 2 },
          ],
        },
      },
      `'scaling' must have 'schedules' with names of their own, got ["day"]; rename one of them`,
    ],
    [
      "a schedule with a minimum above its maximum",
      { scaling: { schedules: [{ name: "day", schedule: "rate(1 hour)", minimum: 3, maximum: 2 }] } },
      `'scaling' must have 'schedules' whose 'minimum' is at most their 'maximum', got [{"name":"day","schedule":"rate(1 hour)","minimum":3,"maximum":2}]; raise 'maximum', or lower 'minimum'`,
    ],
    [
      "a health check without a slash",
      health({ path: "health" }),
      `'healthCheck' must have a 'path' that begins with '/' and holds no spaces, got "health"; write it like '/health'`,
    ],
    [
      "health checks every second",
      health({ intervalSeconds: 4, timeoutSeconds: 2 }),
      "'healthCheck' must have an 'intervalSeconds' between 5 and 300, got 4; choose an interval that the load balancer accepts",
    ],
    [
      "a health check that waits a second only",
      health({ timeoutSeconds: 1 }),
      "'healthCheck' must have a 'timeoutSeconds' between 2 and 120, got 1; choose a timeout that the load balancer accepts",
    ],
    [
      "a health check that waits beyond the next",
      health({ timeoutSeconds: 10 }),
      "'healthCheck' must have a 'timeoutSeconds' below its 'intervalSeconds' of 10, got 10; lower it, or raise 'intervalSeconds'",
    ],
    [
      "a task that is healthy at the first answer",
      health({ healthyThreshold: 1 }),
      `'healthCheck' must have a 'healthyThreshold' and an 'unhealthyThreshold' between 2 and 10, got {"healthyThreshold":1}; choose counts that the load balancer accepts`,
    ],
    [
      "server errors as good answers",
      health({ matcher: "200-500" }),
      `'healthCheck' must have a 'matcher' of status codes between 200 and 499, got "200-500"; write it like '200', '200,204' or '200-299'`,
    ],
    [
      "a start of three hours",
      health({ startPeriodSeconds: 10_800 }),
      "'healthCheck' must have a 'startPeriodSeconds' between 0 and 7200, got 10800; give the time that a task needs to start",
    ],
    [
      "a grace period that ends before a slow start",
      health({ startPeriodSeconds: 60, gracePeriodSeconds: 60 }),
      "'healthCheck' must have a 'gracePeriodSeconds' of at least 80, its 'startPeriodSeconds' and 2 checks, got 60; raise it, or leave it out; ECS would stop tasks that are still starting",
    ],
    [
      "a variable with a hyphen",
      { environment: { "LOG-LEVEL": "info", OK: "1" } },
      `'environment' must have names of letters, digits and underscores, got ["LOG-LEVEL"]; rename the variables`,
    ],
    [
      "a secret for a variable with a hyphen",
      { secrets: { "DB-PASSWORD": "web" } },
      `'secrets' must have names of letters, digits and underscores, got ["DB-PASSWORD"]; rename the variables`,
    ],
    [
      "a variable that is both plain and secret",
      { environment: { TOKEN: "x" }, secrets: { TOKEN: "web" } },
      `'secrets' must name no variable of 'environment', got ["TOKEN"]; remove one of the two`,
    ],
    [
      "a secret in plain text, without repeating it",
      { secrets: { TOKEN: "hunter 2" } },
      `'secrets' must name Secrets Manager secrets or SSM parameters, got ["TOKEN"]; write a secret like 'web/database', a parameter like '/web/database', or the whole ARN of either; a secret whose name ends in a hyphen and six characters needs its ARN`,
    ],
    [
      "a secret of another region",
      { secrets: { TOKEN: "arn:aws:ssm:us-east-1:111122223333:parameter/web" } },
      `'secrets' must be in eu-west-1, where the tasks run, got ["arn:aws:ssm:us-east-1:111122223333:parameter/web"]; replicate the secret and give its name; a task must start without another region`,
    ],
    [
      "a sidecar's secret in plain text, without repeating it",
      { sidecars: [{ name: "proxy", image: "i:1", secrets: { TOKEN: "hunter 2" } }] },
      `'sidecars' must name Secrets Manager secrets or SSM parameters, got ["proxy.TOKEN"]; write a secret like 'web/database', a parameter like '/web/database', or the whole ARN of either; a secret whose name ends in a hyphen and six characters needs its ARN`,
    ],
    [
      "a sidecar's variable that is both plain and secret",
      { sidecars: [{ name: "proxy", image: "i:1", environment: { A: "b" }, secrets: { A: "web" } }] },
      `'sidecars' must name no variable of 'environment', got ["proxy.A"]; remove one of the two`,
    ],
    [
      "a sidecar with a space in its name",
      { sidecars: [{ name: "my proxy", image: "i:1" }] },
      `'sidecars' must have names of at most 255 letters, digits, hyphens and underscores, got ["my proxy"]; rename them`,
    ],
    [
      "a sidecar with the service's name",
      { sidecars: [{ name: "app", image: "i:1" }] },
      `'sidecars' must have names of their own, other than 'app', got ["app"]; rename one of them`,
    ],
    [
      "a sidecar on the service's port",
      { sidecars: [{ name: "proxy", image: "i:1", port: 8080 }] },
      "'sidecars' must listen on ports of their own, since all containers of a task share one address, got [8080]; change one of the ports",
    ],
    [
      "sidecars that take all CPU",
      {
        sidecars: [
          { name: "a", image: "i:1", cpu: 200 },
          { name: "b", image: "i:1", cpu: 56 },
        ],
      },
      "'sidecars' must leave the service some of the task's 256 CPU units, got 256; lower their 'cpu', or raise the task's",
    ],
    [
      "sidecars that take all memory",
      { sidecars: [{ name: "a", image: "i:1", memoryMiB: 512 }] },
      "'sidecars' must leave the service some of the task's 512 MiB of memory, got 512; lower their 'memoryMiB', or raise the task's",
    ],
    [
      "a relative scratch directory",
      { scratchPaths: ["tmp", "/tmp"] },
      `'scratchPaths' must be absolute directories below '/', got ["tmp"]; write them like '/tmp'`,
    ],
    [
      "a scratch directory twice",
      { scratchPaths: ["/tmp", "/tmp"] },
      `'scratchPaths' must name each directory once, got ["/tmp"]; remove the repetition`,
    ],
    [
      "shells in a cluster without records",
      { exec: true, readonlyRootFilesystem: false },
      "'exec' must be false in a cluster that records no sessions, got true; set 'exec' on the cluster as well",
    ],
    [
      "shells on a read-only file system",
      { exec: true, cluster: execCluster },
      "'exec' must be false with a read-only root file system, which its agent writes to, got true; set 'readonlyRootFilesystem' to false while a shell is needed",
    ],
    [
      "a retention that CloudWatch does not know",
      { logRetentionDays: 10 },
      "'logRetentionDays' must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 10; choose the next longer period",
    ],
    [
      "a deregistration delay above an hour",
      { deregistrationDelaySeconds: 3601 },
      "'deregistrationDelaySeconds' must be a whole number between 0 and 3600, got 3601; give the time that the longest request takes",
    ],
    [
      "more time to stop than Fargate gives",
      { stopTimeoutSeconds: 121 },
      "'stopTimeoutSeconds' must be a whole number between 2 and 120, got 121; give the time that the application needs to stop",
    ],
    [
      "a kill while requests may still finish",
      { stopTimeoutSeconds: 20 },
      "'stopTimeoutSeconds' must be at least 30, the time that 'deregistrationDelaySeconds' leaves requests to finish, got 20; raise it, or lower 'deregistrationDelaySeconds'; the task would be killed with requests in it",
    ],
    [
      "an alarm at no errors",
      { alarmThresholds: { serverErrorPercentage: 0 } },
      "'alarmThresholds' must have a 'serverErrorPercentage' above 0 and at most 100, got 0; give a percentage",
    ],
    [
      "an alarm at no time",
      { alarmThresholds: { latencySeconds: 0 } },
      "'alarmThresholds' must have a 'latencySeconds' above 0, got 0; give the time that the slowest hundredth of the answers may take",
    ],
  ])("refuses %s", (_, props, message) => {
    expect(refuse(props)).toBe(message);
  });

  it("says where, and lists everything at once", () => {
    expect(refusal(() => stackWith({ containerPort: 0, image: "web" })).split("\n")).toEqual([
      "test/Web: 'containerPort' must be a port between 1 and 65535, got 0; give the port that the container listens on",
      `test/Web: 'image' must end in a tag or a digest, got "web"; name the build, such as ':1.4.2'`,
    ]);
  });
});
