import type { App } from "cdktf";

import type { Environment } from "../environments";
import { partitionOf } from "../core";
import { EvacuationRole, RoutingControls } from "../modules/routing-controls";
import { replicaBucketName } from "../modules/state-bucket";
import { evacuationRoleName, outputWord, routingControlsParameterName } from "./physical-names";
import { PlatformStack, stateRegionOf } from "./platform-stack";

/** What flips regions tells the stacks that follow it. */
export type RecoveryOutput = "routing_controls" | `routing_control_${string}`;

/** The output that holds the ARN of a region's routing control. */
export function routingControlOutput(region: string): RecoveryOutput {
  return `routing_control_${outputWord(region)}`;
}

/**
 * The routing controls of an environment, and the role that may flip them. Apart from what follows them: a
 * new control is off, and is switched on before the first health check looks at it.
 */
export class RecoveryStack extends PlatformStack<RecoveryOutput> {
  public constructor(
    app: App,
    environment: Environment,
    settings: NonNullable<Environment["recovery"]["routingControls"]>,
  ) {
    // The service has no region of its own, and this provider must not depend on one that is dark.
    super(app, environment, "recovery", stateRegionOf(environment));

    const { name, account, homeRegion, regions, state, deletionProtection } = environment;
    const { controlArns, document } = new RoutingControls(this, "RoutingControls", {
      name,
      regions: Object.keys(regions),
      minimumOn: settings.minimumOn,
      waitPeriodSeconds: settings.waitPeriodSeconds,
      deletionProtection,
    });
    new EvacuationRole(this, "EvacuationRole", {
      name: evacuationRoleName(environment),
      account,
      region: homeRegion,
      controlArns: Object.values(controlArns),
      parameterName: routingControlsParameterName(environment),
      recordObjectArns: [state.bucket, replicaBucketName(state.bucket)].map(
        (bucket) => `arn:${partitionOf(homeRegion)}:s3:::${bucket}/${name}/region-changes/*`,
      ),
    });
    this.publish({
      routing_controls: document,
      ...Object.fromEntries(
        Object.entries(controlArns).map(([region, arn]) => [routingControlOutput(region), arn]),
      ),
    });
  }
}
