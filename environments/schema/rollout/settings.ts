import { z } from "zod";

import { mapOf, section, text, whole } from "../fields";

/** How a change reaches what already stands. A stack's first deploy endangers nobody and is not held up. */
export const rolloutSchema = section({
  /**
   * Seconds that a changed region is watched by its alarms before the next region is changed.
   *
   * @default 300
   */
  bakeSeconds: whole(0, 86_400, "give the seconds to wait, at most a day").default(300),
  /**
   * Seconds that the services of a changed region may take until ECS has deployed them, their targets are
   * healthy and App Runner answers to their names. What takes longer stops the rollout.
   *
   * @default 1800
   */
  settleSeconds: whole(60, 86_400, "give the seconds to wait, at most a day").default(1800),
  /**
   * Regions that are changed in one wave. More than one needs an approval each time.
   *
   * @default 1
   */
  regionsPerWave: whole(1, 40, "give the number of regions").default(1),
  /**
   * Resources that one deploy may create, change and destroy without an approval.
   *
   * @default 100
   */
  maximumChanges: whole(1, 100_000, "give the number of changes that need no approval").default(100),
  /**
   * Directory of Rego policies, from the root of the repository, that conftest asks about every plan: what they
   * deny needs an approval. Where they cannot be asked, nothing is applied.
   *
   * @default - no policies are asked
   */
  policies: text(
    /^(?!\/)(?!.*(^|\/)\.\.(\/|$))[\w./-]+$/,
    "be a directory of the repository",
    'name it from the root of the repository, such as "policies"',
  ).optional(),
  /**
   * Who may approve what the gates hold back: public SSH keys by the name in `approvedBy`. An approval then
   * counts only with a signature of that key beside it (`approvals/<file>.sig`), so that a name cannot be
   * written by somebody else and nothing in the file can be changed afterwards.
   *
   * @default - `approvedBy` is what the file says; review and code owners vouch for it
   */
  approvers: mapOf(
    z.string().min(1),
    text(
      /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com|ssh-rsa) [A-Za-z0-9+/=]+( [^\n]*)?$/,
      "be a public SSH key",
      'copy the line of the ".pub" file, such as "ssh-ed25519 AAAA… ada@example.com"',
    ),
  ).optional(),
});
