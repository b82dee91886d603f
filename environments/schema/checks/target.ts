import type { Environment } from "../environment";
import type { Finding } from "./finding";

/** The account that the local cloud says it is. */
const localAccount = "123456789012";

/** What goes to the local cloud names its account, so that nothing meant for it can reach a real one. */
export function checkTarget({ target, account }: Environment): Finding[] {
  return target === "aws" || account === localAccount
    ? []
    : [
        {
          property: "account",
          expected: `be "${localAccount}", the account of the local cloud`,
          got: account,
          remedy: `write "${localAccount}", or set 'target' to "aws"`,
        },
      ];
}
