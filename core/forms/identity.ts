import { matching } from "./form";

/** Id of an AWS account. @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html */
export const accountId = matching(
  /^\d{12}$/,
  "be the 12 digits of an AWS account",
  "write the account id as text, with its leading zeros",
);

/** An address that SNS may mail to. */
export const emailAddress = matching(
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  "be a mail address",
  'write it like "oncall@example.com"',
);

/**
 * A repository of GitHub, as the claims of its tokens name it.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
export const githubRepository = matching(
  /^([\w.-]+\/[\w.-]+|[\w.-]+@\d+\/[\w.-]+@\d+)$/,
  "be a GitHub repository as owner/name or owner@id/name@id",
  'write it like "acme/platform", or like "acme@123/platform@456" where its tokens carry ids',
);

/**
 * Whom AWS RAM shares with: an account, an organization or a unit of one.
 *
 * @see https://docs.aws.amazon.com/ram/latest/APIReference/API_AssociateResourceShare.html
 */
export const sharePrincipal = matching(
  /^(?:\d{12}|arn:aws[a-z-]*:organizations::\d{12}:(?:organization\/o-[a-z0-9]{10,32}|ou\/o-[a-z0-9]{10,32}\/ou-[a-z0-9-]{8,66}))$/,
  "be the 12 digits of an account, or the ARN of an organization or organizational unit",
  "write an account as text, with its leading zeros",
);
