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

/** Resources that are a guard themselves: what is no longer so once they are gone. */
const guardTypes: Readonly<Record<string, string>> = {
  aws_backup_plan: "makes no more of its backups",
  aws_backup_selection: "leaves what it selects without backups",
  aws_backup_vault_lock_configuration: "lets recovery points be deleted before their time",
  aws_backup_vault_policy: "lifts the policy of a vault of recovery points",
  aws_ebs_encryption_by_default: "leaves new disks unencrypted",
  aws_guardduty_detector: "looks for no more threats",
  aws_route53_hosted_zone_dnssec: "signs the zone no longer",
  aws_route53_resolver_firewall_rule_group_association: "lets the network resolve names that it refused",
  aws_s3_account_public_access_block: "lets the account's buckets be public",
  aws_s3_bucket_object_lock_configuration: "lets new objects be deleted before their time",
  aws_s3_bucket_public_access_block: "lets the bucket be public",
  aws_s3_bucket_replication_configuration: "copies the bucket to nowhere any more",
  aws_s3_bucket_server_side_encryption_configuration: "encrypts new objects with no key of one's own",
  aws_s3_bucket_versioning: "switches versioning off",
  aws_shield_protection: "ends the protection of Shield Advanced",
  aws_wafv2_web_acl_association: "lets requests through that the firewall turned away",
};

/** Attributes whose absence means "off", so that taking them away is a change of the guard. */
export function protectionsLost(change: ClassifiableChange): string[] {
  if (change.action === "destroy") {
    const says = Object.hasOwn(guardTypes, change.type) ? guardTypes[change.type] : undefined;
    return says === undefined ? [] : [says];
  }
  if (change.action !== "update" && change.action !== "replace") {
    return [];
  }
  return change.attributes.flatMap(({ path, before, after, unknown }) => {
    const guard =
      unknown === true ? undefined : guards.find(({ attribute }) => attribute.test(attributeName(path)));
    return guard?.isOff(after, before) === true ? [`${guard.says} (${path})`] : [];
  });
}
