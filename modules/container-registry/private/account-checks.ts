import { accountId } from "../../../core/forms";
import { hasForm, type ValidationRule } from "../../parts";
import { duplicates } from "./registry-checks";

/** Whatever stands in an account and may let others pull. */
interface WithAccounts {
  readonly account: string;
  readonly pullAccounts?: readonly string[];
}

/** The rule about the account that holds a registry. */
export const accountCheck: ValidationRule<Pick<WithAccounts, "account">> = hasForm("account", accountId);

/** The rules about accounts that may pull. */
export const pullAccountChecks: readonly ValidationRule<WithAccounts>[] = [
  {
    property: "pullAccounts",
    isValid: (props) => (props.pullAccounts ?? []).every(accountId.accepts),
    expected: "list account ids of 12 digits",
    got: (props) => props.pullAccounts?.filter((account) => !accountId.accepts(account)),
    remedy: "write each id as a string, with its leading zeros",
  },
  {
    property: "pullAccounts",
    isValid: (props) => duplicates(props.pullAccounts ?? []).length === 0,
    expected: "name each account once",
    got: (props) => duplicates(props.pullAccounts ?? []),
    remedy: "remove the repetition",
  },
];
