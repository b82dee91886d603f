import { found, type JsonObject, listAt, randomHex, required, Store } from "../../toolkit";
import { invalid, notFound, type Operations } from "./apprunner-operations";
import { serviceAt } from "./apprunner-services";

export function domainOperations(services: Store<JsonObject>): Operations {
  const domains = new Map<string, JsonObject[]>();
  const answer = (service: JsonObject) => ({
    DNSTarget: service.ServiceUrl,
    ServiceArn: service.ServiceArn,
    VpcDNSTargets: [],
  });
  return {
    AssociateCustomDomain: (input, { region }) => {
      const service = serviceAt(services, region, input.ServiceArn);
      const { DomainName } = required(input, invalid, "DomainName");
      const EnableWWWSubdomain = input.EnableWWWSubdomain ?? true;
      // Beside the names that were asked for, the certificate holds one that App Runner makes up.
      const names = [DomainName, `2a57j7${randomHex(25)}.${DomainName}`];
      if (EnableWWWSubdomain === true) {
        names.push(`www.${DomainName}`);
      }
      const CustomDomain = {
        DomainName,
        EnableWWWSubdomain,
        Status: "pending_certificate_dns_validation",
        CertificateValidationRecords: names.map((name) => ({
          Name: `_${randomHex(32)}.${name}.`,
          Type: "CNAME",
          Value: `_${randomHex(32)}.${randomHex(10)}.acm-validations.aws.`,
          Status: "PENDING_VALIDATION",
        })),
      };
      const key = String(service.ServiceArn);
      domains.set(key, [...(domains.get(key) ?? []), CustomDomain]);
      return { ...answer(service), CustomDomain };
    },
    DescribeCustomDomains: (input, { region }) => {
      const service = serviceAt(services, region, input.ServiceArn);
      const CustomDomains = domains.get(String(service.ServiceArn)) ?? [];
      // Validation ends once it was seen to run, as it does while a user waits for it.
      domains.set(String(service.ServiceArn), CustomDomains.map(validated));
      return { ...answer(service), CustomDomains };
    },
    DisassociateCustomDomain: (input, { region }) => {
      const service = serviceAt(services, region, input.ServiceArn);
      const key = String(service.ServiceArn);
      const all = domains.get(key) ?? [];
      const gone = found(
        all.find((each) => each.DomainName === input.DomainName),
        notFound,
        `Domain ${String(input.DomainName)} is not associated`,
      );
      domains.set(
        key,
        all.filter((each) => each !== gone),
      );
      return { ...answer(service), CustomDomain: { ...gone, Status: "deleting" } };
    },
  };
}

function validated(domain: JsonObject): JsonObject {
  const records = listAt(domain, "CertificateValidationRecords");
  return {
    ...domain,
    Status: "active",
    CertificateValidationRecords: records.map((record) => ({ ...record, Status: "SUCCESS" })),
  };
}
