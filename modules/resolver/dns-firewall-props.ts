import type { RuleNetworks } from "./rule-association";

/**
 * What happens to a query. `NODATA` and `NXDOMAIN` block it with an empty answer or one that denies
 * the name, {@link DnsOverride} with a record of one's own; `ALERT` lets it through and tells.
 */
export type DnsBlockAction = "NODATA" | "NXDOMAIN" | "ALERT" | DnsOverride;

/** What a DNS firewall is made of. */
export interface DnsFirewallProps {
  /** The rule group's name, 1 to 64 characters. */
  readonly name: string;

  /**
   * Lists whose names are blocked or told of, by a name that stays. What blocks is asked before what
   * tells, and a list of every name last. Names in no list are let through.
   */
  readonly block: Readonly<Record<string, DnsBlockList>>;

  /**
   * Lists whose names are let through whatever the other lists say, by a name that stays.
   *
   * @default - none
   */
  readonly allow?: Readonly<Record<string, DnsAllowList>>;

  /**
   * Networks of the account that it guards, by a name that stays. Other stacks and accounts add
   * theirs by {@link DnsFirewallAssociation}.
   *
   * @default - none
   */
  readonly networks?: RuleNetworks;

  /**
   * Its place among the rule groups of those networks, 101 to 9899; lower numbers are asked first.
   *
   * @default 101
   */
  readonly priority?: number;

  /**
   * Whether AWS refuses to change or remove the associations with those networks. Their rules can be
   * changed all the same.
   *
   * @default true
   */
  readonly mutationProtection?: boolean;

  /**
   * Whether names are resolved while DNS Firewall does not answer. Where not, queries fail with
   * `SERVFAIL` for that time. A network has one such setting for all its rule groups.
   *
   * @default false
   */
  readonly failOpen?: boolean;
}

/** Domains: one's own, or a list that AWS keeps up to date. */
export type DnsList =
  | {
      /**
       * Domains in lower case, 1,000 at most. `example.com` is that name alone, `*.example.com` is
       * every name below it, and `*` is every name.
       */
      readonly domains: readonly string[];
    }
  | {
      /** Id of a list that AWS keeps, or that another stack made. Every region has ids of its own. */
      readonly domainListId: string;
    };

/** The answer to a blocked query: a record that leads elsewhere. */
export interface DnsOverride {
  /** The domain that the `CNAME` record in the answer leads to. */
  readonly domain: string;
  /** How long the answer may be remembered, at most a week. */
  readonly ttlSeconds: number;
}

/** A list whose names are let through. */
export type DnsAllowList = DnsList & {
  /**
   * Whether the names that an answer leads on to, by `CNAME` or `DNAME`, are trusted. Where they are
   * not they are looked for in the lists like any other name.
   *
   * @default false
   */
  readonly trustRedirections?: boolean;
};

/** A list whose names are blocked or told of. */
export type DnsBlockList = DnsList & {
  /**
   * What happens to a query for one of its names.
   *
   * @default "NXDOMAIN"
   */
  readonly action?: DnsBlockAction;
};
