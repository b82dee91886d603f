import type { Construct } from "constructs";

import type { Environment } from "../../environments";
import { AlarmTopic } from "../../modules/alarm-topic";
import {
  ImageRepository,
  PullThroughCache,
  RegistryAccountSetting,
  RegistryReplication,
  RegistryScanning,
  RepositoryTemplate,
} from "../../modules/container-registry";
import { pascalCase, platformTags } from "../../core";
import { repositoryNames } from "./repository-names";

/** The environment's own repositories in its home region, whose images are copied to the others. */
export function addRepositories(scope: Construct, environment: Environment): void {
  const { account, homeRegion, deletionProtection } = environment;
  const names = repositoryNames(environment);
  for (const name of names) {
    new ImageRepository(scope, `Repository-${pascalCase(name)}`, {
      name,
      account,
      region: homeRegion,
      deletionProtection,
    });
  }
  const destinationRegions = Object.keys(environment.regions).filter((region) => region !== homeRegion);
  if (names.length > 0 && destinationRegions.length > 0) {
    new RegistryReplication(scope, "Replication", {
      account,
      homeRegion,
      destinationRegions,
      repositoryPrefixes: names,
    });
  }
}

/** Prepares a region's registry for the images that arrive: scanning, caches, and what replicas are like. */
export function prepareRegistry(scope: Construct, environment: Environment, region: string): void {
  const { name, account, registry, homeRegion, alarms, tags } = environment;
  // A topic of its own: EventBridge publishes without conditions, and no alarm must be forged.
  const topic = new AlarmTopic(scope, "FindingsTopic", {
    topicName: `${name}-findings`,
    account,
    region,
    emails: alarms.emails,
    eventBridge: true,
  });
  new RegistryScanning(scope, "RegistryScanning", { scanType: registry.scanning, topic });
  addAccountSettings(scope, registry.accountSettings);
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
  for (const prefix of new Set(repositoryNames(environment).map(namespaceOf))) {
    new RepositoryTemplate(scope, `ReplicaTemplate-${pascalCase(prefix ?? "root")}`, {
      ...shared,
      appliedFor: "REPLICATION",
      prefix,
    });
  }
}

/** What stands before the last slash of a name: templates are for namespaces, or for all that have none. */
function namespaceOf(repositoryName: string): string | undefined {
  const end = repositoryName.lastIndexOf("/");
  return end < 0 ? undefined : repositoryName.slice(0, end);
}

function addAccountSettings(
  scope: Construct,
  { basicScanTypeVersion, registryPolicyScope }: Environment["registry"]["accountSettings"],
): void {
  if (basicScanTypeVersion !== undefined) {
    new RegistryAccountSetting(scope, "BasicScanTypeVersion", {
      name: "BASIC_SCAN_TYPE_VERSION",
      value: basicScanTypeVersion,
    });
  }
  if (registryPolicyScope !== undefined) {
    new RegistryAccountSetting(scope, "RegistryPolicyScope", {
      name: "REGISTRY_POLICY_SCOPE",
      value: registryPolicyScope,
    });
  }
}
