import { type RegistryReplicationProps, RegistryReplication } from "../../../modules/container-registry";
import { regionNames } from "../../../core";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const required: RegistryReplicationProps = {
  account: "111122223333",
  homeRegion: "eu-west-1",
  destinationRegions: ["us-east-1", "eu-central-1"],
};

function replicate(props: Partial<RegistryReplicationProps> = {}) {
  const stack = emptyStack();
  new RegistryReplication(stack, "Replication", { ...required, ...props });
  return resourceAt(stack, "aws_ecr_replication_configuration");
}

const refuse = (props: Partial<RegistryReplicationProps>): string => refusal(() => replicate(props));

const prefixes = (count: number) =>
  Array.from({ length: count }, (_, number) => `team-${String(number).padStart(4, "0")}/`);

const destinations = [
  { region: "eu-central-1", registry_id: "111122223333" },
  { region: "us-east-1", registry_id: "111122223333" },
];

describe("RegistryReplication", () => {
  it("copies every repository to every destination by default", () => {
    expect(replicate()).toEqual({
      replication_configuration: { rule: [{ destination: destinations, repository_filter: [] }] },
    });
  });

  it("copies only repositories of the given prefixes", () => {
    expect(replicate({ repositoryPrefixes: ["web", "team/"] })).toEqual({
      replication_configuration: {
        rule: [
          {
            destination: destinations,
            repository_filter: [
              { filter: "team/", filter_type: "PREFIX_MATCH" },
              { filter: "web", filter_type: "PREFIX_MATCH" },
            ],
          },
        ],
      },
    });
  });

  it("spreads prefixes over rules of a hundred", () => {
    const { replication_configuration: configuration } = replicate({ repositoryPrefixes: prefixes(201) });

    const { rule } = configuration as { rule: { repository_filter: unknown[] }[] };
    expect(rule.map((each) => each.repository_filter.length)).toEqual([100, 100, 1]);
  });

  it("copies to other accounts too", () => {
    expect(
      replicate({
        destinationRegions: ["us-east-1"],
        destinationAccounts: { "444455556666": ["eu-west-1"], "000011112222": ["us-east-1", "eu-west-1"] },
      }),
    ).toMatchObject({
      replication_configuration: {
        rule: [
          {
            destination: [
              { region: "eu-west-1", registry_id: "000011112222" },
              { region: "us-east-1", registry_id: "000011112222" },
              { region: "us-east-1", registry_id: "111122223333" },
              { region: "eu-west-1", registry_id: "444455556666" },
            ],
          },
        ],
      },
    });
  });

  it("refuses other accounts that are none, are this one, or have no or repeated regions", () => {
    const destinationAccounts = {
      root: ["eu-west-1"],
      "111122223333": ["eu-west-1"],
      "222233334444": [],
      "333344445555": ["eu-west-1", "eu-west-1"],
      "444455556666": ["eu-west-1"],
    };

    expect(refuse({ destinationAccounts })).toBe(
      "test/Replication: 'destinationAccounts' must name other accounts by ids of 12 digits, with different regions " +
        'each, got ["root","111122223333","222233334444","333344445555"]; ' +
        "correct them; regions of the account itself go to 'destinationRegions'",
    );
  });

  it("refuses a wrong account id", () => {
    expect(refuse({ account: "root" })).toBe(
      "test/Replication: 'account' must be the 12 digits of an AWS account, got \"root\"; " +
        "write the account id as text, with its leading zeros",
    );
  });

  it("refuses to copy nowhere", () => {
    expect(refuse({ destinationRegions: [] })).toBe(
      "test/Replication: 'destinationRegions' must name at least one region, got []; " +
        "add a region, or leave the replication out",
    );
  });

  it("refuses the home region and a repeated region as destinations", () => {
    expect(refuse({ destinationRegions: ["eu-west-1", "us-east-1", "us-east-1"] })).toBe(
      [
        "test/Replication: 'destinationRegions' must name other regions than the home region, " +
          'got ["eu-west-1","us-east-1","us-east-1"]; remove the home region: images are there already',
        "test/Replication: 'destinationRegions' must name each region once, got [\"us-east-1\"]; " +
          "remove the repetition",
      ].join("\n"),
    );
  });

  it("refuses more than 25 destinations", () => {
    const destinationRegions = regionNames
      .filter((region) => region !== "eu-west-1" && !/^(cn|us-gov)-/.test(region))
      .slice(0, 26);

    expect(refuse({ destinationRegions })).toBe(
      "test/Replication: 'destinationRegions' must hold at most 25 regions, those of 'destinationAccounts' " +
        "included, got 26; " +
        "remove regions: ECR counts the destinations of all rules together",
    );
  });

  it("refuses a region of another partition", () => {
    expect(refuse({ destinationRegions: ["cn-north-1", "eu-central-1"] })).toBe(
      "test/Replication: 'destinationRegions' must stay in the partition of the home region, \"aws\", " +
        'got ["cn-north-1"]; remove them: images cannot be copied between partitions',
    );
  });

  it("refuses prefixes that are patterns, listed twice or none", () => {
    expect(refuse({ repositoryPrefixes: ["web*", "api", "api"] })).toBe(
      [
        "test/Replication: 'repositoryPrefixes' must be beginnings of repository names: 2 to 256 lower-case letters, " +
          "digits, '.', '_', '-' and '/', got [\"web*\"]; correct them; wildcards are not supported",
        "test/Replication: 'repositoryPrefixes' must name each prefix once, got [\"api\"]; remove the repetition",
      ].join("\n"),
    );
    expect(refuse({ repositoryPrefixes: [] })).toBe(
      "test/Replication: 'repositoryPrefixes' must name at least one prefix, got []; " +
        "remove the property to copy every repository",
    );
  });

  it("refuses more prefixes than ten rules hold", () => {
    expect(refuse({ repositoryPrefixes: prefixes(1001) })).toBe(
      "test/Replication: 'repositoryPrefixes' must hold at most 1000 prefixes (10 rules of 100), got 1001; " +
        "use shorter prefixes that cover several repositories",
    );
  });
});
