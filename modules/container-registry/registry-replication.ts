import { EcrReplicationConfiguration } from "@cdktf/provider-aws/lib/ecr-replication-configuration";
import { Construct } from "constructs";

import type { ValidationRule } from "../core";
import { partitionOf, validate } from "../core";
import { accountExpected, duplicates, isAccountId } from "./private/registry-checks";

/** Where images are copied to, and which. */
export interface RegistryReplicationProps {
  /** The account that holds the registry. */
  readonly account: string;

  /** The region that images are pushed to: the region of the stack. */
  readonly homeRegion: string;

  /** The regions that receive a copy. */
  readonly destinationRegions: readonly string[];

  /**
   * Beginnings of the names of the repositories that are copied.
   *
   * @default - every repository of the registry
   */
  readonly repositoryPrefixes?: readonly string[];
}

/**
 * Copies every image that is pushed to the home region into other regions, so that a region that
 * takes over needs nothing from the one that is lost.
 *
 * A registry has one replication configuration for each region; this is it. Images pushed before
 * it stood are not copied, and a copy is not copied on.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
 */
export class RegistryReplication extends Construct {
  /** The replication configuration of the provider, for settings that this module does not model. */
  public readonly resource: EcrReplicationConfiguration;

  public constructor(scope: Construct, id: string, props: RegistryReplicationProps) {
    super(scope, id);
    validate(this, rules, props);

    const destination = [...props.destinationRegions]
      .sort()
      .map((region) => ({ region, registryId: props.account }));
    this.resource = new EcrReplicationConfiguration(this, "Resource", {
      replicationConfiguration: {
        rule: filterGroups(props).map((prefixes) => ({
          destination,
          repositoryFilter: prefixes.map((filter) => ({ filter, filterType: "PREFIX_MATCH" })),
        })),
      },
    });
  }
}

/**
 * The lower of the figures that AWS publishes.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
 */
const limits = { rules: 10, destinations: 25, filtersPerRule: 100 };

const prefixPattern = /^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*\/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$/;

const rules: readonly ValidationRule<RegistryReplicationProps>[] = [
  {
    property: "account",
    isValid: (props) => isAccountId(props.account),
    expected: accountExpected,
    remedy: "write the id as a string, with its leading zeros",
  },
  {
    property: "destinationRegions",
    isValid: (props) => props.destinationRegions.length > 0,
    expected: "name at least one region",
    remedy: "add a region, or leave the replication out",
  },
  {
    property: "destinationRegions",
    isValid: (props) => !props.destinationRegions.includes(props.homeRegion),
    expected: "name other regions than the home region",
    remedy: "remove the home region: images are there already",
  },
  {
    property: "destinationRegions",
    isValid: (props) => duplicates(props.destinationRegions).length === 0,
    expected: "name each region once",
    got: (props) => duplicates(props.destinationRegions),
    remedy: "remove the repetition",
  },
  {
    property: "destinationRegions",
    isValid: (props) => props.destinationRegions.length <= limits.destinations,
    expected: `hold at most ${limits.destinations} regions`,
    got: (props) => props.destinationRegions.length,
    remedy: "remove regions: ECR counts the destinations of all rules together",
  },
  {
    property: "destinationRegions",
    isValid: (props) => strangers(props).length === 0,
    expected: (props) => `stay in the partition of the home region, "${partitionOf(props.homeRegion)}"`,
    got: strangers,
    remedy: "remove them: images cannot be copied between partitions",
  },
  {
    property: "repositoryPrefixes",
    isValid: (props) => (props.repositoryPrefixes ?? []).every((prefix) => isPrefix(prefix)),
    expected: "be beginnings of repository names: 2 to 256 lower-case letters, digits, '.', '_', '-' and '/'",
    got: (props) => props.repositoryPrefixes?.filter((prefix) => !isPrefix(prefix)),
    remedy: "correct them; wildcards are not understood",
  },
  {
    property: "repositoryPrefixes",
    isValid: (props) => props.repositoryPrefixes?.length !== 0,
    expected: "name at least one prefix",
    remedy: "remove the property to copy every repository",
  },
  {
    property: "repositoryPrefixes",
    isValid: (props) => duplicates(props.repositoryPrefixes ?? []).length === 0,
    expected: "name each prefix once",
    got: (props) => duplicates(props.repositoryPrefixes ?? []),
    remedy: "remove the repetition",
  },
  {
    property: "repositoryPrefixes",
    isValid: (props) => filterGroups(props).length <= limits.rules,
    expected: `hold at most ${limits.rules * limits.filtersPerRule} prefixes (${limits.rules} rules of ${limits.filtersPerRule})`,
    got: (props) => props.repositoryPrefixes?.length,
    remedy: "use shorter prefixes that cover several repositories",
  },
];

function isPrefix(prefix: string): boolean {
  return prefix.length >= 2 && prefix.length <= 256 && prefixPattern.test(prefix);
}

function strangers(props: RegistryReplicationProps): readonly string[] {
  return props.destinationRegions.filter((region) => partitionOf(region) !== partitionOf(props.homeRegion));
}

/** The prefixes in groups that fit a rule each; one group without any where everything is copied. */
function filterGroups(props: RegistryReplicationProps): readonly (readonly string[])[] {
  const prefixes = [...(props.repositoryPrefixes ?? [])].sort();
  if (prefixes.length === 0) {
    return [[]];
  }
  const count = Math.ceil(prefixes.length / limits.filtersPerRule);
  return Array.from({ length: count }, (_, group) =>
    prefixes.slice(group * limits.filtersPerRule, (group + 1) * limits.filtersPerRule),
  );
}
