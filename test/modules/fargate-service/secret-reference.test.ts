import { Lazy } from "cdktf";

import { regionOfReference, secretReference } from "../../../modules/fargate-service/secret-reference";

const scope = { partition: "aws", region: "eu-west-1", account: "111122223333" };
const secrets = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:";
const parameters = "arn:aws:ssm:eu-west-1:111122223333:parameter";

describe("secretReference", () => {
  it("reads a name as a secret of the task's account and region, whose suffix nobody knows", () => {
    expect(secretReference("web/database", scope)).toEqual({
      valueFrom: `${secrets}web/database`,
      action: "secretsmanager:GetSecretValue",
      resourceArn: `${secrets}web/database-??????`,
    });
  });

  it("reads a name and a key as one value of the secret's JSON", () => {
    expect(secretReference("web/database:password", scope)).toEqual({
      valueFrom: `${secrets}web/database:password::`,
      action: "secretsmanager:GetSecretValue",
      resourceArn: `${secrets}web/database-??????`,
    });
  });

  it("takes a whole ARN of a secret as it is and grants no other", () => {
    const arn = `${secrets}web/database-AbC123`;

    expect(secretReference(arn, scope)).toEqual({
      valueFrom: arn,
      action: "secretsmanager:GetSecretValue",
      resourceArn: arn,
    });
  });

  it("grants the secret, not the key, where an ARN names a key", () => {
    const arn = `${secrets}web/database-AbC123`;

    expect(secretReference(`${arn}:password::`, scope)).toMatchObject({
      valueFrom: `${arn}:password::`,
      resourceArn: arn,
    });
  });

  it("adds the unknown suffix to an ARN without one", () => {
    expect(secretReference(`${secrets}web`, scope)).toMatchObject({
      valueFrom: `${secrets}web`,
      resourceArn: `${secrets}web-??????`,
    });
  });

  it("reads a name that starts with a slash as a parameter", () => {
    expect(secretReference("/web/database", scope)).toEqual({
      valueFrom: `${parameters}/web/database`,
      action: "ssm:GetParameters",
      resourceArn: `${parameters}/web/database`,
    });
  });

  it("takes the ARN of a parameter as it is", () => {
    const arn = `${parameters}/web`;

    expect(secretReference(arn, scope)).toEqual({
      valueFrom: arn,
      action: "ssm:GetParameters",
      resourceArn: arn,
    });
  });

  it("takes the names that AWS gives to the secrets that it manages", () => {
    expect(secretReference("rds!db-0123:password", scope)?.valueFrom).toBe(
      "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-0123:password::",
    );
  });

  it("takes an ARN that is known at apply only for a secret's, with or without a key of its JSON", () => {
    const arn = Lazy.stringValue({ produce: () => "${aws_secretsmanager_secret.web.arn}" });

    expect(secretReference(arn, scope)).toEqual({
      valueFrom: arn,
      action: "secretsmanager:GetSecretValue",
      resourceArn: arn,
    });
    expect(secretReference(`${arn}:password::`, scope)).toMatchObject({
      valueFrom: `${arn}:password::`,
      resourceArn: arn,
    });
  });

  it("writes ARNs of the region's partition", () => {
    const china = { ...scope, partition: "aws-cn", region: "cn-north-1" };

    expect(secretReference("web", china)?.valueFrom).toBe(
      "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:web",
    );
  });

  it.each([
    "",
    "with space",
    "/",
    "/web/",
    "web:",
    "web:a:b",
    "arn:aws:s3:::bucket",
    `${secrets}web:password`,
    "web-abc123",
  ])("does not take %j for a reference", (text) => {
    expect(secretReference(text, scope)).toBeUndefined();
  });
});

describe("regionOfReference", () => {
  it("finds the region of an ARN and none in a name", () => {
    expect(regionOfReference("arn:aws:ssm:us-east-1:111122223333:parameter/web")).toBe("us-east-1");
    expect(regionOfReference(`${secrets}web`)).toBe("eu-west-1");
    expect(regionOfReference("/web")).toBeUndefined();
  });
});
