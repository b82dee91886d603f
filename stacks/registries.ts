import type { Construct } from "constructs";

import type { Environment } from "../environments";
import { PullThroughCache, RegistryScanning, RepositoryTemplate } from "../modules/container-registry";
import { pascalCase, platformTags, type IAlarmTopic } from "../modules/core";
import { repositoryNames } from "./repository-names";

/** The registry of a region. */
export interface RegistryProps {
  readonly region: string;
  /** Who hears of findings in images. */
  readonly alarmTopic: IAlarmTopic;
}

/** Prepares a region's registry for the images that arrive: scanning, caches, and what replicas are like. */
export function prepareRegistry(
  scope: Construct,
  environment: Environment,
  { region, alarmTopic }: RegistryProps,
): void {
  const { name, account, registry, homeRegion, tags } = environment;
  new RegistryScanning(scope, "RegistryScanning", { scanType: registry.scanning, topic: alarmTopic });
  const repositoryTags = platformTags(name, scope.node.id, tags);
  const shared = { account, region, repositoryTags };
  for (const [repositoryPrefix, upstream] of Object.entries(registry.pullThroughCaches)) {
    new PullThroughCache(scope, `Cache-${pascalCase(repositoryPrefix)}`, {
      account,
      region,
      upstream,
      repositoryPrefix,
    });
    new RepositoryTemplate(scope, `CacheTemplate-${pascalCase(repositoryPrefix)}`, {
      ...shared,
      appliedFor: "PULL_THROUGH_CACHE",
      prefix: repositoryPrefix,
    });
  }
  if (region === homeRegion) {
    return;
  }
  for (const prefix of repositoryNames(environment)) {
    new RepositoryTemplate(scope, `ReplicaTemplate-${pascalCase(prefix)}`, {
      ...shared,
      appliedFor: "REPLICATION",
      prefix,
    });
  }
}
