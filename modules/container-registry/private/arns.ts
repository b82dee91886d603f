import { partitionOf } from "../../../core";

/** The ARN of a repository, or of all that a pattern such as `team/*` names. */
export function repositoryArn(name: string, account: string, region: string): string {
  return `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${name}`;
}

/** The address that a repository is pulled from, without tag or digest. */
export function repositoryUri(name: string, account: string, region: string): string {
  const suffix = partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return `${account}.dkr.ecr.${region}.${suffix}/${name}`;
}

/** The principal that stands for everything an account lets in. */
export function accountPrincipal(account: string, region: string): string {
  return `arn:${partitionOf(region)}:iam::${account}:root`;
}
