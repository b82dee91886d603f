import { closest } from "fastest-levenshtein";

/**
 * Each way in which the local cloud can be as unkind as AWS, and what it does while it is switched on.
 * All are off at first. To add one: a line here, `unkind.isOn("name")` where the answer is made (see
 * README.md), and a test of the runner in `test/local-cloud/unkind.integration.ts`.
 */
export const switches = {
  throttling:
    "every third call, after 500 calls every 50th, is refused because of its rate, and is answered when it is repeated",
  "server-errors":
    "every third call, after 500 calls every 50th, fails with status 500 or 503, and is answered when it is repeated",
  "used-up-rate": "every call is refused because of its rate, however often it is repeated",
  "expired-token": "the token of every caller has expired",
  "eventual-consistency":
    "for some seconds reads do not find roles, policies, instance profiles, repositories and images that were just made, and no function or key may use a new role",
  "undelegated-zone":
    "nobody has delegated any zone: the zones above know none of them, and certificates that are asked for stay unvalidated",
  "unused-certificate-expiry": "certificates that nothing uses were not renewed and have expired",
  "enforced-policies": "a session of a role may do what the role's policies allow, and assume what trusts it",
  quotas:
    "a region holds no more than a new account may have (5 VPCs, 5 Elastic IP addresses), and Service Quotas says what such an account starts with",
  "dark-home-region": "no endpoint of eu-west-1 answers, the home region of the environment local",
  silence: "every connection is accepted, and no call that is made meanwhile is ever answered",
  "dark-cluster-endpoints":
    "of the five endpoints that flip routing controls, only the one in us-west-2 answers",
  "ecs-rollback":
    "the tasks of every new deployment of ECS exit, and ECS rolls the service back to its last complete deployment",
  "missing-linked-role":
    "ECS refuses clusters and services until somebody has made its service-linked role, and for some seconds more",
  "connector-in-use":
    "App Runner says for some seconds more that a VPC connector is being used by a service that was deleted",
} as const;

/** The name of a switch. */
export type Switch = keyof typeof switches;

/** The names of all switches. */
export const switchNames = Object.keys(switches) as Switch[];

/** Thrown for names that no switch has. */
export class UnknownSwitches extends Error {
  constructor(names: readonly string[]) {
    const lines = names.map(
      (name) => `there is no switch '${name}'; did you mean '${closest(name, switchNames)}'?`,
    );
    super([...lines, `The switches are: ${switchNames.join(", ")}.`].join("\n"));
  }
}

/**
 * The names as switches.
 *
 * @throws UnknownSwitches that lists every unknown name with the nearest one.
 */
export function switchesNamed(names: readonly string[]): Switch[] {
  const unknown = names.filter((name) => !Object.hasOwn(switches, name));
  if (unknown.length > 0) {
    throw new UnknownSwitches(unknown);
  }
  return names as Switch[];
}

/** How unkind one local cloud is at the moment. */
export class Unkindness {
  private on: ReadonlySet<Switch>;

  /** With these switches on. */
  constructor(...on: Switch[]) {
    this.on = new Set(on);
  }

  /** Whether the switch is on. Asked at each call: switches change while the cloud runs. */
  isOn(name: Switch): boolean {
    return this.on.has(name);
  }

  /** Turns exactly these on, and all others off. */
  set(names: readonly Switch[]): void {
    this.on = new Set(names);
  }

  /** The switches that are on, in the order of the list above. */
  get names(): Switch[] {
    return switchNames.filter((name) => this.on.has(name));
  }
}
