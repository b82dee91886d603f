import { GlobalacceleratorCustomRoutingAccelerator } from "@cdktf/provider-aws/lib/globalaccelerator-custom-routing-accelerator";
import { GlobalacceleratorCustomRoutingEndpointGroup } from "@cdktf/provider-aws/lib/globalaccelerator-custom-routing-endpoint-group";
import { GlobalacceleratorCustomRoutingListener } from "@cdktf/provider-aws/lib/globalaccelerator-custom-routing-listener";
import { Construct } from "constructs";

import { prefixLengthOf, ValidationError } from "../../core";
import type { AcceleratorFlowLogs } from "./flow-logs";
import type { PortRange } from "./listener";
import { createFlowLogs } from "./private/create-flow-logs";
import { customRoutingProblems } from "./private/custom-routing-rules";
import { portCount } from "./private/ports";

/** Ports of instances that users can be sent to. */
export interface CustomRoutingDestination extends PortRange {
  /** What the instances speak there. */
  readonly protocols: readonly ("TCP" | "UDP")[];
}

/** A subnet whose instances users are sent to. */
export interface CustomRoutingSubnet {
  /** The subnet's id. */
  readonly subnetId: string;
  /** Its block, /17 to /28, from which the listener's ports are counted. */
  readonly ipv4CidrBlock: string;
}

/** The subnets of a custom routing listener in one region. */
export interface CustomRoutingEndpointGroup {
  /** The ports of instances that get listener ports. */
  readonly destinations: readonly CustomRoutingDestination[];
  /** The subnets whose instances users are sent to. */
  readonly subnets: readonly CustomRoutingSubnet[];
}

/** The ports that a custom routing accelerator deals out. */
export interface CustomRoutingListener {
  /** The ports, ten ranges at most, each of 16 ports or more. */
  readonly portRanges: readonly PortRange[];
  /** The subnets by region. */
  readonly endpointGroups: Readonly<Record<string, CustomRoutingEndpointGroup>>;
}

/** Settings of a {@link CustomRoutingAccelerator}. */
export interface CustomRoutingAcceleratorProps {
  /** Name, unique in its account: letters, digits and hyphens. */
  readonly name: string;
  /** The account that it stands in, 12 digits. */
  readonly account: string;
  /** The ports that it deals out, by a name of your choice; ten at most. */
  readonly listeners: Readonly<Record<string, CustomRoutingListener>>;
  /**
   * Whether it takes traffic. A disabled accelerator keeps its addresses.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * IPv4 addresses of your own range for it, two at most. A change replaces the accelerator.
   *
   * @default - two addresses of Amazon's
   */
  readonly ipAddresses?: readonly string[];
  /**
   * Where its flow logs go.
   *
   * @default - a new bucket that keeps them for 90 days
   */
  readonly flowLogs?: AcceleratorFlowLogs;
  /**
   * Whether Terraform refuses to destroy the accelerator, whose addresses are lost for good then,
   * and its logs. Before a destroy, apply once with `false`.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/** Addresses that AWS keeps of every subnet, which get no listener ports. */
const reservedAddresses = 5;

/** How many listener ports a subnet takes: one for each port of each of its addresses. */
export function customRoutingPortsOf(ipv4CidrBlock: string, destinations: readonly PortRange[]): number {
  return (2 ** (32 - prefixLengthOf(ipv4CidrBlock)) - reservedAddresses) * portCount(destinations);
}

/**
 * Two fixed addresses whose every port leads to one port of one instance, so that a matchmaker can
 * send users to the instance that holds their session. Nothing is balanced and nothing fails over.
 *
 * Creates the accelerator, its listeners, an endpoint group for each of a listener's regions, and
 * by default a bucket for the flow logs. All traffic is denied until the application allows a
 * destination by `AllowCustomRoutingTraffic`.
 *
 * @see https://docs.aws.amazon.com/global-accelerator/latest/dg/work-with-custom-routing-accelerators.html
 */
export class CustomRoutingAccelerator extends Construct {
  /** The accelerator of the provider, for settings that this module does not model. */
  public readonly resource: GlobalacceleratorCustomRoutingAccelerator;
  /** Its ARN. */
  public readonly acceleratorArn: string;
  /** The name that AWS gives it. */
  public readonly dnsName: string;
  /** Its fixed IPv4 addresses. */
  public readonly ipv4Addresses: string[];
  /**
   * Name of the bucket that the flow logs are in.
   *
   * @default - nothing is logged
   */
  public readonly flowLogBucketName?: string;

  public constructor(scope: Construct, id: string, props: CustomRoutingAcceleratorProps) {
    super(scope, id);
    const problems = customRoutingProblems(this.node.path, props);
    if (problems.length > 0) {
      throw new ValidationError(problems);
    }

    const { deletionProtection = true } = props;
    const flowLogs = createFlowLogs(this, { ...props, deletionProtection });
    this.resource = new GlobalacceleratorCustomRoutingAccelerator(this, "Resource", {
      name: props.name,
      ipAddressType: "IPV4",
      ipAddresses: props.ipAddresses === undefined ? undefined : [...props.ipAddresses],
      enabled: props.enabled ?? true,
      attributes: flowLogs.attributes,
      lifecycle: { preventDestroy: deletionProtection },
      dependsOn: flowLogs.dependsOn,
    });
    this.acceleratorArn = this.resource.arn;
    this.dnsName = this.resource.dnsName;
    this.ipv4Addresses = this.resource.ipSets.get(0).ipAddresses;
    this.flowLogBucketName = flowLogs.bucketName;
    this.createListeners(props);
  }

  private createListeners({ listeners }: CustomRoutingAcceleratorProps): void {
    const parent = new Construct(this, "Listeners");
    for (const [name, { portRanges, endpointGroups }] of Object.entries(listeners)) {
      const scope = new Construct(parent, name);
      const listener = new GlobalacceleratorCustomRoutingListener(scope, "Resource", {
        acceleratorArn: this.acceleratorArn,
        portRange: portRanges.map(({ fromPort, toPort }) => ({ fromPort, toPort })),
      });
      for (const [region, { destinations, subnets }] of Object.entries(endpointGroups)) {
        new GlobalacceleratorCustomRoutingEndpointGroup(scope, region, {
          listenerArn: listener.arn,
          endpointGroupRegion: region,
          destinationConfiguration: destinations.map(({ fromPort, toPort, protocols }) => ({
            fromPort,
            toPort,
            protocols: [...protocols].sort(),
          })),
          endpointConfiguration: subnets.map(({ subnetId }) => ({ endpointId: subnetId })),
        });
      }
    }
  }
}
