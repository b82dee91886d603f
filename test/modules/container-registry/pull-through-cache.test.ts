import { type PullThroughCacheProps, PullThroughCache } from "../../../modules/container-registry";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const credentialArn =
  "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf";

const required: PullThroughCacheProps = {
  account: "111122223333",
  region: "eu-west-1",
  upstream: "ecr-public",
  repositoryPrefix: "ecr-public",
};

function stackWith(props: Partial<PullThroughCacheProps> = {}) {
  const stack = emptyStack();
  const cache = new PullThroughCache(stack, "Cache", { ...required, ...props });
  return { stack, cache };
}

const refuse = (props: Partial<PullThroughCacheProps>): string => refusal(() => stackWith(props));

describe("PullThroughCache", () => {
  it("fetches from an open registry without signing in", () => {
    expect(resourceAt(stackWith().stack, "aws_ecr_pull_through_cache_rule")).toEqual({
      ecr_repository_prefix: "ecr-public",
      upstream_registry_url: "public.ecr.aws",
    });
  });

  it.each([
    ["docker-hub", "registry-1.docker.io"],
    ["github", "ghcr.io"],
    ["gitlab", "registry.gitlab.com"],
    ["kubernetes", "registry.k8s.io"],
    ["quay", "quay.io"],
  ] as const)("knows the address of %s", (upstream, url) => {
    const { stack } = stackWith({ upstream, credentialArn });

    expect(resourceAt(stack, "aws_ecr_pull_through_cache_rule")).toMatchObject({
      upstream_registry_url: url,
      credential_arn: credentialArn,
    });
  });

  it("fetches from an Azure registry", () => {
    const { stack } = stackWith({ upstream: { azureRegistryUrl: "example.azurecr.io" }, credentialArn });

    expect(resourceAt(stack, "aws_ecr_pull_through_cache_rule").upstream_registry_url).toBe(
      "example.azurecr.io",
    );
  });

  it("names the cache of a repository in every region", () => {
    const repository = stackWith({ repositoryPrefix: "public" }).cache.repositoryOf("nginx/nginx");

    expect(repository.repositoryUri("eu-central-1")).toBe(
      "111122223333.dkr.ecr.eu-central-1.amazonaws.com/public/nginx/nginx",
    );
  });

  it("refuses a bad account and prefix", () => {
    expect(refuse({ account: "1", repositoryPrefix: "Docker" })).toBe(
      [
        "test/Cache: 'account' must be the 12 digits of an AWS account, got \"1\"; " +
          "write the account id as text, with its leading zeros",
        "test/Cache: 'repositoryPrefix' must be 2 to 30 lower-case letters and digits, separated by single '.', '_', '-' " +
          "or '/', got \"Docker\"; name it after the registry upstream",
      ].join("\n"),
    );
  });

  it("refuses to fetch without credentials where they are wanted", () => {
    expect(refuse({ upstream: "docker-hub" })).toBe(
      "test/Cache: 'upstream' must come with a 'credentialArn', because it requires authentication, got \"docker-hub\"; " +
        "add 'credentialArn'",
    );
  });

  it("refuses a host that is not of Azure", () => {
    expect(refuse({ upstream: { azureRegistryUrl: "https://example.com" }, credentialArn })).toBe(
      "test/Cache: 'upstream' must name an Azure registry by its host, like \"example.azurecr.io\", " +
        'got {"azureRegistryUrl":"https://example.com"}; write the host alone',
    );
  });

  it("refuses a secret of another name or region", () => {
    const elsewhere = credentialArn.replace("eu-west-1", "us-east-1");

    expect(refuse({ upstream: "docker-hub", credentialArn: elsewhere })).toBe(
      "test/Cache: 'credentialArn' must be the ARN of a secret ecr-pullthroughcache/... of 111122223333 in eu-west-1, " +
        `got "${elsewhere}"; name the secret so, in the account and region of the cache`,
    );
  });
});
