import { EcrReplicationConfiguration } from "@cdktf/provider-aws/lib/ecr-replication-configuration";
import { Construct } from "constructs";

import { type ValidationRule, validate } from "../parts";
import { partitionOf } from "../../core";
import { accountId } from "../../core/forms";
import { accountCheck } from "./private/account-checks";
import { duplicates } from "./private/registry-checks";

/** Where images are copied to, and which. */
export interface RegistryReplicationProps {
  /** The account that holds the registry. */
  readonly account: string;

  /** The region that images are pushed to: the region of the stack. */
  readonly homeRegion: string;

  /** The regions of the account that receive a copy. */
  readonly destinationRegions: readonly string[];

  /**
   * Regions of other accounts that receive a copy, by account id. Each needs a `RegistryPolicy`
   * that lets this account in.
   *
   * @default - the account itself only
   */
  readonly destinationAccounts?: Readonly<Record<string, readonly string[]>>;

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

    const destination = destinationsOf(props);
    this.resource = new EcrReplicationConfiguration(this, "Resource", {
      replicationConfiguration: {
        rule: filterGroups(props).map((prefixes) => ({
          destination: [...destination],
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
  accountCheck,
  {
    property: "destinationRegions",
    isValid: (props) => destinationsOf(props).length > 0,
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
    isValid: (props) => destinationsOf(props).length <= limits.destinations,
    expected: `hold at most ${limits.destinations} regions, those of 'destinationAccounts' included`,
    got: (props) => destinationsOf(props).length,
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
    property: "destinationAccounts",
    isValid: (props) => badAccounts(props).length === 0,
    expected: "name other accounts by ids of 12 digits, with different regions each",
    got: badAccounts,
    remedy: "correct them; regions of the account itself go to 'destinationRegions'",
  },
  {
    property: "repositoryPrefixes",
    isValid: (props) => (props.repositoryPrefixes ?? []).every((prefix) => isPrefix(prefix)),
    expected: "be beginnings of repository names: 2 to 256 lower-case letters, digits, '.', '_', '-' and '/'",
    got: (props) => props.repositoryPrefixes?.filter((prefix) => !isPrefix(prefix)),
    remedy: "correct them; wildcards are not supported",
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

function destinationsOf(
  props: RegistryReplicationProps,
): readonly { readonly region: string; readonly registryId: string }[] {
  const accounts = { ...props.destinationAccounts, [props.account]: props.destinationRegions };
  return Object.entries(accounts)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([registryId, regions]) => [...regions].sort().map((region) => ({ region, registryId })));
}

function badAccounts(props: RegistryReplicationProps): readonly string[] {
  return Object.entries(props.destinationAccounts ?? {})
    .filter(
      ([account, regions]) =>
        !accountId.accepts(account) ||
        account === props.account ||
        regions.length === 0 ||
        duplicates(regions).length > 0,
    )
    .map(([account]) => account);
}

function strangers(props: RegistryReplicationProps): readonly string[] {
  const regions = Object.values(props.destinationAccounts ?? {}).flat();
  return [...props.destinationRegions, ...regions].filter(
    (region) => partitionOf(region) !== partitionOf(props.homeRegion),
  );
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
