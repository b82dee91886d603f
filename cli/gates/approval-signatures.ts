import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Approval, ApprovalFile } from "../../analysis/gates";
import { CommandError } from "../base/errors";

/** What signatures of approvals are for; a signature made for anything else does not count. */
export const signatureNamespace = "meridian-approval";

/**
 * Why approvals do not count where approvers are named: one line for each whose signature is missing or not
 * that of the person in `approvedBy`.
 *
 * @param approvers - public SSH keys by name.
 * @throws CommandError where `ssh-keygen`, which checks signatures, is not installed.
 * @see https://man.openbsd.org/ssh-keygen.1#Y
 */
export function unsignedApprovals(
  projectDirectory: string,
  approvals: readonly Approval[],
  files: readonly ApprovalFile[],
  approvers: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const directory = mkdtempSync(join(tmpdir(), "meridian-approvals-"));
  try {
    return new Map(
      approvals.flatMap(({ file, approvedBy }): [string, string][] => {
        const text = files.find((one) => one.file === file)?.text ?? "";
        const key = Object.hasOwn(approvers, approvedBy) ? approvers[approvedBy] : undefined;
        const signature = join(projectDirectory, `${file}.sig`);
        if (key === undefined) {
          return [[file, `${JSON.stringify(approvedBy)} is not one of 'rollout.approvers'`]];
        }
        if (!existsSync(signature)) {
          return [[file, `it has no signature ${file}.sig`]];
        }
        return isSigned(directory, { text, key, signature })
          ? []
          : [[file, `${file}.sig is not a signature of ${approvedBy} over it as it is now`]];
      }),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function isSigned(
  directory: string,
  { text, key, signature }: { text: string; key: string; signature: string },
): boolean {
  const allowed = join(directory, "allowed-signers");
  writeFileSync(allowed, `approver namespaces="${signatureNamespace}" ${key}\n`);
  const { status, error } = spawnSync(
    "ssh-keygen",
    ["-Y", "verify", "-f", allowed, "-I", "approver", "-n", signatureNamespace, "-s", signature],
    // Git may have changed line ends when it checked the file out.
    { input: text.replaceAll("\r\n", "\n"), stdio: ["pipe", "ignore", "ignore"] },
  );
  if (error !== undefined) {
    throw new CommandError(
      `Signatures of approvals cannot be checked: ${error.message}`,
      "Install OpenSSH's ssh-keygen (Debian: openssh-client), or remove 'rollout.approvers' from the environment.",
    );
  }
  return status === 0;
}
