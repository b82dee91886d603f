/** The statement of a bucket's policy that refuses plain HTTP, given the bucket's ARN. */
export function denyPlainHttp(bucketArn: string): object {
  return {
    Sid: "DenyPlainHttp",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
