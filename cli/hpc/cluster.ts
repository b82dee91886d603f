import type { AwsAccess } from "../aws/access";
import { type Context, environmentNamed } from "../session/context";
import type { TargetEnvironment } from "../base/target-environment";
import { CommandError, UsageError } from "../base/errors";
import { guardAccount } from "../session/guards";
import { accessTo, requireLocalCloud } from "../session/local-cloud-access";
import { alternatives } from "../base/alternatives";
import { type Fleet, fleetOf } from "./fleet";
import type { FleetTable, OpenFleetTable } from "../aws/fleet-table";

/** A cluster of an environment, and its table. */
export interface Cluster {
  /** Its name in AWS. */
  readonly name: string;
  readonly environment: TargetEnvironment;
  readonly access: AwsAccess;
  readonly region: string;
  readonly table: FleetTable;
}

/**
 * The cluster of that name.
 *
 * @throws UsageError that names the nearest cluster, CommandError for credentials of another account.
 */
export async function clusterNamed(
  context: Context,
  environmentName: string,
  clusterName: string,
  open: OpenFleetTable,
): Promise<Cluster> {
  const environment = await environmentNamed(context, environmentName);
  const clusters = environment.hpc?.clusters ?? {};
  const settings = clusters[clusterName];
  if (settings === undefined) {
    const names = Object.keys(clusters);
    throw new UsageError(
      `Environment '${environment.name}' has no cluster '${clusterName}'.`,
      names.length === 0
        ? `Add it to 'hpc.clusters' in environments/${environment.name}.ts.`
        : alternatives(clusterName, names),
    );
  }
  const access: AwsAccess =
    environment.target === "aws"
      ? { variables: {} }
      : accessTo(context, await requireLocalCloud(context, environment, false));
  await guardAccount(context, environment, access);
  const name = `${environment.name}-${clusterName}`;
  const region = settings.region ?? environment.homeRegion;
  return { name, environment, access, region, table: open(access, region, `meridian-hpc-${name}`) };
}

/** What the cluster's fleet does. */
export async function fleetOfCluster({ name, environment, table }: Cluster): Promise<Fleet> {
  const items = await table.items();
  if (items === undefined) {
    throw new CommandError(
      `The cluster '${name}' has no fleet: there is no table meridian-hpc-${name}.`,
      `Deploy it with \`meridian deploy ${environment.name}\`. A cluster with AWS Batch has none.`,
    );
  }
  return fleetOf(items);
}
