import { UsageError } from "../base/errors";
import type { ForgeTarget } from "./forge-contract";

/** What the command line says about where to post; the rest comes from the pipeline's variables. */
export interface TargetOptions {
  readonly provider?: string;
  readonly repository?: string;
  readonly number?: string;
  readonly url?: string;
  /** Whether there need not be a pull request. */
  readonly onlyIssues?: boolean;
}

/**
 * Where to post: what the command line names, completed from the variables of GitHub Actions or GitLab CI.
 *
 * @throws UsageError that says what is missing and how to give it.
 */
export function targetOf(options: TargetOptions, variables: NodeJS.ProcessEnv): ForgeTarget {
  const provider = options.provider ?? (variables.GITLAB_CI === undefined ? "github" : "gitlab");
  if (provider !== "github" && provider !== "gitlab") {
    throw new UsageError(`There is no provider '${provider}'.`, "Use 'github' or 'gitlab'.");
  }
  const found = provider === "github" ? githubVariables(variables) : gitlabVariables(variables);
  const tokenName = provider === "github" ? "GITHUB_TOKEN" : "GITLAB_TOKEN";
  return {
    provider,
    url: options.url ?? found.url,
    repository: needed(options.repository ?? found.repository, "The repository", "Give --repository."),
    number: options.onlyIssues === true ? 0 : numberOf(options.number ?? found.number),
    token: needed(variables[tokenName], "The token", `Set ${tokenName}.`),
  };
}

interface Found {
  readonly url: string;
  readonly repository: string | undefined;
  readonly number: string | undefined;
}

function githubVariables(variables: NodeJS.ProcessEnv): Found {
  return {
    url: variables.GITHUB_API_URL ?? "https://api.github.com",
    repository: variables.GITHUB_REPOSITORY,
    number: /^refs\/pull\/(\d+)\//.exec(variables.GITHUB_REF ?? "")?.[1],
  };
}

function gitlabVariables(variables: NodeJS.ProcessEnv): Found {
  return {
    url: variables.CI_SERVER_URL ?? "https://gitlab.com",
    repository: variables.CI_PROJECT_ID,
    number: variables.CI_MERGE_REQUEST_IID,
  };
}

function numberOf(text: string | undefined): number {
  const value = needed(text, "The pull request", "Give --number.");
  if (!/^[1-9]\d{0,9}$/.test(value)) {
    throw new UsageError(`'${value}' is not the number of a pull request.`, "Give --number, for example 42.");
  }
  return Number(value);
}

function needed(value: string | undefined, what: string, remedy: string): string {
  if (value === undefined || value === "") {
    throw new UsageError(`${what} is not known.`, remedy);
  }
  return value;
}
