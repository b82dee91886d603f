import type { ValidationRule } from "../../parts";
import type { LifecycleRule } from "../lifecycle-rule";
import { entriesOf, renderLifecyclePolicy, selectionKey } from "./lifecycle-policy";

/** Whatever has lifecycle rules: a repository, or the template for repositories to come. */
interface WithLifecycleRules {
  readonly lifecycleRules?: readonly LifecycleRule[];
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
const limits = { rules: 50, policyCharacters: 30_720, wildcardsPerPattern: 4 };

const tagEntry = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const tagPatternEntry = /^[A-Za-z0-9_*][A-Za-z0-9._*-]{0,127}$/;

const rulesOf = (props: WithLifecycleRules): readonly LifecycleRule[] => props.lifecycleRules ?? [];

const hasPositiveNumber = (rule: LifecycleRule): boolean => {
  switch (rule.kind) {
    case "keep-all":
      return true;
    case "keep-last":
    case "keep-last-of-any":
      return Number.isInteger(rule.count) && rule.count >= 1;
    default:
      return Number.isInteger(rule.afterDays) && rule.afterDays >= 1;
  }
};

const selectsRealTags = (rule: LifecycleRule): boolean => {
  if (!("tags" in rule)) {
    return true;
  }
  const pattern = "tagPrefixes" in rule.tags ? tagEntry : tagPatternEntry;
  const entries = entriesOf(rule.tags);
  return entries.length > 0 && entries.every((entry) => pattern.test(entry));
};

const hasFewWildcards = (rule: LifecycleRule): boolean =>
  !("tags" in rule) ||
  entriesOf(rule.tags).every((entry) => entry.split("*").length - 1 <= limits.wildcardsPerPattern);

const repeated = (rules: readonly LifecycleRule[]): readonly LifecycleRule[] =>
  rules.filter(
    (rule, position) => rules.findIndex((other) => selectionKey(other) === selectionKey(rule)) < position,
  );

/** The rules of ECR about lifecycle rules. */
export const lifecycleRuleChecks: readonly ValidationRule<WithLifecycleRules>[] = [
  {
    property: "lifecycleRules",
    isValid: (props) => rulesOf(props).every(hasPositiveNumber),
    expected: "count images and days in whole numbers from 1",
    got: (props) => rulesOf(props).filter((rule) => !hasPositiveNumber(rule)),
    remedy: "correct 'count' or 'afterDays', or remove the rule",
  },
  {
    property: "lifecycleRules",
    isValid: (props) => rulesOf(props).every(selectsRealTags),
    expected:
      "select tags by at least one prefix or pattern of letters, digits, '.', '_' and '-' ('*' in patterns only)",
    got: (props) => rulesOf(props).filter((rule) => !selectsRealTags(rule)),
    remedy: "correct 'tags'; for images of any tag use a rule of kind \"keep-last-of-any\"",
  },
  {
    property: "lifecycleRules",
    isValid: (props) => rulesOf(props).every(hasFewWildcards),
    expected: `have at most ${limits.wildcardsPerPattern} wildcards in a tag pattern`,
    got: (props) => rulesOf(props).filter((rule) => !hasFewWildcards(rule)),
    remedy: "shorten the pattern",
  },
  {
    property: "lifecycleRules",
    isValid: (props) => repeated(rulesOf(props)).length === 0,
    expected: "select the same images once at most",
    got: (props) => repeated(rulesOf(props)),
    remedy: "merge the rules: ECR applies only the first rule that selects an image",
  },
  {
    property: "lifecycleRules",
    isValid: (props) => rulesOf(props).length <= limits.rules,
    expected: `hold at most ${limits.rules} rules`,
    got: (props) => rulesOf(props).length,
    remedy: "merge rules by a pattern that covers several tags",
  },
  {
    property: "lifecycleRules",
    isValid: (props) => renderLifecyclePolicy(rulesOf(props)).length <= limits.policyCharacters,
    expected: `make a policy of at most ${limits.policyCharacters} characters`,
    got: (props) => renderLifecyclePolicy(rulesOf(props)).length,
    remedy: "shorten prefixes and patterns, or remove rules",
  },
];
