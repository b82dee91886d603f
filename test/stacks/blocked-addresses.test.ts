import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { environmentNamed, type Environment } from "../../environments";
import { buildApp } from "../../stacks/app";
import { readBlockedAddresses } from "../../stacks/blocked-addresses";
import { refusal } from "../support/synth";

const prod = environmentNamed("prod");

interface Synthesized {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

function synthesized(stack: string, blockListDay?: string): Synthesized {
  const outdir = mkdtempSync(path.join(tmpdir(), "meridian-blocked-"));
  try {
    buildApp({ environments: [prod], outdir, blockListDay }).synth();
    return JSON.parse(readFileSync(path.join(outdir, "stacks", stack, "cdk.tf.json"), "utf8")) as Synthesized;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function addressesIn({ resource }: Synthesized): unknown[] {
  return Object.values(resource.aws_wafv2_ip_set ?? {}).flatMap(({ addresses }) => addresses as unknown[]);
}

function deniesIn({ resource }: Synthesized): unknown[] {
  const rules = Object.values(resource.aws_network_acl_rule ?? {});
  return [
    ...new Set(rules.filter(({ rule_action }) => rule_action === "deny").map(({ cidr_block }) => cidr_block)),
  ];
}

describe("the block list of an environment", () => {
  it("turns the same addresses away in the firewall and in the network ACLs of a region", () => {
    const stack = synthesized("prod-eu-west-1");

    expect(addressesIn(stack)).toEqual(["192.0.2.0/24", "198.51.100.7/32", "2001:db8:bad::/48"]);
    expect(deniesIn(stack)).toEqual(["192.0.2.0/24", "198.51.100.7/32"]);
  });

  it("is the same in every region", () => {
    expect(addressesIn(synthesized("prod-us-east-1"))).toEqual(addressesIn(synthesized("prod-eu-west-1")));
  });

  it("lets an expired entry drop out on the day that is said, and on no other", () => {
    expect(addressesIn(synthesized("prod-eu-west-1", "2027-01-30"))).toContain("198.51.100.7/32");
    expect(addressesIn(synthesized("prod-eu-west-1", "2027-01-31"))).toEqual([
      "192.0.2.0/24",
      "2001:db8:bad::/48",
    ]);
  });

  it("refuses an environment whose list is missing", () => {
    const environment: Environment = { ...prod, name: "nowhere" };

    expect(refusal(() => readBlockedAddresses(environment))).toBe(
      "environments/nowhere.blocklist.txt: 'firewall.blockList' must be false while there is no such file, got true; write the file, one address or block a line, or set 'blockList' to false",
    );
  });
});
