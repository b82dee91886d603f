import { hyphenatedName } from "../../core/forms";
import type { RuleAction } from "./managed-rule-group";
import type { MeasuredStatement } from "./private/statement";
import { isUsableMatch, renderMatch, type RequestMatch } from "./request-match";

/** A rule of one's own: what happens to requests that look like something. */
export interface RequestRule {
  /** Name, unique among these rules: letters, digits and single hyphens. */
  readonly name: string;
  /** Which requests it is about; `and`, `or` and `not` may stand in one another three deep. */
  readonly match: RequestMatch;
  /**
   * What happens to them. `allow` lets them past every rule that comes later.
   *
   * @default "block"
   */
  readonly action?: RuleAction;
}

/** How deep `and`, `or` and `not` may stand in one another in a rule; the provider's schema ends there. */
export const deepestRule = 3;

/** The statement of a rule, with its capacity. */
export function renderRequestRule({ match }: RequestRule): MeasuredStatement {
  return renderMatch(match);
}

/** Whether AWS and the provider take the rule; its name's uniqueness aside. */
export function isUsableRequestRule({ name, match }: RequestRule): boolean {
  return hyphenatedName.accepts(name) && isUsableMatch(match, deepestRule);
}
