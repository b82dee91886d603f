import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import { Construct } from "constructs";

import type { IImageRepository } from "../../core";
import { inWords, repositoryName } from "../../core/forms";
import { hasForm, validate, type ValidationRule } from "../parts";
import { ImageRepository } from "./image-repository";
import { accountCheck } from "./private/account-checks";

/** A registry that images are fetched from. */
export type UpstreamRegistry =
  | "docker-hub"
  | "ecr-public"
  | "github"
  | "gitlab"
  | "kubernetes"
  | "quay"
  | {
      /** An Azure registry, such as `example.azurecr.io`. */
      readonly azureRegistryUrl: string;
    };

/** What is fetched from where. */
export interface PullThroughCacheProps {
  /** The account that holds the registry. */
  readonly account: string;

  /** The region of the registry: the region of the stack. */
  readonly region: string;

  /** Where images come from. */
  readonly upstream: UpstreamRegistry;

  /** First part of the names of the cached repositories, 2 to 30 characters. */
  readonly repositoryPrefix: string;

  /**
   * ARN of a secret of the same account and region with `username` and `accessToken`, whose name
   * begins with `ecr-pullthroughcache/`. Docker Hub, GitHub, GitLab and Azure want one.
   *
   * @default - fetched without signing in
   */
  readonly credentialArn?: string;
}

/**
 * Fetches public images once and keeps them in this registry, so that a region starts tasks
 * while the other registry is down or turns it away.
 *
 * Whoever pulls first needs `ecr:CreateRepository` and `ecr:BatchImportUpstreamImage`; a
 * `RepositoryTemplate` for the prefix says what the repositories are like.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export class PullThroughCache extends Construct {
  /** The rule of the provider, for settings that this module does not model. */
  public readonly resource: EcrPullThroughCacheRule;

  private readonly account: string;
  private readonly prefix: string;

  public constructor(scope: Construct, id: string, props: PullThroughCacheProps) {
    super(scope, id);
    validate(this, rules, props);

    this.account = props.account;
    this.prefix = props.repositoryPrefix;
    this.resource = new EcrPullThroughCacheRule(this, "Resource", {
      ecrRepositoryPrefix: props.repositoryPrefix,
      upstreamRegistryUrl: urlOf(props.upstream),
      credentialArn: props.credentialArn,
    });
  }

  /** The cache of a repository, by its name upstream, such as `library/nginx` of Docker Hub. */
  public repositoryOf(upstreamRepository: string): IImageRepository {
    return ImageRepository.fromName(`${this.prefix}/${upstreamRepository}`, this.account);
  }
}

const urls = {
  "docker-hub": "registry-1.docker.io",
  "ecr-public": "public.ecr.aws",
  github: "ghcr.io",
  gitlab: "registry.gitlab.com",
  kubernetes: "registry.k8s.io",
  quay: "quay.io",
} as const;

const rules: readonly ValidationRule<PullThroughCacheProps>[] = [
  accountCheck,
  hasForm("repositoryPrefix", inWords(repositoryName(30), "name it after the registry upstream")),
  {
    property: "upstream",
    isValid: ({ upstream }) =>
      typeof upstream === "string" || /^[a-zA-Z0-9]{5,50}\.azurecr\.io$/.test(upstream.azureRegistryUrl),
    expected: 'name an Azure registry by its host, like "example.azurecr.io"',
    remedy: "write the host alone",
  },
  {
    property: "upstream",
    isValid: ({ upstream, credentialArn }) => credentialArn !== undefined || !wantsCredentials(upstream),
    expected: "come with a 'credentialArn', because it requires authentication",
    remedy: "add 'credentialArn'",
  },
  {
    property: "credentialArn",
    isValid: (props) => secretPatternOf(props).test(props.credentialArn ?? ""),
    expected: (props) =>
      `be the ARN of a secret ecr-pullthroughcache/... of ${props.account} in ${props.region}`,
    remedy: "name the secret so, in the account and region of the cache",
  },
];

function urlOf(upstream: UpstreamRegistry): string {
  return typeof upstream === "string" ? urls[upstream] : upstream.azureRegistryUrl;
}

function wantsCredentials(upstream: UpstreamRegistry): boolean {
  return typeof upstream !== "string" || ["docker-hub", "github", "gitlab"].includes(upstream);
}

function secretPatternOf({ account, region }: PullThroughCacheProps): RegExp {
  return new RegExp(
    `^arn:aws[a-z-]*:secretsmanager:${region}:${account}:secret:ecr-pullthroughcache/[\\w/+=.@-]+$`,
  );
}
