import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";

import type { Capability } from "../capability";
import { routingControlsParameterName } from "../physical-names";

/** What takes regions out. The switches have a stack of their own, before all that follows them. */
export const recovery: Capability = {
  noun: "recovery",
  // Each region says where the switches are, so that they are found while any other one is dark.
  region: ({ scope, environment, routingControls }) => {
    if (routingControls !== undefined) {
      new SsmParameter(scope, "RoutingControls", {
        name: routingControlsParameterName(environment),
        description: "Where the routing controls are, for `meridian region`",
        type: "String",
        value: routingControls,
      });
    }
    return {};
  },
};
