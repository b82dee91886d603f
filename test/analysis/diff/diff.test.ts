import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { App, TerraformStack, Testing } from "cdktf";
import { Construct } from "constructs";

import { changedStacks, diffSynthesized, stackDigest, type SynthesizedStack } from "../../../analysis/diff";

function synthesized(build: (stack: TerraformStack) => void): SynthesizedStack {
  const stack = new TerraformStack(new App(), "prod-eu-west-1");
  build(stack);
  return JSON.parse(Testing.synth(stack)) as SynthesizedStack;
}

function compared(base: (stack: TerraformStack) => void, head: (stack: TerraformStack) => void) {
  const diff = diffSynthesized({ a: synthesized(base) }, { a: synthesized(head) });
  return diff.stacks[0]?.changes.map(({ action, risk, address, findings, movedFrom, renamedFrom }) => ({
    what: `${action} ${risk} ${address.replaceAll(/_[0-9A-F]{8}/g, "")}`,
    ...(findings[0] === undefined ? {} : { why: findings[0].summary.replaceAll(/_[0-9A-F]{8}/g, "") }),
    ...(movedFrom === undefined ? {} : { movedFrom }),
    ...(renamedFrom === undefined ? {} : { renamedFrom: renamedFrom.replaceAll(/_[0-9A-F]{8}/g, "") }),
  }));
}

describe("A comparison of code", () => {
  it("sees no difference where only the synthesizer's notes differ", () => {
    const stack = synthesized((scope) => new SnsTopic(scope, "T", { name: "t" }));
    const other = JSON.parse(
      JSON.stringify(stack).replaceAll("prod-eu-west-1/T", "elsewhere"),
    ) as SynthesizedStack;
    expect(stackDigest(stack)).toBe(stackDigest(other));
    expect(stackDigest(stack, { "a.zip": "1" })).not.toBe(stackDigest(stack, { "a.zip": "2" }));
    expect(diffSynthesized({ a: stack }, { a: other }).stacks).toEqual([
      { stack: "a", status: "unchanged", changes: [], settings: [] },
    ]);
  });

  it("shows what is added, removed and changed, attribute by attribute", () => {
    const diff = diffSynthesized(
      { a: { resource: { aws_sns_topic: { Gone: { name: "g" }, Kept: { name: "k", tags: { A: "1" } } } } } },
      {
        a: { resource: { aws_sns_topic: { New: { name: "n" }, Kept: { name: "k", tags: { A: "2" } } } } },
        b: {},
      },
    );
    expect(
      diff.stacks[0]?.changes.map(({ action, address, attributes }) => [action, address, attributes]),
    ).toEqual([
      ["destroy", "aws_sns_topic.Gone", []],
      ["create", "aws_sns_topic.New", [{ path: "name", after: "n" }]],
      ["update", "aws_sns_topic.Kept", [{ path: "tags.A", before: "1", after: "2" }]],
    ]);
    expect(changedStacks(diff)).toEqual(["a", "b"]);
  });

  it("takes a renamed construct for what it is: destroyed and made again", () => {
    const topic = (name: string) => (stack: TerraformStack) => {
      const scope = new Construct(stack, name);
      const { arn } = new SnsTopic(scope, "Topic", { name: "t" });
      new SnsTopicSubscription(scope, "Subscription", {
        topicArn: arn,
        protocol: "email",
        endpoint: "a@b.c",
      });
      new S3Bucket(scope, "Bucket", { bucket: "b" });
    };
    const changes = compared(topic("Old"), topic("New")) ?? [];
    expect(changes.map(({ what, renamedFrom }) => [what, renamedFrom])).toEqual([
      ["replace data aws_s3_bucket.New_Bucket", "aws_s3_bucket.Old_Bucket"],
      ["replace destructive aws_sns_topic.New_Topic", "aws_sns_topic.Old_Topic"],
      [
        "replace destructive aws_sns_topic_subscription.New_Subscription",
        "aws_sns_topic_subscription.Old_Subscription",
      ],
    ]);
    expect(changes[0]?.why).toBe(
      'is aws_s3_bucket.Old_Bucket renamed without a moved block, so Terraform destroys the old one; call moveFromId("aws_s3_bucket.Old_Bucket") on the new one',
    );
  });

  it("follows moved blocks", () => {
    expect(
      compared(
        (stack) => new S3Bucket(stack, "Old", { bucket: "b" }),
        (stack) => {
          new S3Bucket(stack, "New", { bucket: "b" }).moveFromId("aws_s3_bucket.Old");
        },
      ),
    ).toEqual([{ what: "move change aws_s3_bucket.New", movedFrom: "aws_s3_bucket.Old" }]);
  });

  it("warns when what holds data gets another name", () => {
    expect(
      compared(
        (stack) => new S3Bucket(stack, "B", { bucket: "one" }),
        (stack) => new S3Bucket(stack, "B", { bucket: "two" }),
      ),
    ).toEqual([
      { what: "update data aws_s3_bucket.B", why: "changes bucket, which replaces it; it holds objects" },
    ]);
  });

  it("warns when what holds data leaves one stack for another", () => {
    const bucket = { resource: { aws_s3_bucket: { B: { bucket: "b" } } } };
    const diff = diffSynthesized({ a: bucket, b: {} }, { a: {}, b: bucket });
    expect(diff.stacks[0]?.changes[0]?.findings[0]?.summary).toBe(
      "appears again in b as aws_s3_bucket.B; Terraform carries nothing from one state to another, move it with 'terraform state mv'",
    );
  });

  it("reads imports, and what is only removed from the state", () => {
    const diff = diffSynthesized(
      { a: { resource: { aws_s3_bucket: { Gone: { bucket: "g" } } } } },
      {
        a: {
          resource: { aws_sns_topic: { T: { name: "t" } } },
          import: [{ to: "aws_sns_topic.T", id: "arn" }],
          removed: [{ from: "aws_s3_bucket.Gone", lifecycle: { destroy: false } }],
        },
      },
    );
    expect(
      diff.stacks[0]?.changes.map(({ action, address, imported }) => [action, address, imported]),
    ).toEqual([
      ["forget", "aws_s3_bucket.Gone", undefined],
      ["import", "aws_sns_topic.T", "arn"],
    ]);
  });

  it("compares policies as policies, also in data sources", () => {
    const document = (actions: string[]) => ({
      a: { data: { aws_iam_policy_document: { D: { statement: [{ actions, resources: ["*"] }] } } } },
    });
    const [stack] = diffSynthesized(document(["s3:GetObject"]), document(["s3:*"])).stacks;
    expect(stack?.changes[0]?.findings).toEqual([{ risk: "access", summary: "allows s3:* on *" }]);
    expect(diffSynthesized(document(["a:b", "c:d"]), document(["c:d", "a:b"])).stacks[0]?.changes).toEqual(
      [],
    );
  });

  it("shows outputs and settings apart", () => {
    const diff = diffSynthesized(
      { a: { output: { U: { value: "1" } } } },
      { a: { output: { U: { value: "2" } } } },
    );
    expect(diff.stacks[0]?.settings).toEqual([{ path: "output.U.value", before: "1", after: "2" }]);
  });
});
