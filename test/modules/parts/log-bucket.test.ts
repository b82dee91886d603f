import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";

import { LogBucket, type LogBucketProps } from "../../../modules/parts/log-bucket";
import { emptyStack, resourceAt, synthesize, treeOf } from "../../support/synth";

class ExampleLog extends LogBucket {
  public constructor(scope: Construct, id: string, props: Partial<LogBucketProps> = {}) {
    super(scope, id, {
      bucket: "example-logs",
      partition: "aws",
      retentionDays: 90,
      deletionProtection: true,
      writeStatements: (bucketArn) => [{ Sid: "Write", Effect: "Allow", Resource: `${bucketArn}/logs/*` }],
      ...props,
    });
  }
}

function stackWith(props: Partial<LogBucketProps> = {}) {
  const stack = emptyStack();
  const log = new ExampleLog(stack, "Log", props);
  return { stack, log };
}

const bucket = "${aws_s3_bucket.Log_95422804.id}";

describe("LogBucket", () => {
  it("is private, encrypted, versioned and protected, and forgets by age", () => {
    const { stack } = stackWith();

    expect(resourceAt(stack, "aws_s3_bucket")).toEqual({
      bucket: "example-logs",
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
    expect(resourceAt(stack, "aws_s3_bucket_public_access_block")).toEqual({
      bucket,
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(resourceAt(stack, "aws_s3_bucket_server_side_encryption_configuration")).toEqual({
      bucket,
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
    });
    expect(resourceAt(stack, "aws_s3_bucket_ownership_controls")).toEqual({
      bucket,
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
    expect(resourceAt(stack, "aws_s3_bucket_lifecycle_configuration")).toEqual({
      bucket,
      depends_on: ["aws_s3_bucket_versioning.Log_Versioning_67847504"],
      rule: [
        {
          id: "expire-logs",
          status: "Enabled",
          filter: [{ prefix: "" }],
          expiration: [{ days: 90 }],
          noncurrent_version_expiration: [{ noncurrent_days: 7 }],
          abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
        },
      ],
    });
    expect(resourceAt(stack, "aws_s3_bucket_versioning")).toEqual({
      bucket,
      versioning_configuration: { status: "Enabled" },
    });
  });

  it("admits what its module names, and nobody over plain HTTP", () => {
    const { stack } = stackWith({ partition: "aws-cn" });
    const arn = "arn:aws-cn:s3:::${aws_s3_bucket.Log_95422804.bucket}";

    expect(JSON.parse(resourceAt(stack, "aws_s3_bucket_policy").policy as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Sid: "Write", Effect: "Allow", Resource: `${arn}/logs/*` },
        {
          Sid: "DenyPlainHttp",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [arn, `${arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
  });

  it("is in the region of its provider as a whole", () => {
    const stack = emptyStack();
    const provider = new AwsProvider(stack, "Replica", { region: "eu-central-1", alias: "replica" });
    new ExampleLog(stack, "Log", { provider });
    const { resource } = synthesize(stack) as {
      resource: Record<string, Record<string, { provider?: string }>>;
    };

    expect(
      Object.entries(resource).flatMap(([type, all]) =>
        Object.values(all).map((one) => [type, one.provider]),
      ),
    ).toEqual(Object.keys(resource).map((type) => [type, "aws.replica"]));
  });

  it("goes with what it holds where nothing is protected", () => {
    expect(resourceAt(stackWith({ deletionProtection: false }).stack, "aws_s3_bucket")).toMatchObject({
      force_destroy: true,
      lifecycle: { prevent_destroy: false },
    });
  });

  it("keeps its construct ids, which are addresses in the state", () => {
    expect(treeOf(stackWith().log)).toEqual([
      "test/Log",
      "test/Log/Resource",
      "test/Log/Encryption",
      "test/Log/OwnershipControls",
      "test/Log/Versioning",
      "test/Log/Lifecycle",
      "test/Log/PublicAccessBlock",
      "test/Log/Policy",
    ]);
  });
});
