import type { Permission } from "./permissions";
import { InternalError } from "./problems";

/** What a role may do with one thing that the environment offers. */
export interface Grant {
  /** Construct id of its policy, below whoever holds the role. Public, as all ids are. */
  readonly id: string;
  /** Name of the policy, unique in the role. */
  readonly policyName: string;
  /** What is allowed: exactly this thing, and its key by way of its service only. */
  readonly permissions: readonly Permission[];
}

/** A place that whoever uses something connects to. */
export interface Connection {
  /** A block of addresses, or `network` for those of the region's own network. */
  readonly to: string;
  /** Port that the other side listens on. */
  readonly port: number;
  /** Protocol above IP. */
  readonly protocol: "tcp" | "udp";
}

/**
 * What a service or function gets for using something that the environment offers, in one region:
 * what it has to know, may do and can reach. Nouns make them, runtimes apply them, and neither knows
 * of the other.
 */
export interface Binding {
  /** Environment variables, never secrets. */
  readonly variables: Readonly<Record<string, string>>;
  /** Names or ARNs of secrets, by the variable that their value is read into. */
  readonly secrets: Readonly<Record<string, string>>;
  /** ARNs of the KMS keys of those secrets, where they are not encrypted with AWS's own. */
  readonly secretKeyArns: readonly string[];
  /** Policies of its role. */
  readonly grants: readonly Grant[];
  /** Where it connects to, by a name that says what is there. HTTPS is open already. */
  readonly egress: Readonly<Record<string, Connection>>;
}

/**
 * All that somebody gets who uses several things.
 *
 * @throws InternalError when two of them give one variable, construct id, policy or connection its name: the last
 * would replace the others without a word.
 */
export function mergeBindings(bindings: readonly Partial<Binding>[]): Binding {
  const grants = bindings.flatMap((binding) => binding.grants ?? []);
  const ofEach = <Value>(
    values: (binding: Partial<Binding>) => Readonly<Record<string, Value>> | undefined,
  ) => bindings.flatMap((binding) => Object.entries(values(binding) ?? {}));
  const variables = ofEach(({ variables }) => variables);
  const secrets = ofEach(({ secrets }) => secrets);
  const egress = ofEach(({ egress }) => egress);
  requireUnique("variable", [...variables, ...secrets].map(first));
  requireUnique("connection", egress.map(first));
  requireUnique(
    "construct id",
    grants.map(({ id }) => id),
  );
  requireUnique(
    "policy",
    grants.map(({ policyName }) => policyName),
  );
  return {
    variables: Object.fromEntries(variables),
    secrets: Object.fromEntries(secrets),
    secretKeyArns: [...new Set(bindings.flatMap((binding) => binding.secretKeyArns ?? []))],
    grants,
    egress: Object.fromEntries(egress),
  };
}

function first([name]: readonly [string, unknown]): string {
  return name;
}

function requireUnique(kind: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new InternalError(`two bindings give the ${kind} '${repeated}'`);
  }
}
