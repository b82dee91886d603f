import type { ClusterConfiguration } from "../file/cluster-keys";
import { listed, repeated, storagesOf, type Check } from "./check";

/** The data repository of each association of the file, by the association's name. */
export function dataRepositoriesOf(cluster: ClusterConfiguration): Readonly<Record<string, string>> {
  const associations = storagesOf(cluster).flatMap(
    ({ storage }) => storage.FsxLustreSettings?.DataRepositoryAssociations ?? [],
  );
  return Object.fromEntries(associations.map(({ Name, DataRepositoryPath }) => [Name, DataRepositoryPath]));
}

const directConnectNetwork: Check = {
  code: "DirectConnectNetwork",
  run: ({ HeadNode, Scheduling, Meridian }, { error }, { hasNetwork = false }) => {
    const queues = [...(Scheduling.SlurmQueues ?? []), ...(Scheduling.AwsBatchQueues ?? [])];
    const namesSubnets =
      HeadNode?.Networking.SubnetId !== undefined ||
      queues.some(({ Networking }) => Networking.SubnetIds !== undefined);
    if (Meridian.DirectConnectGatewayId !== undefined && (namesSubnets || hasNetwork)) {
      error(
        "Meridian.DirectConnectGatewayId",
        "a Direct Connect gateway is attached to the network that the module makes, and this cluster is in a network that exists",
        "remove it and attach that network itself, or remove the subnets",
      );
    }
  },
};

const dataTransfers: Check = {
  code: "DataTransfers",
  run: (cluster, { error }) => {
    const transfers = cluster.Meridian.DataTransfers ?? [];
    const known = Object.keys(dataRepositoriesOf(cluster));
    for (const name of repeated(transfers.map(({ Name }) => Name))) {
      error("Meridian.DataTransfers", `'${name}' names two data transfers`, "rename one of them");
    }
    transfers.forEach(({ Nfs, S3Path, Association }, index) => {
      const path = `Meridian.DataTransfers[${index}]`;
      if ((Nfs === undefined) === (S3Path === undefined)) {
        error(path, "a data transfer has one source, Nfs or S3Path", "give exactly one of the two");
      }
      if (!known.includes(Association)) {
        error(
          `${path}.Association`,
          `'${Association}' is not a data repository association of this file`,
          known.length === 0
            ? "add DataRepositoryAssociations to a Lustre file system"
            : `name one of ${listed(known)}`,
        );
      }
    });
  },
};

/** Checks of what stands around a cluster. */
export const surroundingsChecks: readonly Check[] = [directConnectNetwork, dataTransfers];
