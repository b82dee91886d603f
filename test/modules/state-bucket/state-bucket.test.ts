import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { TerraformStack } from "cdktf";

import { StateBucket, type StateBucketProps } from "../../../modules/state-bucket";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";

function stackWith(overrides: Partial<StateBucketProps> = {}): TerraformStack {
  const stack = emptyStack("prod-bootstrap");
  new StateBucket(stack, "State", {
    bucketName: "prod-111122223333-meridian-state",
    region: "eu-west-1",
    replicaRegion: "eu-central-1",
    replicaProvider: new AwsProvider(stack, "Replica", { region: "eu-central-1", alias: "replica" }),
    ...overrides,
  });
  return stack;
}

describe("StateBucket", () => {
  it("keeps the bucket from being destroyed by default", () => {
    expect(resourceAt(stackWith(), "aws_s3_bucket", "State/Primary/Resource")).toEqual({
      bucket: "prod-111122223333-meridian-state",
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  it("deletes buckets and keys without deletion protection", () => {
    const stack = stackWith({ deletionProtection: false });

    expect(resourceAt(stack, "aws_s3_bucket", "State/Primary/Resource")).toMatchObject({
      force_destroy: true,
      lifecycle: { prevent_destroy: false },
    });
    expect(resourceAt(stack, "aws_kms_key", "State/Replica/Key")).toMatchObject({
      deletion_window_in_days: 7,
      lifecycle: { prevent_destroy: false },
    });
  });

  it("encrypts each copy with a rotating key of its own region", () => {
    const keys = Object.values(resourcesOf(stackWith(), "aws_kms_key"));

    expect(keys.map(({ enable_key_rotation, provider }) => ({ enable_key_rotation, provider }))).toEqual([
      { enable_key_rotation: true, provider: undefined },
      { enable_key_rotation: true, provider: "aws.replica" },
    ]);
  });

  it("versions both copies and their logs", () => {
    const versionings = Object.values(resourcesOf(stackWith(), "aws_s3_bucket_versioning"));

    expect(versionings.map((versioning) => versioning.versioning_configuration)).toEqual([
      { status: "Enabled" },
      { status: "Enabled" },
      { status: "Enabled" },
      { status: "Enabled" },
    ]);
  });

  it("refuses plain HTTP", () => {
    const { policy } = resourceAt(stackWith(), "aws_s3_bucket_policy", "State/Primary/Policy");

    expect(JSON.parse(String(policy))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DenyPlainHttp",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [
            "arn:aws:s3:::prod-111122223333-meridian-state",
            "arn:aws:s3:::prod-111122223333-meridian-state/*",
          ],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
  });

  it("replicates encrypted objects, but no deletions, to the second region", () => {
    const [rule] = resourceAt(stackWith(), "aws_s3_bucket_replication_configuration").rule as object[];

    expect(rule).toMatchObject({
      status: "Enabled",
      delete_marker_replication: { status: "Disabled" },
      source_selection_criteria: { sse_kms_encrypted_objects: { status: "Enabled" } },
    });
  });

  it("keeps superseded versions for 90 days by default, and always the ten newest", () => {
    const [rule] = resourceAt(stackWith(), "aws_s3_bucket_lifecycle_configuration", "State/Primary/Lifecycle")
      .rule as object[];

    expect(rule).toMatchObject({
      noncurrent_version_expiration: [{ noncurrent_days: 90, newer_noncurrent_versions: 10 }],
    });
  });

  it.each([
    ["Primary", undefined, "prod-111122223333-meridian-state"],
    ["Replica", "aws.replica", "prod-111122223333-meridian-state-replica"],
  ])("logs the requests of the %s copy in a bucket of its region", (copy, provider, bucketName) => {
    const path = `State/${copy}/AccessLog`;
    const stack = stackWith();
    const { policy } = resourceAt(stack, "aws_s3_bucket_policy", `${path}/Policy`);

    expect(resourceAt(stack, "aws_s3_bucket", `${path}/Resource`)).toMatchObject({
      bucket: `${bucketName}-logs`,
      lifecycle: { prevent_destroy: true },
    });
    expect(resourceAt(stack, "aws_s3_bucket_logging", `${path}/Logging`)).toMatchObject({
      target_prefix: "requests/",
    });
    expect(
      ["aws_s3_bucket", "aws_s3_bucket_logging", "aws_s3_bucket_policy"].map(
        (type) =>
          resourceAt(
            stack,
            type,
            `${path}/${type === "aws_s3_bucket" ? "Resource" : type.endsWith("policy") ? "Policy" : "Logging"}`,
          ).provider,
      ),
    ).toEqual([provider, provider, provider]);
    expect((JSON.parse(String(policy)) as { Statement: object[] }).Statement[0]).toMatchObject({
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Condition: { ArnLike: { "aws:SourceArn": `arn:aws:s3:::${bucketName}` } },
    });
  });

  it("refuses all that is wrong at once", () => {
    const message = refusal(() =>
      stackWith({
        bucketName: "Prod_State",
        replicaRegion: "eu-west-1",
        noncurrentVersionDays: 0,
        accessLogRetentionDays: 0.5,
      }),
    );

    expect(message).toBe(
      [
        'prod-bootstrap/State: \'bucketName\' must be a bucket name of 3 to 55 lower-case letters, digits and hyphens, got "Prod_State"; shorten or respell it; the replica adds "-replica"',
        "prod-bootstrap/State: 'replicaRegion' must be another region than the bucket's, got \"eu-west-1\"; choose a region that fails independently",
        "prod-bootstrap/State: 'noncurrentVersionDays' must be a whole number of days of at least 1, got 0; choose how long an old state can be restored",
        "prod-bootstrap/State: 'accessLogRetentionDays' must be a whole number of days of at least 1, got 0.5; choose how long access to the state must be traceable",
      ].join("\n"),
    );
  });
});
