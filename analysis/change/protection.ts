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
  {
    attribute:
      /^(ssl_policy|security_policy|security_policy_name|viewer_certificate\.minimum_protocol_version|domain_endpoint_options\.tls_security_policy|domain_name_configuration\.security_policy|minimum_tls_version)$/,
    isOff: (after, before) => tlsRank(after) < tlsRank(before),
    says: "accepts older versions of TLS",
  },
  { attribute: /^enable_logging$/, isOff: isFalse, says: "stops the audit trail" },
  {
    attribute: /^is_multi_region_trail$/,
    isOff: isFalse,
    says: "leaves other regions out of the audit trail",
  },
  {
    attribute: /^include_global_service_events$/,
    isOff: isFalse,
    says: "leaves global services out of the audit trail",
  },
  {
    attribute: /^enable_log_file_validation$/,
    isOff: isFalse,
    says: "no longer shows whether the audit trail was changed",
  },
  {
    attribute: /^metadata_options\.http_tokens$/,
    isOff: (after, before) => before === "required" && after !== "required",
    says: "answers requests for credentials without a session token (IMDSv1)",
  },
  {
    attribute: /^metadata_options\.http_put_response_hop_limit$/,
    isOff: (after, before) => typeof after === "number" && after > (typeof before === "number" ? before : 1),
    says: "hands credentials out over more hops",
  },
  { attribute: /^actions_enabled$/, isOff: isFalse, says: "mutes the alarm" },
  {
    attribute: /^alarm_actions$/,
    isOff: (after, before) => before !== undefined && after === undefined,
    says: "notifies nobody when the alarm goes off",
  },
];

/** The oldest minor version of TLS 1 that a policy accepts; not a number where its name says none. */
function tlsRank(policy: unknown): number {
  if (typeof policy !== "string") {
    return Number.NaN;
  }
  const named = /[-_v]1[-_.]([0-3])(?!\d)/.exec(policy.replace("TLS13-", ""));
  if (named !== null) {
    return Number(named[1]);
  }
  // Policies that are called by their year alone accept TLS 1.0.
  return policy === "SSLv3" ? -1 : /^(TLSv1|ELBSecurityPolicy)/.test(policy) ? 0 : Number.NaN;
}

/** Resources that are a guard themselves: what is no longer so once they are gone. */
const guardTypes: Readonly<Record<string, string>> = {
  aws_backup_plan: "stops making its backups",
  aws_backup_selection: "leaves what it selects without backups",
  aws_backup_vault_lock_configuration: "lets recovery points be deleted before their time",
  aws_backup_vault_policy: "lifts the policy of a vault of recovery points",
  aws_cloudwatch_composite_alarm: "no longer goes off",
  aws_cloudwatch_metric_alarm: "no longer goes off",
  aws_ebs_encryption_by_default: "leaves new disks unencrypted",
  aws_guardduty_detector: "stops looking for threats",
  aws_route53_hosted_zone_dnssec: "no longer signs the zone",
  aws_route53_resolver_firewall_rule_group_association: "lets the network resolve names that it blocked",
  aws_s3_account_public_access_block: "lets the account's buckets be public",
  aws_s3_bucket_object_lock_configuration: "lets new objects be deleted before their time",
  aws_s3_bucket_public_access_block: "lets the bucket be public",
  aws_s3_bucket_replication_configuration: "no longer replicates the bucket",
  aws_s3_bucket_server_side_encryption_configuration:
    "no longer encrypts new objects with a customer managed key",
  aws_s3_bucket_versioning: "switches versioning off",
  aws_shield_protection: "ends the protection of Shield Advanced",
  aws_wafv2_web_acl_association: "lets requests through that the firewall blocked",
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
    const name = attributeName(path);
    const guard = unknown === true ? undefined : guards.find(({ attribute }) => attribute.test(name));
    return guard?.isOff(after, before) === true ? [`${guard.says} (${path})`] : [];
  });
}
