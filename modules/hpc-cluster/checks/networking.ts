import { isIpv4CidrBlock } from "../../../core";
import type { ClusterConfiguration } from "../file/cluster-keys";
import {
  factsOf,
  listed,
  placementGroupOf,
  queuesOf,
  repeated,
  resourcesOf,
  usesPlacementGroup,
  type Check,
} from "./check";

interface SubnetUse {
  readonly path: string;
  readonly given: boolean;
}

function subnetUses(cluster: ClusterConfiguration): SubnetUse[] {
  const head = cluster.HeadNode;
  return [
    ...(head === undefined || cluster.Scheduling.Scheduler !== "slurm"
      ? []
      : [{ path: "HeadNode.Networking", given: head.Networking.SubnetId !== undefined }]),
    ...queuesOf(cluster).map(({ queue, path }) => ({
      path: `${path}.Networking`,
      given: queue.Networking.SubnetIds !== undefined,
    })),
    ...(cluster.Scheduling.AwsBatchQueues ?? []).map((queue, index) => ({
      path: `Scheduling.AwsBatchQueues[${index}].Networking`,
      given: queue.Networking.SubnetIds !== undefined,
    })),
    ...(cluster.LoginNodes?.Pools ?? []).map((pool, index) => ({
      path: `LoginNodes.Pools[${index}].Networking`,
      given: pool.Networking.SubnetIds !== undefined,
    })),
  ];
}

const subnetsAllOrNone: Check = {
  code: "SubnetsAllOrNone",
  run: (cluster, { error }) => {
    const uses = subnetUses(cluster);
    const missing = uses.filter(({ given }) => !given);
    if (missing.length < uses.length) {
      for (const { path } of missing) {
        error(
          path,
          "no subnet is given here, but other parts of the file give theirs",
          "give a subnet everywhere or nowhere",
        );
      }
    }
  },
};

const managedNetwork: Check = {
  code: "ManagedNetwork",
  run: (cluster, { error, warn }, { region }) => {
    const { NetworkCidrBlock, Zone } = cluster.Meridian;
    if (
      subnetUses(cluster).every(({ given }) => !given) &&
      (cluster.HeadNode?.Networking.ElasticIp ?? false) !== false
    ) {
      warn(
        "HeadNode.Networking.ElasticIp",
        "where the file names no subnets the head node is in a private one, and cannot be reached at its Elastic IP",
        "name a public subnet, or leave out ElasticIp",
      );
    }
    if (!isIpv4CidrBlock(NetworkCidrBlock)) {
      error(
        "Meridian.NetworkCidrBlock",
        `'${NetworkCidrBlock}' is not an IPv4 block without host bits`,
        "write a block such as 10.128.0.0/16",
      );
    }
    if (Zone !== undefined && region !== undefined && !Zone.startsWith(region)) {
      error("Meridian.Zone", `the zone ${Zone} is not in ${region}`, `write a zone of ${region}`);
    }
  },
};

const securityGroupsExclusive: Check = {
  code: "SecurityGroups",
  run: (cluster, { error }) => {
    const networkings = [
      { path: "HeadNode.Networking", at: cluster.HeadNode?.Networking },
      ...queuesOf(cluster).map(({ queue, path }) => ({ path: `${path}.Networking`, at: queue.Networking })),
      ...(cluster.Scheduling.AwsBatchQueues ?? []).map((queue, index) => ({
        path: `Scheduling.AwsBatchQueues[${index}].Networking`,
        at: queue.Networking,
      })),
      ...(cluster.LoginNodes?.Pools ?? []).map((pool, index) => ({
        path: `LoginNodes.Pools[${index}].Networking`,
        at: pool.Networking,
      })),
    ];
    for (const { path, at } of networkings) {
      if (at?.SecurityGroups !== undefined && at.AdditionalSecurityGroups !== undefined) {
        error(
          path,
          "SecurityGroups and AdditionalSecurityGroups cannot be combined",
          "keep SecurityGroups to replace the module's own, or AdditionalSecurityGroups to add to them",
        );
      }
    }
  },
};

const mixedSecurityGroups: Check = {
  code: "MixedSecurityGroupOverwrite",
  run: (cluster, { warn }) => {
    const head = cluster.HeadNode;
    if (head === undefined) {
      return;
    }
    const replaced = [
      head.Networking.SecurityGroups !== undefined,
      ...queuesOf(cluster).map(({ queue }) => queue.Networking.SecurityGroups !== undefined),
    ];
    if (new Set(replaced).size > 1) {
      warn(
        "HeadNode.Networking",
        "some nodes replace the module's security group and others keep it",
        "make sure that all nodes reach each other, or use AdditionalSecurityGroups",
      );
    }
  },
};

const efaSecurityGroups: Check = {
  code: "EfaSecurityGroup",
  run: (cluster, { warn }) => {
    for (const { queue, path } of queuesOf(cluster)) {
      if (
        queue.Networking.SecurityGroups !== undefined &&
        queue.ComputeResources.some(({ Efa }) => Efa.Enabled)
      ) {
        warn(
          `${path}.Networking.SecurityGroups`,
          "EFA needs a group that allows all traffic from and to itself, which cannot be checked here",
          "check the group, or use AdditionalSecurityGroups and keep the module's own",
        );
      }
    }
  },
};

const queueSubnets: Check = {
  code: "QueueSubnets",
  run: (cluster, { error }) => {
    for (const { queue, path } of queuesOf(cluster)) {
      const twice = repeated(queue.Networking.SubnetIds ?? []);
      if (twice.length > 0) {
        error(
          `${path}.Networking.SubnetIds`,
          `${listed(twice)} is listed more than once`,
          "remove the repeated subnet",
        );
      }
    }
  },
};

const severalSubnets: Check = {
  code: "SingleInstanceTypeSubnet",
  run: (cluster, { error }) => {
    for (const { queue, path } of queuesOf(cluster)) {
      const single = queue.ComputeResources.filter(({ InstanceType }) => InstanceType !== undefined);
      if ((queue.Networking.SubnetIds ?? []).length > 1 && single.length > 0) {
        error(
          `${path}.Networking.SubnetIds`,
          `several subnets need Instances, but ${listed(single.map(({ Name }) => Name))} uses InstanceType`,
          "write the type under Instances, or give one subnet",
        );
      }
    }
  },
};

const severalSubnetsWithPlacement: Check = {
  code: "MultiAzPlacementGroup",
  run: (cluster, { error }) => {
    for (const { queue, resource, resourcePath } of resourcesOf(cluster)) {
      if (
        (queue.Networking.SubnetIds ?? []).length > 1 &&
        usesPlacementGroup(placementGroupOf(queue, resource))
      ) {
        error(
          `${resourcePath}.Networking.PlacementGroup`,
          "a cluster placement group is in one zone, but the queue has several subnets",
          "give one subnet, or set PlacementGroup.Enabled to false",
        );
      }
    }
  },
};

const efaInOneZone: Check = {
  code: "EfaMultiAz",
  run: (cluster, { error }) => {
    for (const { queue, resource, resourcePath } of resourcesOf(cluster)) {
      if ((queue.Networking.SubnetIds ?? []).length > 1 && resource.Efa.Enabled) {
        error(
          `${resourcePath}.Efa.Enabled`,
          "EFA traffic does not leave its subnet, but the queue has several",
          "give one subnet, or set Efa.Enabled to false",
        );
      }
    }
  },
};

const publicAddresses: Check = {
  code: "MultiNetworkInterfacesInstances",
  run: (cluster, { error }) => {
    for (const { queue, resource, path } of resourcesOf(cluster)) {
      const several =
        factsOf(cluster, resource).some(({ cards }) => cards.length > 1) || resource.Efa.Enabled;
      if (queue.Networking.AssignPublicIp === true && several) {
        error(
          `${path}.Networking.AssignPublicIp`,
          `${resource.Name} launches with several network interfaces, and AWS gives a public address to one interface only`,
          "set AssignPublicIp to false and use a private subnet with NAT",
        );
      }
    }
  },
};

/** The node's shell reads it, so what a shell would act on is percent-encoded in a user's name and password. */
const proxyAddress = /^https?:\/\/([\w.~%-]+(:[\w.~%-]*)?@)?([\w.-]+|\[[\da-fA-F:.]+\]):\d+\/?$/;

const proxies: Check = {
  code: "Proxy",
  run: (cluster, { error }) => {
    const all = [
      { path: "HeadNode.Networking", proxy: cluster.HeadNode?.Networking.Proxy },
      ...queuesOf(cluster).map(({ queue, path }) => ({
        path: `${path}.Networking`,
        proxy: queue.Networking.Proxy,
      })),
    ];
    for (const { path, proxy } of all) {
      const address = proxy?.HttpProxyAddress;
      if (address !== undefined && !proxyAddress.test(address)) {
        error(
          `${path}.Proxy.HttpProxyAddress`,
          `'${address}' is not the address of a proxy`,
          "write it as http://name:port",
        );
      }
    }
  },
};

const openSsh: Check = {
  code: "OpenSsh",
  run: (cluster, { warn }) => {
    const all = [
      { path: "HeadNode.Ssh", ssh: cluster.HeadNode?.Ssh },
      ...(cluster.LoginNodes?.Pools ?? []).map((pool, index) => ({
        path: `LoginNodes.Pools[${index}].Ssh`,
        ssh: pool.Ssh,
      })),
    ];
    for (const { path, ssh } of all) {
      if (ssh?.AllowedIps === "0.0.0.0/0") {
        warn(
          `${path}.AllowedIps`,
          "SSH is open to every address of the internet that can route to the node",
          "set AllowedIps to the block that people connect from",
        );
      }
    }
  },
};

const openDcv: Check = {
  code: "Dcv",
  run: (cluster, { warn }) => {
    const { HeadNode } = cluster;
    if (HeadNode?.Dcv?.Enabled === true && HeadNode.Dcv.AllowedIps === "0.0.0.0/0") {
      warn(
        "HeadNode.Dcv.AllowedIps",
        `the port ${HeadNode.Dcv.Port} would be open to every address of the internet`,
        "set AllowedIps to the block that people connect from",
      );
    }
  },
};

/** Checks of subnets, security groups, addresses and open ports. */
export const networkingChecks: readonly Check[] = [
  subnetsAllOrNone,
  managedNetwork,
  securityGroupsExclusive,
  mixedSecurityGroups,
  efaSecurityGroups,
  queueSubnets,
  severalSubnets,
  severalSubnetsWithPlacement,
  efaInOneZone,
  publicAddresses,
  proxies,
  openSsh,
  openDcv,
];
