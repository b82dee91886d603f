import { readFileSync } from "node:fs";
import { join } from "node:path";

import { explain } from "../../../cli/base/diagnose";
import { humanLine } from "../../../cli/terraform/events";

/** What Terraform 1.11.4 and the AWS provider 5.100.0 really said. */
function captured(name: string): string {
  return readFileSync(join(__dirname, "../fixtures", `${name}.txt`), "utf8")
    .split("\n")
    .map(humanLine)
    .join("\n");
}

describe("explain", () => {
  it.each([
    [
      "already-exists",
      "already-exists",
      "A resource of that name already exists in AWS, but not in the state (BucketAlreadyOwnedByYou).",
    ],
    ["bucket-absent", "bucket-absent", "The state bucket absent does not exist."],
    ["expired", "expired-credentials", "The AWS credentials have expired."],
    ["provider-expired", "expired-credentials", "The AWS credentials have expired."],
    [
      "lock-checksum",
      "lock-file-checksum",
      "A provider is not the one whose checksum terraform.lock.hcl records.",
    ],
    ["lock-held", "lock-held", "The state is locked by root@vm (apply, since 2026-11-20 23:05:26)."],
    [
      "lock-version",
      "lock-file-version",
      "terraform.lock.hcl selects registry.terraform.io/hashicorp/aws 5.100.0, but the stacks need >= 6.23.0, < 7.0.0.",
    ],
    ["no-credentials", "no-credentials", "There are no AWS credentials."],
    ["provider-no-credentials", "no-credentials", "There are no AWS credentials."],
    [
      "no-provider-in-mirror",
      "provider-missing",
      "Terraform finds no usable version of provider hashicorp/aws.",
    ],
    ["no-registry", "no-registry", "The provider registry registry.terraform.io cannot be reached."],
    ["old-terraform", "terraform-version", "The stacks do not support Terraform 1.11.4."],
    ["profile-missing", "profile-missing", "There is no AWS profile 'nope'."],
    ["provider-refused", "no-network", "AWS cannot be reached."],
    ["refused-init", "no-network", "AWS cannot be reached."],
    ["stale-plan", "stale-plan", "Somebody changed the state after this plan was made."],
    [
      "state-unreadable-init",
      "state-unreadable",
      "The state is unreadable, or was written by a newer version.",
    ],
    [
      "state-unreadable-plan",
      "state-unreadable",
      "The state is unreadable, or was written by a newer version.",
    ],
    [
      "wrong-account",
      "wrong-account",
      "The credentials are for account 123456789012, which is not the environment's.",
    ],
  ])("explains %s", (name, kind, message) => {
    expect(explain(captured(name))).toMatchObject({ kind, message });
  });

  it("says how a lock is broken", () => {
    expect(explain(captured("lock-held"))?.remedy).toBe(
      "Wait until that run ends, or give --lock-timeout 10m. If you know that it is dead, release the lock with `meridian unlock <env> <stack> --lock-id 6adab753-e3a5-1d10-9d70-13277b45f395`.",
    );
  });

  it.each([
    [
      "User: arn:aws:sts::1:assumed-role/plan/ci is not authorized to perform: ec2:CreateVpc on resource: x, api error UnauthorizedOperation",
      "arn:aws:sts::1:assumed-role/plan/ci may not ec2:CreateVpc.",
    ],
    ["api error AccessDenied: Access Denied", "AWS denied access."],
    ["listen EADDRINUSE: address already in use 127.0.0.1:4566", "The port is in use by another program."],
    [
      "CredentialsProviderError: Could not load credentials from any providers",
      "There are no AWS credentials.",
    ],
    ["write /x: no space left on device", "The disk is full."],
    [
      "Error: Plugin did not respond\n\nThe plugin encountered an error, and failed to respond to the plugin.(*GRPCProvider).ApplyResourceChange call. rpc error: connection refused",
      "The provider ended in the middle of its work: it was killed, probably because memory ran out, or crashed.",
    ],
    [
      "VpcLimitExceeded: The maximum number of VPCs has been reached.",
      "A service quota of the account is used up (VpcLimitExceeded).",
    ],
    [
      "Error: Instance cannot be destroyed\n\nResource aws_s3_bucket.logs has lifecycle.prevent_destroy\nset",
      "aws_s3_bucket.logs holds data and is protected from being destroyed.",
    ],
  ])("explains '%s'", (text, message) => {
    expect(explain(text)?.message).toBe(message);
  });

  it("names what kept Terraform from storing a state as the cause, and stores it first", () => {
    const said =
      "Error: Failed to save state Error saving state: failed to upload state: operation error S3: PutObject, " +
      "api error ExpiredToken: The provided token has expired.";

    expect(explain(said)).toEqual({
      kind: "expired-credentials",
      message:
        "The AWS credentials have expired. Terraform could not store the state; it kept it in errored.tfstate in the stack's directory.",
      remedy:
        "Get new ones (`aws sso login`, or a fresh session token) and run the command again. Before that, run " +
        "`meridian recover <env>`, which stores the state; do not delete the file.",
    });
  });

  it.each([
    "ThrottlingException: Rate exceeded",
    "operation error EC2: DescribeVpcs, api error RequestLimitExceeded: Request limit exceeded.",
    "SlowDown: Please reduce your request rate.",
  ])("tells a rate from a quota (%s)", (said) => {
    expect(explain(said)?.kind).toBe("throttled");
  });

  it("leaves what it does not know to the program's own words", () => {
    expect(explain("Error: Invalid CIDR block")).toBeUndefined();
  });

  it("knows what Global Accelerator leaves in a network", () => {
    const said =
      "Error: deleting EC2 VPC (vpc-0123456789abcdef0): operation error EC2: DeleteVpc, https response error " +
      "StatusCode: 400, api error DependencyViolation: The vpc 'vpc-0123456789abcdef0' has dependencies and " +
      "cannot be deleted.";

    expect(explain(said)).toEqual({
      kind: "vpc-in-use",
      message: "Something that Terraform did not create is still in vpc-0123456789abcdef0.",
      remedy:
        "Global Accelerator leaves its security group `GlobalAccelerator` behind: delete it, and what else " +
        "`aws ec2 describe-network-interfaces` and `describe-security-groups` show with " +
        "`--filters Name=vpc-id,Values=vpc-0123456789abcdef0`, then run the command again.",
    });
  });

  it("knows that a name has records of one policy", () => {
    const said =
      "Error: creating Route53 Record: operation error Route 53: ChangeResourceRecordSets, https response error " +
      "StatusCode: 400, InvalidChangeBatch: [RRSet with DNS name www.example.com., type A, SetIdentifier primary " +
      "cannot be created as other RRSets exist with the same name and type.]";

    expect(explain(said)).toEqual({
      kind: "two-policies",
      message:
        "Route 53 accepts no record with another policy for www.example.com while records with the old one exist.",
      remedy:
        "Run the command again at once: the old records are deleted by now, and the name does not resolve until the new ones exist.",
    });
  });
});
