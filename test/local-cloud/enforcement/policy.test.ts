import fc from "fast-check";

import { decide, type Policy } from "../../../local-cloud/enforcement/policy";
import { decision } from "../../support/iam";

const bucket = "arn:aws:s3:::state";

/** Statements over a few actions and objects, with every element that a role's policy may have. */
const patterns = fc.constantFrom(
  "*",
  "s3:*",
  "s3:Get*",
  "S3:getobject",
  "s3:PutObject",
  "s3:?etObject",
  "kms:*",
);
const resources = fc.constantFrom("*", `${bucket}/*`, `${bucket}/a`, `${bucket}/?`, "arn:aws:s3:::other/*");
const oneOrMore = (each: fc.Arbitrary<string>): fc.Arbitrary<string | string[]> =>
  fc.oneof(each, fc.array(each, { minLength: 1, maxLength: 3 }));
const conditions = fc.constantFrom(
  undefined,
  { StringEquals: { "aws:RequestedRegion": "eu-west-1" } },
  { StringNotEquals: { "aws:RequestedRegion": ["eu-west-1", "us-east-1"] } },
  { StringLike: { "aws:RequestedRegion": "eu-*" } },
  { StringNotLike: { "aws:RequestedRegion": "eu-*" } },
  { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1" } },
  { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
  { StringNotEquals: { "aws:PrincipalOrgID": "o-1" } },
);
const statements = fc
  .record({
    Effect: fc.constantFrom("Allow" as const, "Deny" as const),
    action: fc.tuple(fc.constantFrom("Action", "NotAction"), oneOrMore(patterns)),
    resource: fc.tuple(fc.constantFrom("Resource", "NotResource"), oneOrMore(resources)),
    Condition: conditions,
  })
  .map(({ Effect, action, resource, Condition }) => ({
    Effect,
    ...Object.fromEntries([action, resource]),
    ...(Condition === undefined ? {} : { Condition }),
  }));

describe("The local cloud's evaluation of policies", () => {
  it("decides as a maintained simulator of IAM does, whatever the statements", async () => {
    const words = { allowed: "Allowed", denied: "ExplicitlyDenied", "not allowed": "ImplicitlyDenied" };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(statements, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
        fc.constantFrom("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
        fc.constantFrom(`${bucket}/a`, `${bucket}/a/b`, "arn:aws:s3:::other/a"),
        async (documents, action, resource) => {
          const policies = documents.map((Statement) => ({ Version: "2012-10-17", Statement }));
          const ours = decide(policies as Policy[], {
            ...{ action, resource },
            context: { "aws:requestedregion": "eu-west-1" },
          });

          expect(words[ours]).toBe(
            await decision(policies, action, resource, { "aws:RequestedRegion": "eu-west-1" }),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("refuses to decide by a condition that it does not model", () => {
    const policy: Policy = {
      Statement: {
        ...{ Effect: "Allow", Action: "*", Resource: "*" },
        Condition: { DateLessThan: { "aws:CurrentTime": "2026-01-01" } },
      },
    };

    expect(() => decide([policy], { action: "s3:GetObject", resource: "*" })).toThrow(
      "the condition operator DateLessThan is not modelled by the local cloud",
    );
  });
});
