import { Annotations, type App } from "cdktf";

import { type INetwork, known, type SubnetTier, subnetTiers } from "../core";
import type { Environment } from "../environments";
import { AlarmTopic } from "../modules/alarm-topic";
import { dualStackNetworkAclDenies, networkAclDenies } from "../modules/firewall";
import {
  blockedCidrBlockLimit,
  dualStackBlockedCidrBlockLimit,
  Network,
  type NetworkProps,
} from "../modules/network";
import type { BootstrapStack } from "./bootstrap-stack";
import { capabilities } from "./capabilities";
import type { BlockedAddresses } from "./firewall/blocked-addresses";
import { alarmTopicName, outputWord } from "./physical-names";
import { outputNamed, PlatformStack } from "./platform-stack";

/** What a region's network tells the stacks that stand in it. */
export type NetworkOutput = "vpc_id" | Ipv6Output | SubnetOutput;

/** The VPC's IPv6 block, of a dual-stack network. */
export type Ipv6Output = `vpc_ipv6_${string}`;

const ipv6Output: Ipv6Output = "vpc_ipv6_cidr_block";

/** The id of a tier's subnet in a zone. */
export type SubnetOutput = `${SubnetTier}_subnet_id_${string}`;

/** The output that holds the id of a tier's subnet in a zone. */
export function subnetOutput(tier: SubnetTier, zone: string): SubnetOutput {
  return `${tier}_subnet_id_${outputWord(zone)}`;
}

/** What the networks of an environment have in common. */
export interface NetworkStackProps {
  /** What makes the bucket that states are in. */
  readonly bootstrap: BootstrapStack;
  /** Who is turned away. */
  readonly blockedAddresses: BlockedAddresses;
}

/**
 * What changes seldom in a region and everything there needs: the network with its endpoints, the resolver
 * with its DNS firewall, and the topic that alarms go to. Apart from what is deployed every day, so that a
 * deploy of services cannot change it. It needs no other region, and not the foundation either.
 */
export class NetworkStack extends PlatformStack<NetworkOutput> {
  private readonly blockedAddresses: BlockedAddresses;

  public constructor(app: App, environment: Environment, region: string, shared: NetworkStackProps) {
    super(app, environment, `${region}-network`, region);
    this.blockedAddresses = shared.blockedAddresses;

    this.addDependency(shared.bootstrap);
    const network = this.createNetwork();
    this.createAlarmTopic();
    for (const capability of capabilities) {
      capability.network?.({ scope: this, environment, network });
    }
    this.publish({
      vpc_id: network.vpcId,
      ...(network.vpcIpv6CidrBlock === undefined ? {} : { [ipv6Output]: network.vpcIpv6CidrBlock }),
      ...Object.fromEntries(
        subnetTiers.flatMap((tier) =>
          network
            .subnetIds(tier)
            .map((id, index) => [
              subnetOutput(tier, known(network.zones[index], `${this.node.id}: a subnet without a zone`)),
              id,
            ]),
        ),
      ),
    });
  }

  /** The network as another stack of the region sees it, which then depends on this one. */
  public networkFor(consumer: PlatformStack<string>): INetwork {
    const { ipv4CidrBlock, zones } = this.settings;
    const outputs = this.read(consumer);
    const sorted = [...zones].sort();
    const idsOf = (tier: SubnetTier): string[] =>
      sorted.map((zone) => outputNamed(outputs, subnetOutput(tier, zone)));
    return Network.fromNetworkAttributes(consumer, "Network", {
      region: this.region,
      vpcId: outputs.vpc_id,
      vpcCidrBlock: ipv4CidrBlock,
      vpcIpv6CidrBlock: this.environment.ipv6 ? outputNamed(outputs, ipv6Output) : undefined,
      zones: sorted,
      subnetIds: { public: idsOf("public"), private: idsOf("private"), isolated: idsOf("isolated") },
    });
  }

  private get settings(): Environment["regions"][string] {
    const { name, regions } = this.environment;
    return known(regions[this.region], `${this.node.id}: ${this.region} is no region of ${name}`);
  }

  private createNetwork(): Network {
    const { name, logRetentionDays, logKeyArns, ipv6, accelerator } = this.environment;
    const { ipv4CidrBlock, zones, natGateways } = this.settings;
    return new Network(this, "Network", {
      name,
      region: this.region,
      ipv4CidrBlock,
      zones,
      natGateways,
      // Without NAT the tasks reach what they need of AWS through endpoints or not at all.
      interfaceEndpoints: natGateways === "none" ? ["private-fargate"] : [],
      flowLogs: { retentionDays: logRetentionDays, kmsKeyArn: logKeyArns?.[this.region] },
      dualStack: ipv6,
      acceleratorEndpoints: accelerator.onlyEntry,
      ...this.networkAclDenies(),
    });
  }

  /** The blocks that fit in network ACLs; the firewall in front of the load balancer has them all. */
  private networkAclDenies(): Pick<NetworkProps, "blockedIpv4CidrBlocks" | "blockedIpv6CidrBlocks"> {
    const { cidrBlocks } = this.blockedAddresses;
    if (this.environment.ipv6) {
      const denies = dualStackNetworkAclDenies(cidrBlocks, dualStackBlockedCidrBlockLimit);
      this.warnOfRest(dualStackBlockedCidrBlockLimit, denies.leftOut);
      return {
        blockedIpv4CidrBlocks: denies.ipv4CidrBlocks,
        blockedIpv6CidrBlocks: denies.ipv6CidrBlocks,
      };
    }
    const { ipv4CidrBlocks, leftOut } = networkAclDenies(cidrBlocks, blockedCidrBlockLimit);
    this.warnOfRest(blockedCidrBlockLimit, leftOut);
    return { blockedIpv4CidrBlocks: ipv4CidrBlocks };
  }

  private warnOfRest(limit: number, leftOut: readonly string[]): void {
    if (leftOut.length > 0) {
      Annotations.of(this).addWarning(
        `network ACLs hold the ${limit} widest blocks of the block list; ${leftOut.length} are blocked by the web ACL only`,
      );
    }
  }

  private createAlarmTopic(): void {
    const { account, alarms } = this.environment;
    new AlarmTopic(this, "AlarmTopic", {
      topicName: alarmTopicName(this.environment),
      account,
      region: this.region,
      emails: alarms.emails,
    });
  }
}
