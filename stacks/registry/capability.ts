import type { Capability } from "../capability";
import { addRepositories, prepareRegistry } from "./registries";

/** The registry of images: repositories in the home region, and what their copies in the others are like. */
export const registry: Capability = {
  noun: "registry",
  foundation: ({ scope, environment }) => {
    addRepositories(scope, environment);
  },
  region: ({ scope, environment, network }) => {
    prepareRegistry(scope, environment, network.region);
    return {};
  },
};
