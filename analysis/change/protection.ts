import { attributeName } from "./attributes";
import type { ClassifiableChange } from "./change";

/** A guard against loss, and how it looks when it is off. */
interface Guard {
  readonly attribute: RegExp;
  readonly isOff: (after: unknown, before: unknown) => boolean;
  readonly says: string;
}

const isFalse = (after: unknown, before: unknown): boolean =>
  (after === false || after === undefined) && before !== false && before !== undefined;
const isTrue = (after: unknown): boolean => after === true;
const isLess = (after: unknown, before: unknown): boolean =>
  typeof before === "number" && (after === undefined || (typeof after === "number" && after < before));

const guards: readonly Guard[] = [
  {
    attribute:
      /^(deletion_protection|deletion_protection_enabled|enable_deletion_protection|deletion_protection_check)$/,
    isOff: (after, before) => isFalse(after, before) || after === "INACTIVE" || after === "DISABLED",
    says: "switches deletion protection off",
  },
  {
    attribute: /^mutation_protection$/,
    isOff: (after, before) => before === "ENABLED" && after !== "ENABLED",
    says: "lets it be changed and removed",
  },
  {
    attribute: /^firewall_fail_open$/,
    isOff: (after, before) => after === "ENABLED" && before !== "ENABLED",
    says: "resolves names unchecked while DNS Firewall does not answer",
  },
  {
    attribute: /^lifecycle\.prevent_destroy$/,
    isOff: isFalse,
    says: "lets Terraform destroy it (prevent_destroy)",
  },
  { attribute: /^disable_api_termination$/, isOff: isFalse, says: "switches termination protection off" },
  {
    attribute: /^termination_protection(_enabled)?$/,
    isOff: isFalse,
    says: "switches termination protection off",
  },
  {
    attribute: /^force_(destroy|delete)$/,
    isOff: isTrue,
    says: "lets it be destroyed with everything in it",
  },
  { attribute: /^skip_final_snapshot$/, isOff: isTrue, says: "takes no final snapshot when it is destroyed" },
  {
    attribute: /^delete_automated_backups$/,
    isOff: isTrue,
    says: "deletes its backups when it is destroyed",
  },
  { attribute: /^backup_retention_period$/, isOff: isLess, says: "keeps backups for a shorter time" },
  { attribute: /^retention_in_days$/, isOff: isLess, says: "keeps logs for a shorter time" },
  {
    attribute: /^(deletion|recovery)_window_in_days$/,
    isOff: isLess,
    says: "shortens the time to undo a deletion",
  },
  {
    attribute: /^point_in_time_recovery\.enabled$/,
    isOff: isFalse,
    says: "switches point-in-time recovery off",
  },
  {
    attribute: /^(versioning_configuration\.status|versioning\.enabled)$/,
    isOff: (after, before) => isFalse(after, before) || after === "Suspended" || after === "Disabled",
    says: "switches versioning off",
  },
  { attribute: /^(storage_encrypted|encrypted)$/, isOff: isFalse, says: "switches encryption off" },
  { attribute: /^enable_key_rotation$/, isOff: isFalse, says: "switches key rotation off" },
];

/** Attributes whose absence means "off", so that taking them away is a change of the guard. */
export function protectionsLost(change: ClassifiableChange): string[] {
  if (change.action !== "update" && change.action !== "replace") {
    return [];
  }
  return change.attributes.flatMap(({ path, before, after, unknown }) => {
    const guard =
      unknown === true ? undefined : guards.find(({ attribute }) => attribute.test(attributeName(path)));
    return guard?.isOff(after, before) === true ? [`${guard.says} (${path})`] : [];
  });
}
