import { addressesOf, type DirectoryService, isUnencrypted } from "../directory/sssd-settings";
import { listed, type Check, type Reports } from "./check";

/** SSSD settings that a directory join depends on, with the value they must keep. */
const fixedSssd: Readonly<Record<string, string>> = { id_provider: "ldap" };

const address: Check = {
  code: "DomainAddr",
  run: ({ DirectoryService }, { warn }) => {
    const path = "DirectoryService.DomainAddr";
    for (const one of DirectoryService?.DomainAddr.split(",").map((each) => each.trim()) ?? []) {
      const scheme = /^([a-z]+):\/\//.exec(one)?.[1];
      if (scheme === undefined) {
        warn(path, `'${one}' has no protocol, so ldaps is assumed`, "write ldaps:// before it");
      } else if (!["ldap", "ldaps"].includes(scheme)) {
        warn(path, `the protocol ${scheme} of '${one}' is not one of a directory`, "use ldaps or ldap");
      }
    }
    if (DirectoryService !== undefined && isUnencrypted(DirectoryService)) {
      warn(
        path,
        `${plainOf(DirectoryService)} is asked without encryption, and told a password`,
        "use ldaps",
      );
    } else if (DirectoryService !== undefined && plainOf(DirectoryService) !== "") {
      warn(
        path,
        `${plainOf(DirectoryService)} is asked by StartTLS only, which ParallelCluster does not insist on`,
        "use ldaps; where the directory has no TLS, set AdditionalSssdConfigs.ldap_id_use_start_tls to false",
      );
    }
  },
};

/** The addresses that do not begin with TLS. */
function plainOf(directory: DirectoryService): string {
  return listed(addressesOf(directory).filter((one) => one.startsWith("ldap://")));
}

const domainName: Check = {
  code: "DomainName",
  run: ({ DirectoryService }, { error }) => {
    const name = DirectoryService?.DomainName;
    const fqdn = /^([a-zA-Z0-9_-]+)(\.[a-zA-Z0-9_-]+)+$/;
    const distinguished = /^(DC|dc)=[^,]+(,\s*(DC|dc|OU|ou|O|o)=[^,]+)*$/;
    if (name !== undefined && !fqdn.test(name) && !distinguished.test(name)) {
      error(
        "DirectoryService.DomainName",
        `'${name}' is neither a domain name nor a distinguished name`,
        "write corp.example.com or DC=corp,DC=example,DC=com",
      );
    }
  },
};

const certificate: Check = {
  code: "LdapTlsReqCert",
  run: ({ DirectoryService }, { warn }) => {
    if (DirectoryService !== undefined && !["hard", "demand"].includes(DirectoryService.LdapTlsReqCert)) {
      warn(
        "DirectoryService.LdapTlsReqCert",
        `with ${DirectoryService.LdapTlsReqCert} a forged directory server is not detected`,
        "use hard or demand",
      );
    }
  },
};

const sssd: Check = {
  code: "AdditionalSssdConfigs",
  run: ({ DirectoryService }, reports) => {
    const fixed: Readonly<Record<string, string>> = {
      ...fixedSssd,
      ...(DirectoryService?.LdapAccessFilter === undefined ? {} : { access_provider: "ldap" }),
    };
    for (const [key, given] of Object.entries(DirectoryService?.AdditionalSssdConfigs ?? {})) {
      checkSetting(key, given, fixed[key], reports);
    }
  },
};

function checkSetting(
  key: string,
  given: string,
  wanted: string | undefined,
  { error, warn }: Reports,
): void {
  const path = `DirectoryService.AdditionalSssdConfigs.${key}`;
  if (wanted !== undefined && given !== wanted) {
    error(path, `${key} must stay ${wanted}, got ${given}`, `remove it, or use ${listed([wanted])}`);
  }
  if (key === "ldap_tls_reqcert" && !["hard", "demand"].includes(given)) {
    warn(path, `with ${given} a forged directory server is not detected`, "use hard or demand");
  }
  if (key === "ldap_default_authtok") {
    error(
      path,
      "a password in the file would stand in Terraform's state and in the cluster's bucket",
      "remove it, and put the password into the secret PasswordSecretArn",
    );
  }
  if (!/^[a-zA-Z][\w/]*$/.test(key) || /\p{Cc}/u.test(given)) {
    error(path, "a setting of SSSD is a word and one line of text without control characters", "correct it");
  }
}

/** Checks of the directory service. */
export const directoryChecks: readonly Check[] = [address, domainName, certificate, sssd];
