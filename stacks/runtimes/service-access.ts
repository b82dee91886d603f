import type { Construct } from "constructs";

import type { IGrantable, INetwork } from "../../core";
import type { Environment, Service } from "../../environments";
import { RolePermissions } from "../../modules/parts";
import { bindingOf } from "../bindings";
import { allowEgress } from "./egress";
import { grantPermissions, secretKeyArnsIn } from "./permissions";

/** What a service gets in a region, of the environment and of what is not ours. */
export interface ServiceAccess {
  /** What its container is told. */
  readonly settings: {
    readonly environment: Readonly<Record<string, string>>;
    readonly secrets: Readonly<Record<string, string>>;
    readonly secretKeyArns: readonly string[];
  };
  /** Lets what runs the service do and reach it. */
  readonly grantTo: (runtime: Construct & IGrantable, securityGroupId: string) => void;
}

/** The one call by which every runtime learns what a service may know, do and reach. */
export function serviceAccess(environment: Environment, service: Service, network: INetwork): ServiceAccess {
  const { region } = network;
  const binding = bindingOf(environment, service, region);
  return {
    settings: {
      environment: { ...service.environment, ...binding.variables },
      secrets: { ...service.secrets, ...binding.secrets },
      secretKeyArns: [...secretKeyArnsIn(service, region), ...binding.secretKeyArns],
    },
    grantTo: (runtime, securityGroupId) => {
      for (const { id, ...grant } of binding.grants) {
        const { resource } = new RolePermissions(runtime, id, { grantee: runtime, ...grant });
        // Another access is another policy name, and a service that runs must not be without either.
        resource.lifecycle = { createBeforeDestroy: true };
      }
      grantPermissions(runtime, service, region);
      allowEgress(runtime, securityGroupId, { ...service.egress, ...binding.egress }, network);
    },
  };
}
