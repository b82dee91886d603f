import { InternalError } from "../../../core";
import type { ClusterConfiguration } from "../file/cluster-keys";

/** The file's `DirectoryService`. */
export type DirectoryService = NonNullable<ClusterConfiguration["DirectoryService"]>;

/** Stands for the password, which the head node puts in its place: it is neither in the bucket nor in Terraform's state. */
const passwordPlace = "@PASSWORD@";

/** Users of these numbers are the system's; a directory that has root's, or Slurm's, names nobody on the nodes. */
const leastUserNumber = 1000;

/** Whether SSSD takes this word for true. */
const isTrue = (word: string | undefined) => word?.toLowerCase() === "true";

/** The addresses of the directory; ldaps is meant where one has no protocol. */
export function addressesOf({ DomainAddr }: DirectoryService): string[] {
  return DomainAddr.split(",")
    .map((one) => one.trim())
    .map((one) => (/^[a-z]+:\/\//.test(one) ? one : `ldaps://${one}`));
}

/** Whether anything goes to the directory without TLS, which the file must say. */
export function isUnencrypted(directory: DirectoryService): boolean {
  return addressesOf(directory).some((one) => one.startsWith("ldap://")) && !startsTls(directory);
}

function startsTls({ AdditionalSssdConfigs: own = {} }: DirectoryService): boolean {
  const said = own.ldap_id_use_start_tls;
  return said === undefined ? !isTrue(own.ldap_auth_disable_tls_never_use_in_production) : isTrue(said);
}

/**
 * `sssd.conf` of all nodes, as ParallelCluster writes it but for three things: an address with `ldap` is asked by StartTLS
 * unless the file says otherwise, users with numbers of the system are left out, and the password is missing.
 *
 * @see https://docs.aws.amazon.com/parallelcluster/latest/ug/DirectoryService-v3.html
 */
export function renderSssdConf(directory: DirectoryService): string {
  const addresses = addressesOf(directory);
  const { DomainName, DomainReadOnlyUser, LdapTlsCaCert, LdapTlsReqCert, LdapAccessFilter } = directory;
  const domain: Record<string, string | number | undefined> = {
    id_provider: "ldap",
    ldap_schema: "AD",
    ldap_uri: addresses.join(","),
    ldap_search_base: searchBaseOf(DomainName),
    ldap_default_bind_dn: DomainReadOnlyUser,
    ldap_default_authtok: passwordPlace,
    ldap_tls_reqcert: LdapTlsReqCert,
    ldap_tls_cacert: LdapTlsCaCert,
    ldap_id_use_start_tls: addresses.some((one) => one.startsWith("ldap://"))
      ? startsTls(directory)
        ? "True"
        : "False"
      : undefined,
    access_provider: LdapAccessFilter === undefined ? undefined : "ldap",
    ldap_access_filter: LdapAccessFilter,
    cache_credentials: "True",
    default_shell: "/bin/bash",
    fallback_homedir: "/home/%u",
    ldap_id_mapping: "True",
    ldap_referrals: "False",
    min_id: leastUserNumber,
    use_fully_qualified_names: "False",
    ...directory.AdditionalSssdConfigs,
  };
  return [
    ...section("sssd", { config_file_version: 2, services: "nss, pam", domains: "default" }),
    ...section("nss", { filter_users: "nobody,root,slurm,munge", filter_groups: "nobody,root,slurm,munge" }),
    ...section("pam", { offline_credentials_expiration: 7 }),
    ...section("domain/default", domain),
  ].join("\n");
}

function searchBaseOf(domainName: string): string {
  return domainName.includes("=")
    ? domainName
    : domainName
        .split(".")
        .map((label) => `DC=${label}`)
        .join(",");
}

function section(name: string, settings: Readonly<Record<string, string | number | undefined>>): string[] {
  const lines = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} = ${value}`);
  if (lines.some((line) => /\p{Cc}/u.test(line))) {
    throw new InternalError("the checks let a setting of SSSD pass that is more than one line");
  }
  return [`[${name}]`, ...lines, ""];
}
