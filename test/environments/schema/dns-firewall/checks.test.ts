import { check, refusals, refusalsOfUntyped, sample } from "../../sample";

const path = "environments/sample.ts:";
const ids = { "eu-west-1": "rslvr-fdl-0123456789abcdef", "eu-central-1": "rslvr-fdl-fedcba9876543210" };

describe("checkDnsFirewall", () => {
  it("takes domains and lists of AWS, and denies their names by default", () => {
    const [environment] = check(
      sample({
        dnsFirewall: {
          block: ["*.sink.example"],
          managedDomainLists: { AWSManagedDomainsMalwareDomainList: { ids, action: "ALERT" } },
        },
      }),
    );

    expect(environment?.dnsFirewall).toEqual({
      allow: [],
      block: ["*.sink.example"],
      action: "NXDOMAIN",
      managedDomainLists: { AWSManagedDomainsMalwareDomainList: { ids, action: "ALERT" } },
      failOpen: false,
    });
  });

  it("refuses a firewall that blocks nothing, and one that allows everything", () => {
    expect(refusals(sample({ dnsFirewall: { allow: ["*"] } }))).toEqual([
      `${path} 'dnsFirewall.block' must name a domain, as there are no 'managedDomainLists' either, got []; ` +
        "add what is blocked, or remove 'dnsFirewall': all names get through without it",
      `${path} 'dnsFirewall.allow' must leave out the domain that matches every domain, got "*"; ` +
        "remove it: what is not blocked is let through",
    ]);
  });

  it("refuses a domain that is allowed and blocked", () => {
    expect(refusals(sample({ dnsFirewall: { allow: ["a.example"], block: ["a.example"] } }))).toEqual([
      `${path} 'dnsFirewall.block' must hold no domain that is allowed as well, got ["a.example"]; remove each from one of the two lists`,
    ]);
  });

  it("refuses a list of AWS without its id in every region", () => {
    const managedDomainLists = {
      AWSManagedDomainsMalwareDomainList: {
        ids: { "eu-west-1": ids["eu-west-1"], "us-east-1": ids["eu-central-1"] },
      },
    };

    expect(refusals(sample({ dnsFirewall: { managedDomainLists } }))).toEqual([
      `${path} 'dnsFirewall.managedDomainLists.AWSManagedDomainsMalwareDomainList.ids' must name the regions of the ` +
        'environment, eu-west-1, eu-central-1, got ["eu-west-1","us-east-1"]; ' +
        "give the list's id in each of them, and in no other: ids are a region's own",
    ]);
  });

  it("refuses to block what tasks need to start", () => {
    const blocked = [
      "api.ecr.eu-west-1.amazonaws.com",
      "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
      "logs.eu-west-1.amazonaws.com",
      "api.ecr.eu-central-1.amazonaws.com",
      "111122223333.dkr.ecr.eu-central-1.amazonaws.com",
      "logs.eu-central-1.amazonaws.com",
    ];

    expect(
      refusals(
        sample({
          dnsFirewall: {
            allow: ["*.s3.eu-west-1.amazonaws.com", "*.s3.eu-central-1.amazonaws.com"],
            block: ["*"],
          },
        }),
      ),
    ).toEqual([
      `${path} 'dnsFirewall.block' must let tasks pull images and write logs, got ${JSON.stringify(blocked)}; ` +
        'allow "*.amazonaws.com", or what of it the tasks of sample need',
    ]);
  });

  it("lets tasks start where everything else is blocked, or reported", () => {
    const allow = ["*.amazonaws.com"];

    expect(() => check(sample({ dnsFirewall: { allow, block: ["*"] } }))).not.toThrow();
    expect(() => check(sample({ dnsFirewall: { block: ["*"], action: "ALERT" } }))).not.toThrow();
  });

  it("refuses malformed domains, lists and ids", () => {
    const dnsFirewall = {
      block: ["Upper.example", "a.*.example"],
      managedDomainLists: {
        Malware: { ids },
        AWSManagedDomainsMalwareDomainList: { ids: { "eu-west-1": "1" } },
      },
    };

    expect(refusalsOfUntyped({ dnsFirewall })).toEqual([
      `${path} 'dnsFirewall.block.0' must be a domain in lower case, with an asterisk at most as its first character, ` +
        'got "Upper.example"; write it like "example.com", "*.example.com" for all below it, or "*" for every name',
      `${path} 'dnsFirewall.block.1' must be a domain in lower case, with an asterisk at most as its first character, ` +
        'got "a.*.example"; write it like "example.com", "*.example.com" for all below it, or "*" for every name',
      `${path} 'dnsFirewall.managedDomainLists.Malware' must be a managed domain list of AWS, got "Malware"; ` +
        'write it like "AWSManagedDomainsMalwareDomainList"',
      `${path} 'dnsFirewall.managedDomainLists.AWSManagedDomainsMalwareDomainList.ids.eu-west-1' must be the id of a domain ` +
        'list, got "1"; write it like "rslvr-fdl-2c46f2ecbfec4dcc"',
    ]);
  });
});
