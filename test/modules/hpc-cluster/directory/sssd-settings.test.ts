import {
  type DirectoryService,
  renderSssdConf,
} from "../../../../modules/hpc-cluster/directory/sssd-settings";

const base: DirectoryService = {
  DomainName: "corp.example.com",
  DomainAddr: "ad1.example.com, ldaps://ad2.example.com",
  PasswordSecretArn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:p",
  DomainReadOnlyUser: "cn=Reader,ou=Users,dc=corp,dc=example,dc=com",
  LdapTlsReqCert: "hard",
  GenerateSshKeysForUsers: true,
};

/** What SSSD reads of the domain. */
function domainOf(changes: Partial<DirectoryService> = {}): Record<string, string> {
  const [, text = ""] = renderSssdConf({ ...base, ...changes }).split("[domain/default]\n");
  const lines = text
    .trim()
    .split("\n")
    .map((line) => line.split(/ = (.*)/s));
  return Object.fromEntries(lines.map(([key = "", value = ""]) => [key, value]));
}

describe("the settings of SSSD", () => {
  it("are those of ParallelCluster, without the password", () => {
    expect(domainOf({ LdapTlsCaCert: "/etc/ca.pem", LdapAccessFilter: "memberOf=cn=hpc" })).toEqual({
      id_provider: "ldap",
      ldap_schema: "AD",
      ldap_uri: "ldaps://ad1.example.com,ldaps://ad2.example.com",
      ldap_search_base: "DC=corp,DC=example,DC=com",
      ldap_default_bind_dn: "cn=Reader,ou=Users,dc=corp,dc=example,dc=com",
      ldap_default_authtok: "@PASSWORD@",
      ldap_tls_reqcert: "hard",
      ldap_tls_cacert: "/etc/ca.pem",
      access_provider: "ldap",
      ldap_access_filter: "memberOf=cn=hpc",
      cache_credentials: "True",
      default_shell: "/bin/bash",
      fallback_homedir: "/home/%u",
      ldap_id_mapping: "True",
      ldap_referrals: "False",
      min_id: "1000",
      use_fully_qualified_names: "False",
    });
  });

  it("are overridden by those of the file", () => {
    const own = { fallback_homedir: "/shared/home/%u", ldap_schema: "rfc2307", debug_level: "6" };

    expect(domainOf({ AdditionalSssdConfigs: own })).toMatchObject(own);
    expect(domainOf({ DomainName: "OU=a,DC=corp" }).ldap_search_base).toBe("OU=a,DC=corp");
  });

  it.each([
    ["the file says nothing", {}, "True"],
    ["the file turns StartTLS off", { ldap_id_use_start_tls: "false" }, "false"],
    ["the file turns TLS off for good", { ldap_auth_disable_tls_never_use_in_production: "true" }, "False"],
  ])("encrypt what goes to an address without TLS as the file says: %s", (_, own, expected) => {
    const domain = domainOf({ DomainAddr: "ldap://ad.example.com", AdditionalSssdConfigs: own });

    expect(domain.ldap_id_use_start_tls).toBe(expected);
  });

  it("are never more than one line each", () => {
    expect(() => renderSssdConf({ ...base, LdapAccessFilter: "a\nid_provider = proxy" })).toThrow(
      "the checks let a setting of SSSD pass that is more than one line",
    );
  });
});
