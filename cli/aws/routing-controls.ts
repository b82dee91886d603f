import { type ClientSettings, type Patience, clientSettings } from "./client";
import type { AwsAccess } from "./access";
import { explain } from "../base/diagnose";
import { CommandError, messageOf } from "../base/errors";

/** An endpoint of a cluster of routing controls, and the region that it is in. */
export interface ClusterEndpoint {
  readonly endpoint: string;
  readonly region: string;
}

/** The states that are wanted of routing controls, by ARN. */
export type WantedStates = ReadonlyMap<string, "On" | "Off">;

/** Routing controls of Application Recovery Controller, at the endpoints of their cluster. */
export interface RoutingControls {
  /** Which of a control panel's controls are on, by ARN. */
  states(
    access: AwsAccess,
    endpoints: readonly ClusterEndpoint[],
    controlPanelArn: string,
  ): Promise<ReadonlyMap<string, boolean>>;
  /**
   * Sets states, all or none.
   *
   * @throws RefusedByRule where a safety rule is in the way.
   */
  set(
    access: AwsAccess,
    endpoints: readonly ClusterEndpoint[],
    wanted: WantedStates,
    overriddenRules: readonly string[],
  ): Promise<void>;
}

/** A safety rule is in the way of a change, or its wait period after the last change. */
export class RefusedByRule extends CommandError {}

/** An endpoint is one of five, and the next one is asked soon. */
const patience: Patience = { connectMilliseconds: 2000, answerMilliseconds: 4000, attempts: 1 };

/** How often all endpoints are asked: those that are maintained come back after a moment. */
const rounds = 2;

/** What another endpoint would answer in the same way. */
const finalErrors = new Set([
  "AccessDeniedException",
  "ConflictException",
  "ResourceNotFoundException",
  "ServiceLimitExceededException",
  "ValidationException",
  "ExpiredTokenException",
  "InvalidSignatureException",
  "UnrecognizedClientException",
  "CredentialsProviderError",
]);

/** The SDK's answers, loaded on first use. No control plane is asked. */
export const clusterRoutingControls: RoutingControls = {
  async states(access, endpoints, controlPanelArn) {
    const { ListRoutingControlsCommand, Route53RecoveryClusterClient } =
      await import("@aws-sdk/client-route53-recovery-cluster");
    return inTurn(endpoints, async (endpoint) => {
      const client = new Route53RecoveryClusterClient(settingsOf(access, endpoint));
      const { RoutingControls = [] } = await client.send(
        new ListRoutingControlsCommand({ ControlPanelArn: controlPanelArn }),
      );
      return new Map(
        RoutingControls.map(({ RoutingControlArn = "", RoutingControlState }) => [
          RoutingControlArn,
          RoutingControlState === "On",
        ]),
      );
    });
  },

  async set(access, endpoints, wanted, overriddenRules) {
    const { Route53RecoveryClusterClient, UpdateRoutingControlStatesCommand } =
      await import("@aws-sdk/client-route53-recovery-cluster");
    await inTurn(endpoints, async (endpoint) => {
      const client = new Route53RecoveryClusterClient(settingsOf(access, endpoint));
      await client.send(
        new UpdateRoutingControlStatesCommand({
          UpdateRoutingControlStateEntries: [...wanted].map(([RoutingControlArn, RoutingControlState]) => ({
            RoutingControlArn,
            RoutingControlState,
          })),
          ...(overriddenRules.length === 0 ? {} : { SafetyRulesToOverride: [...overriddenRules] }),
        }),
      );
    });
  },
};

function settingsOf(access: AwsAccess, { endpoint, region }: ClusterEndpoint): ClientSettings {
  return { ...clientSettings(access, region, patience), endpoint };
}

/**
 * Asks the endpoints of a cluster one after the other, in random order, until one answers: AWS keeps at
 * least three of the five available, and takes each out for maintenance in turn.
 *
 * @throws CommandError with the refusal, where one refused, or with what each endpoint said.
 * @see https://docs.aws.amazon.com/r53recovery/latest/dg/route53-arc-best-practices.regional.html
 */
export async function inTurn<Answer>(
  endpoints: readonly ClusterEndpoint[],
  ask: (endpoint: ClusterEndpoint) => Promise<Answer>,
  random: () => number = Math.random,
): Promise<Answer> {
  const order = shuffled(endpoints, random);
  const failures = new Map<string, string>();
  for (let round = 0; round < rounds; round += 1) {
    for (const endpoint of order) {
      try {
        return await ask(endpoint);
      } catch (error) {
        if (finalErrors.has((error as Error).name)) {
          throw refusal(error as Error);
        }
        failures.set(endpoint.region, `${(error as Error).name}: ${messageOf(error)}`);
      }
    }
  }
  throw new CommandError(
    [
      "No endpoint of the routing controls answers.",
      ...[...failures].map((each) => `  ${each.join(": ")}`),
    ].join("\n"),
    "AWS keeps at least three of the five available: check whether this machine reaches the internet, and run the command again, if necessary from another network.",
  );
}

/** The list in an order that chance decides, each order as likely as any other. */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(Math.floor(random() * rest.length), 1));
}

function refusal(error: Error): CommandError {
  const said = `${error.name}: ${messageOf(error)}`;
  switch (error.name) {
    case "ConflictException":
      return new RefusedByRule(
        `A safety rule refuses the change: ${messageOf(error)}`,
        "If its wait period after the last change is not over, run the command again in some seconds. To override the rule, give --override-safety-rules.",
      );
    case "AccessDeniedException":
      return new CommandError(
        `The credentials may not do this: ${messageOf(error)}`,
        "Assume the role <env>-meridian-evacuate, or allow the credentials route53-recovery-cluster:ListRoutingControls and UpdateRoutingControlStates. Leave out --override-safety-rules if the role must not use it.",
      );
    case "ResourceNotFoundException":
      return new CommandError(
        `The routing controls are not there: ${messageOf(error)}`,
        "Their recorded endpoints are from an earlier deploy. Give newer ones with --controls, or read the parameter /meridian/<env>/routing-controls of a region that answers.",
      );
    default: {
      const known = explain(said);
      return new CommandError(
        known === undefined ? `The routing controls cannot be read: ${said}` : `${known.message} (${said})`,
        known?.remedy,
      );
    }
  }
}
