import { GlobalacceleratorCustomRoutingAccelerator } from "@cdktf/provider-aws/lib/globalaccelerator-custom-routing-accelerator";
import { GlobalacceleratorCustomRoutingEndpointGroup } from "@cdktf/provider-aws/lib/globalaccelerator-custom-routing-endpoint-group";
import { GlobalacceleratorCustomRoutingListener } from "@cdktf/provider-aws/lib/globalaccelerator-custom-routing-listener";
import { Construct } from "constructs";

import { ValidationError } from "../../core";
import { createFlowLogs } from "./private/create-flow-logs";
import { customRoutingProblems } from "./private/custom-routing-rules";
import type { CustomRoutingAcceleratorProps } from "./custom-routing-accelerator-props";

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
