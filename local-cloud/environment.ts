import type { LocalCloudStatus } from "./lifecycle";

/** Names the access key of a session of the local cloud, to act as its role instead of as the account. */
const accessKeySetting = "MERIDIAN_LOCAL_ACCESS_KEY_ID";

/**
 * Environment variables that point every AWS SDK, Terraform, its S3 back end and the AWS CLI at
 * the local cloud. What would lead back to a real account is set to the empty string, which SDKs
 * read as absent. An end point that is an IP address makes SDKs address buckets by path.
 */
export function localCloudEnvironment(status: LocalCloudStatus): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: status.endpoint,
    AWS_ACCESS_KEY_ID: process.env[accessKeySetting] ?? "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    ...Object.fromEntries(cleared.map((name) => [name, ""])),
  };
}

const cleared = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_ROLE_ARN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CA_BUNDLE",
  "AWS_USE_FIPS_ENDPOINT",
  "AWS_USE_DUALSTACK_ENDPOINT",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  "AWS_ENDPOINT_URL_S3",
  "AWS_ENDPOINT_URL_STS",
  "AWS_ENDPOINT_URL_IAM",
  "AWS_ENDPOINT_URL_DYNAMODB",
];
