/**
 * How images are encrypted at rest. It cannot be changed on a repository that stands.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
 */
export type RepositoryEncryption =
  | {
      /** A KMS key: every use of it is recorded in CloudTrail. */
      readonly kind: "kms";
      /**
       * ARN of a key in the repository's region.
       *
       * @default - the key that AWS manages for ECR in the account, which has no monthly price
       */
      readonly keyArn?: string;
    }
  | {
      /** Keys of Amazon S3, free of charge and out of sight. */
      readonly kind: "aes256";
    };
