import type { ValidationRule } from "../../parts";
import type { RuleNetworks } from "../rule-association";
import { isRuleDomain, nameExpected, namePattern } from "./names";

/** What all rules of Resolver have. */
export interface RuleProps {
  /** The rule's name. */
  readonly name: string;
  /** The domain that the rule is about. */
  readonly domainName: string;
  /** The networks that obey it. */
  readonly networks?: RuleNetworks;
}

/** What is wrong with any rule. */
export const ruleRules: readonly ValidationRule<RuleProps>[] = [
  {
    property: "name",
    isValid: (props) => namePattern.test(props.name),
    expected: nameExpected,
    remedy: "shorten it or leave other characters out",
  },
  {
    property: "domainName",
    isValid: (props) => isRuleDomain(props.domainName),
    expected: "be a domain name in lower case without a trailing dot, or a lone dot",
    remedy: 'write it like "corp.example.com", or "." for every name',
  },
  {
    property: "networks",
    isValid: ({ networks = {} }) => {
      const ids = Object.values(networks).map(({ vpcId }) => vpcId);
      return new Set(ids).size === ids.length;
    },
    expected: "name each network once",
    got: ({ networks = {} }) =>
      Object.fromEntries(Object.entries(networks).map(([key, { vpcId }]) => [key, vpcId])),
    remedy: "remove the repetition",
  },
];
