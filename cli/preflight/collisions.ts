import { clientSettings } from "../aws/client";
import { answered, few, type Finding } from "./finding";
import { type Declared, literal, ofTypes, regionsOf, type Subject, valuesStanding } from "./subject";

/** Names that the stacks are about to take are free: what has one already, and is in no state, stops Terraform. */
export async function checkCollisions(subject: Subject): Promise<readonly Finding[]> {
  return (
    await Promise.all([
      buckets(subject),
      repositories(subject),
      roles(subject),
      oidcProviders(subject),
      aliases(subject),
    ])
  ).flat();
}

/** What is not in a state yet, with its name. */
function unmade(
  { resources, standing }: Subject,
  type: string,
  attribute: string,
): (Declared & { name: string })[] {
  return ofTypes(resources, type).flatMap((declared) => {
    const name = literal(declared.block, attribute);
    const isMade = standing.some(
      (each) => each.type === type && each.region === declared.region && each.attributes[attribute] === name,
    );
    return name === undefined || isMade ? [] : [{ ...declared, name }];
  });
}

const importIt =
  "If a run that was cut off made it, `meridian recover` imports it. To import it yourself, deploy with --ignore-preflight: the failure prints the command. Otherwise, choose another name.";

async function buckets(subject: Subject): Promise<readonly Finding[]> {
  const wanted = unmade(subject, "aws_s3_bucket", "bucket");
  const found = await Promise.all(
    wanted.map(({ name, region, stack }) => {
      const what = `bucket ${name}`;
      return answered({ where: region, what, permission: "s3:ListBucket" }, async () => {
        const status = await subject.bucketStatus(name, region);
        switch (status) {
          case "absent":
            return [{ result: "ok", where: region, what, got: "the name is free" }];
          case "present":
            return [
              {
                result: "block",
                where: region,
                what,
                got: `exists in the account but in no state, and ${stack} creates it`,
                remedy: importIt,
              },
            ];
          case "forbidden":
            return [
              {
                result: "block",
                where: region,
                what,
                got: "belongs to another account, is in another region, or denies these credentials",
                remedy: "Names of buckets are unique in all of AWS: choose another.",
              },
            ];
        }
      });
    }),
  );
  return found.flat();
}

async function repositories(subject: Subject): Promise<readonly Finding[]> {
  const wanted = unmade(subject, "aws_ecr_repository", "name");
  const found = await Promise.all(
    regionsOf(wanted).map((where) => {
      const names = wanted.filter(({ region }) => region === where).map(({ name }) => name);
      const what = `repositories ${few(names)}`;
      return answered({ where, what, permission: "ecr:DescribeRepositories" }, async () => {
        const { ECRClient, paginateDescribeRepositories } = await import("@aws-sdk/client-ecr");
        const client = new ECRClient(clientSettings(subject.access, where));
        const taken: string[] = [];
        for await (const page of paginateDescribeRepositories({ client }, {})) {
          taken.push(...(page.repositories ?? []).flatMap(({ repositoryName }) => repositoryName ?? []));
        }
        return taking(where, what, names, taken);
      });
    }),
  );
  return found.flat();
}

async function roles(subject: Subject): Promise<readonly Finding[]> {
  const names = unmade(subject, "aws_iam_role", "name").map(({ name }) => name);
  const where = "global";
  const what = "names of roles";
  if (names.length === 0) {
    return [];
  }
  return answered({ where, what, permission: "iam:ListRoles" }, async () => {
    const { IAMClient, paginateListRoles } = await import("@aws-sdk/client-iam");
    const client = new IAMClient(clientSettings(subject.access, subject.environment.homeRegion));
    const taken: string[] = [];
    for await (const { Roles = [] } of paginateListRoles({ client }, {})) {
      taken.push(...Roles.flatMap(({ RoleName }) => RoleName ?? []));
    }
    return taking(where, what, names, taken);
  });
}

function taking(where: string, what: string, wanted: readonly string[], taken: readonly string[]): Finding[] {
  const both = wanted.filter((name) => taken.includes(name));
  return both.length === 0
    ? [{ result: "ok", where, what, got: "free" }]
    : [
        {
          result: "block",
          where,
          what,
          got: `${few(both)} in the account but in no state`,
          remedy: importIt,
        },
      ];
}

/** An account has one provider for each issuer. */
async function oidcProviders(subject: Subject): Promise<readonly Finding[]> {
  const wanted = unmade(subject, "aws_iam_openid_connect_provider", "url").map(({ name }) => hostOf(name));
  const own = [...valuesStanding(subject.standing, "aws_iam_openid_connect_provider", "url")].map(hostOf);
  const issuers = wanted.filter((issuer) => !own.includes(issuer));
  const where = "global";
  if (issuers.length === 0) {
    return [];
  }
  const what = `OIDC provider ${few(issuers)}`;
  return answered({ where, what, permission: "iam:ListOpenIDConnectProviders" }, async () => {
    const { IAMClient, ListOpenIDConnectProvidersCommand } = await import("@aws-sdk/client-iam");
    const client = new IAMClient(clientSettings(subject.access, subject.environment.homeRegion));
    const { OpenIDConnectProviderList = [] } = await client.send(new ListOpenIDConnectProvidersCommand({}));
    const taken = OpenIDConnectProviderList.filter(({ Arn = "" }) =>
      issuers.some((issuer) => Arn.endsWith(`/${issuer}`)),
    );
    return taken.length === 0
      ? [{ result: "ok", where, what, got: "not in the account yet" }]
      : [
          {
            result: "block",
            where,
            what,
            got: `${few(taken.flatMap(({ Arn }) => Arn ?? []))} is in the account but in no state`,
            remedy: 'An account has at most one: set `delivery.oidcProvider` to "existing".',
          },
        ];
  });
}

function hostOf(url: string): string {
  return url.replace(/^https:\/\//, "").replace(/\/$/, "");
}

/**
 * A name belongs to one distribution in all of AWS. Those of other accounts cannot be listed.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
 */
async function aliases(subject: Subject): Promise<readonly Finding[]> {
  const wanted = ofTypes(subject.resources, "aws_cloudfront_distribution").flatMap(({ block }) =>
    ((block.aliases as readonly unknown[] | undefined) ?? []).filter(
      (alias): alias is string => typeof alias === "string" && !alias.includes("${"),
    ),
  );
  const where = "global";
  const what = `CloudFront names ${few(wanted)}`;
  if (wanted.length === 0) {
    return [];
  }
  return answered({ where, what, permission: "cloudfront:ListDistributions" }, async () => {
    const own = valuesStanding(subject.standing, "aws_cloudfront_distribution", "id");
    const { CloudFrontClient, paginateListDistributions } = await import("@aws-sdk/client-cloudfront");
    const client = new CloudFrontClient(clientSettings(subject.access, "us-east-1"));
    const taken: string[] = [];
    for await (const { DistributionList } of paginateListDistributions({ client }, {})) {
      for (const { Id = "", Aliases } of DistributionList?.Items ?? []) {
        const both = (Aliases?.Items ?? []).filter((alias) => wanted.includes(alias) && !own.has(Id));
        taken.push(...both.map((alias) => `${alias} is of distribution ${Id}`));
      }
    }
    return taken.length === 0
      ? [{ result: "ok", where, what, got: "no other distribution of the account has them" }]
      : [
          {
            result: "block",
            where,
            what,
            got: few(taken),
            remedy: "Remove the name from that distribution, or import the distribution.",
          },
        ];
  });
}
