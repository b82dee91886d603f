import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { EnvironmentInput } from "../../environments";
import { buildApp } from "../../stacks/app";
import { check, sample, service } from "../environments/sample";
import { synthesize } from "../support/synth";
import { stackOf } from "./sample-stacks";

/** The stacks that each stack of an environment waits for, by layer. */
function dependenciesOf(input: EnvironmentInput): Record<string, string[]> {
  const outdir = mkdtempSync(path.join(tmpdir(), "meridian-network-"));
  try {
    buildApp({ environments: check(input), outdir }).synth();
    const { stacks } = JSON.parse(readFileSync(path.join(outdir, "manifest.json"), "utf8")) as {
      stacks: Record<string, { name: string; dependencies: string[] }>;
    };
    const layerOf = (name: string): string => name.slice(input.name.length + 1);
    return Object.fromEntries(
      Object.values(stacks).map(({ name, dependencies }) => [
        layerOf(name),
        dependencies.map(layerOf).sort(),
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

describe("the stacks of an environment", () => {
  it("wait for what they need and for nothing else, so that no region waits for another", () => {
    const input = sample({
      services: { web: service() },
      hpc: { clusters: { lab: { file: "environments/hpc/lab.yaml" } } },
    });

    expect(dependenciesOf(input)).toEqual({
      bootstrap: [],
      foundation: ["bootstrap"],
      "eu-west-1-network": ["bootstrap"],
      "eu-central-1-network": ["bootstrap"],
      "eu-west-1": ["eu-west-1-network", "foundation"],
      "eu-central-1": ["eu-central-1-network", "foundation"],
      "hpc-lab": ["eu-west-1-network"],
      edge: ["eu-central-1", "eu-west-1", "foundation"],
    });
  });
});

describe("the stack of a region's network", () => {
  it("tells the stacks in it where they stand: the VPC, and each tier's subnets by zone", () => {
    const { output } = synthesize(stackOf(sample({ ipv6: true }), "eu-west-1-network"));

    expect(Object.keys(output ?? {}).sort()).toEqual([
      "isolated_subnet_id_eu_west_1a",
      "isolated_subnet_id_eu_west_1b",
      "private_subnet_id_eu_west_1a",
      "private_subnet_id_eu_west_1b",
      "public_subnet_id_eu_west_1a",
      "public_subnet_id_eu_west_1b",
      "vpc_id",
      "vpc_ipv6_cidr_block",
    ]);
  });

  it("holds what its region's services do not change", () => {
    const types = (layer: string) => Object.keys(synthesize(stackOf(sample(), layer)).resource ?? {});

    expect(types("eu-west-1-network")).toEqual(
      expect.arrayContaining(["aws_vpc", "aws_subnet", "aws_sns_topic"]),
    );
    expect(types("eu-west-1").filter((type) => /^aws_(vpc|subnet|route|nat_gateway)$/.test(type))).toEqual(
      [],
    );
  });
});
