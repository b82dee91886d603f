import { listed, type Check } from "./check";

/** SSSD settings that a directory join depends on, with the value they must keep. */
const fixedSssd: Readonly<Record<string, string>> = { id_provider: "ldap" };

const address: Check = {
  code: "DomainAddr",
  run: ({ DirectoryService }, { warn }) => {
    const addresses = DirectoryService?.DomainAddr.split(",").map((one) => one.trim()) ?? [];
    for (const one of addresses) {
      const scheme = /^([a-z]+):\/\//.exec(one)?.[1];
      if (scheme === undefined) {
        warn(
          "DirectoryService.DomainAddr",
          `'${one}' has no protocol, so ldaps is assumed`,
          "write ldaps:// before it",
        );
      } else if (!["ldap", "ldaps"].includes(scheme)) {
        warn(
          "DirectoryService.DomainAddr",
          `the protocol ${scheme} of '${one}' is not one of a directory`,
          "use ldaps or ldap",
        );
      } else if (scheme === "ldap") {
        warn("DirectoryService.DomainAddr", `'${one}' sends passwords without encryption`, "use ldaps");
      }
    }
  },
};

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
        `with ${DirectoryService.LdapTlsReqCert} a false directory is not noticed`,
        "use hard or demand",
      );
    }
  },
};

const sssd: Check = {
  code: "AdditionalSssdConfigs",
  run: ({ DirectoryService }, { error }) => {
    const settings = DirectoryService?.AdditionalSssdConfigs ?? {};
    const fixed = {
      ...fixedSssd,
      ...(DirectoryService?.LdapAccessFilter === undefined ? {} : { access_provider: "ldap" }),
    };
    for (const [key, wanted] of Object.entries(fixed)) {
      const given = settings[key];
      if (given !== undefined && given !== wanted) {
        error(
          `DirectoryService.AdditionalSssdConfigs.${key}`,
          `${key} must stay ${wanted}, got ${given}`,
          `remove it, or use ${listed([wanted])}`,
        );
      }
    }
  },
};

/** Checks of the directory service. */
export const directoryChecks: readonly Check[] = [address, domainName, certificate, sssd];
