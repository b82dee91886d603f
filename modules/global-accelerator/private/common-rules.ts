import { Token } from "cdktf";

import type { Check } from "../../../core";
import { accountId, bucketLogRetention } from "../../../core/forms";
import type { AcceleratorFlowLogs } from "../flow-logs";

/** What standard and custom routing accelerators have in common. */
interface CommonProps {
  readonly name: string;
  readonly account: string;
  readonly ipAddresses?: readonly string[];
  readonly flowLogs?: AcceleratorFlowLogs;
}

/** Checks what standard and custom routing accelerators have in common. */
export function commonProblems(check: Check, props: CommonProps): void {
  const { name, account, ipAddresses = [], flowLogs } = props;
  check(
    /^(?!-)[A-Za-z0-9-]{1,64}(?<!-)$/.test(name),
    "name",
    "be 1 to 64 letters, digits and hyphens, with no hyphen at either end",
    name,
    "choose a name like 'prod-web'",
  );
  check(
    Token.isUnresolved(account) || accountId.accepts(account),
    "account",
    accountId.expected,
    account,
    accountId.remedy,
  );
  check(
    ipAddresses.length <= 2 && ipAddresses.every((address) => /^\d{1,3}(\.\d{1,3}){3}$/.test(address)),
    "ipAddresses",
    "be at most two IPv4 addresses",
    ipAddresses,
    "name addresses of a range that you brought to AWS, or leave it out",
  );
  if (flowLogs?.kind === "new-bucket") {
    const { retentionDays = 90 } = flowLogs;
    check(
      bucketLogRetention.accepts(retentionDays),
      "flowLogs.retentionDays",
      bucketLogRetention.expected,
      retentionDays,
      bucketLogRetention.remedy,
    );
  }
}
