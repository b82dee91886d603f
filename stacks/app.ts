import { App } from "cdktf";

import type { Environment } from "../environments";
import { known } from "../core";
import { readBlockedAddresses } from "./firewall/blocked-addresses";
import { BootstrapStack } from "./bootstrap-stack";
import { CloudfrontStack, distributedServices } from "./cloudfront-stack";
import { readClusterFiles } from "./hpc/cluster-files";
import { EdgeStack } from "./edge-stack";
import { FoundationStack } from "./foundation-stack";
import { HpcStack } from "./hpc-stack";
import { NetworkStack } from "./network-stack";
import { RecoveryStack } from "./recovery-stack";
import { RegionalStack } from "./regional-stack";

/** What an {@link buildApp | App} is built from. */
export interface AppOptions {
  /** The environments to synthesize; each brings its own stacks. */
  readonly environments: readonly Environment[];
  /**
   * Folder that `synth()` writes to.
   *
   * @default - CDKTF's own: the folder that its command line names, else `cdktf.out`
   */
  readonly outdir?: string;
  /**
   * The day, as `2026-11-30`, whose expired entries drop out of the block lists. Synthesis has no
   * clock, so the day is said.
   *
   * @default - every entry blocks
   */
  readonly blockListDay?: string;
}

/** The App of some environments, all stacks directly under it. Call `synth()` on it. */
export function buildApp({ environments, outdir, blockListDay }: AppOptions): App {
  return withoutTokenTraces(() => {
    const app = new App({ outdir });
    for (const environment of environments) {
      addEnvironment(app, environment, blockListDay);
    }
    return app;
  });
}

/**
 * cdktf notes for each of thousands of tokens where it was made, down to the last frame, and nothing
 * here reads it. Writing these notes down takes most of the time of a build, so they are left empty;
 * errors keep their traces.
 */
function withoutTokenTraces<Result>(build: () => Result): Result {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back, never called
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (error, frames) =>
    error instanceof Error ? [error, ...frames].map(String).join("\n    at ") : "";
  try {
    return build();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

function addEnvironment(app: App, environment: Environment, blockListDay: string | undefined): void {
  const blockedAddresses = readBlockedAddresses(environment, blockListDay);
  const clusterFiles = readClusterFiles(environment);
  const bootstrap = new BootstrapStack(app, environment, clusterFiles);
  const foundation = new FoundationStack(app, environment);
  foundation.addDependency(bootstrap);
  const recovery = addRecovery(app, environment, bootstrap);
  const shared = { bootstrap, foundation, blockedAddresses, recovery };
  const networks = Object.keys(environment.regions).map(
    (region) => new NetworkStack(app, environment, region, shared),
  );
  const regional = networks.map((network) => new RegionalStack(app, environment, network, shared));
  const hasDistributions = Object.keys(distributedServices(environment)).length > 0;
  const cloudfront = hasDistributions ? new CloudfrontStack(app, environment, shared) : undefined;
  new EdgeStack(app, environment, { foundation, networks, regional, cloudfront, recovery });
  for (const file of clusterFiles) {
    new HpcStack(app, environment, file, networkOf(networks, file.region));
  }
}

function addRecovery(
  app: App,
  environment: Environment,
  bootstrap: BootstrapStack,
): RecoveryStack | undefined {
  const { routingControls } = environment.recovery;
  if (routingControls === undefined) {
    return undefined;
  }
  const recovery = new RecoveryStack(app, environment, routingControls);
  recovery.addDependency(bootstrap);
  return recovery;
}

function networkOf(stacks: readonly NetworkStack[], region: string): NetworkStack {
  return known(
    stacks.find((stack) => stack.region === region),
    `${region} has no network, which validation refuses`,
  );
}
