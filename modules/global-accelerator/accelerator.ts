import { GlobalacceleratorAccelerator } from "@cdktf/provider-aws/lib/globalaccelerator-accelerator";
import { GlobalacceleratorEndpointGroup } from "@cdktf/provider-aws/lib/globalaccelerator-endpoint-group";
import { GlobalacceleratorListener } from "@cdktf/provider-aws/lib/globalaccelerator-listener";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";

import { ValidationError, type DnsAlias, type IDnsTarget } from "../../core";
import type { EndpointGroupOptions, EndpointOptions, ListenerOptions } from "./listener";
import { acceleratorProblems, isElasticIp } from "./private/accelerator-rules";
import { createFlowLogs } from "./private/create-flow-logs";
import type { AcceleratorProps } from "./accelerator-props";

/** The hosted zone that all accelerators' names are in. */
const hostedZoneId = "Z2BJ6XQ5FK7U4H";

/**
 * Two fixed addresses, announced from everywhere, that lead to the nearest healthy region.
 *
 * Creates the accelerator, its listeners, an endpoint group for each of a listener's regions, and
 * by default a bucket for the flow logs. It is a target for DNS records.
 *
 * @see https://docs.aws.amazon.com/global-accelerator/latest/dg/what-is-global-accelerator.html
 */
export class Accelerator extends Construct implements IDnsTarget {
  /** The accelerator of the provider, for settings that this module does not model. */
  public readonly resource: GlobalacceleratorAccelerator;
  /** Its ARN. */
  public readonly acceleratorArn: string;
  /** The name that AWS gives it, which resolves to its IPv4 addresses. */
  public readonly dnsName: string;
  /** Its fixed IPv4 addresses. */
  public readonly ipv4Addresses: string[];
  /** It stands in no region. */
  public readonly region = "global";
  public readonly value: DnsAlias;
  /**
   * Name of the bucket that the flow logs are in.
   *
   * @default - nothing is logged
   */
  public readonly flowLogBucketName?: string;
  private readonly listeners: Readonly<Record<string, Listener>>;

  public constructor(scope: Construct, id: string, props: AcceleratorProps) {
    super(scope, id);
    const problems = acceleratorProblems(this.node.path, props);
    if (problems.length > 0) {
      throw new ValidationError(problems);
    }

    const { deletionProtection = true, dualStack = false } = props;
    const flowLogs = createFlowLogs(this, { ...props, deletionProtection });
    this.resource = new GlobalacceleratorAccelerator(this, "Resource", {
      name: props.name,
      ipAddressType: dualStack ? "DUAL_STACK" : "IPV4",
      ipAddresses: props.ipAddresses === undefined ? undefined : [...props.ipAddresses],
      enabled: props.enabled ?? true,
      attributes: flowLogs.attributes,
      lifecycle: { preventDestroy: deletionProtection },
      dependsOn: flowLogs.dependsOn,
    });
    this.acceleratorArn = this.resource.arn;
    this.dnsName = this.resource.dnsName;
    this.ipv4Addresses = this.resource.ipSets.get(0).ipAddresses;
    this.value = {
      kind: "alias",
      dnsName: dualStack ? this.dualStackDnsName() : this.dnsName,
      hostedZoneId,
    };
    this.flowLogBucketName = flowLogs.bucketName;
    this.listeners = this.createListeners(props);
  }

  /** The ARN of a listener, by its name in the props. */
  public listenerArn(listener: string): string {
    return this.listenerNamed(listener).resource.arn;
  }

  /** The ARN of a listener's endpoint group in a region. */
  public endpointGroupArn(listener: string, region: string): string {
    const group = this.listenerNamed(listener).endpointGroups[region];
    if (group === undefined) {
      throw new RangeError(`${this.node.path}: listener '${listener}' has no endpoint group in '${region}'`);
    }
    return group.arn;
  }

  /**
   * The name of all four addresses. The provider plans with the empty name of an accelerator that had
   * IPv4 only until then, where a record's alias may not be empty; the name differs by one label.
   */
  private dualStackDnsName(): string {
    const { dnsName, dualStackDnsName } = this.resource;
    return Token.asString(
      Fn.coalesce([dualStackDnsName, Fn.replace(dnsName, ".awsglobal", ".dualstack.awsglobal")]),
    );
  }

  private listenerNamed(name: string): Listener {
    const listener = this.listeners[name];
    if (listener === undefined) {
      throw new RangeError(`${this.node.path}: there is no listener '${name}'`);
    }
    return listener;
  }

  private createListeners({ listeners }: AcceleratorProps): Readonly<Record<string, Listener>> {
    const parent = new Construct(this, "Listeners");
    return Object.fromEntries(
      Object.entries(listeners).map(([name, options]) => [
        name,
        new Listener(parent, name, { ...options, acceleratorArn: this.acceleratorArn }),
      ]),
    );
  }
}

interface ListenerProps extends ListenerOptions {
  readonly acceleratorArn: string;
}

/** A listener with the endpoint groups of its regions. */
class Listener extends Construct {
  public readonly resource: GlobalacceleratorListener;
  public readonly endpointGroups: Readonly<Record<string, GlobalacceleratorEndpointGroup>>;

  public constructor(scope: Construct, id: string, props: ListenerProps) {
    super(scope, id);

    this.resource = new GlobalacceleratorListener(this, "Resource", {
      acceleratorArn: props.acceleratorArn,
      protocol: props.protocol,
      clientAffinity: props.clientAffinity ?? "NONE",
      portRange: props.portRanges.map(({ fromPort, toPort }) => ({ fromPort, toPort })),
    });
    this.endpointGroups = Object.fromEntries(
      Object.entries(props.endpointGroups).map(([region, group]) => [
        region,
        this.createEndpointGroup(region, group),
      ]),
    );
  }

  private createEndpointGroup(region: string, group: EndpointGroupOptions): GlobalacceleratorEndpointGroup {
    const { healthCheck } = group;
    return new GlobalacceleratorEndpointGroup(this, region, {
      listenerArn: this.resource.arn,
      // Left out, it would be the region of the provider.
      endpointGroupRegion: region,
      trafficDialPercentage: group.trafficDialPercentage ?? 100,
      healthCheckProtocol: healthCheck?.protocol,
      healthCheckPath: healthCheck?.path,
      healthCheckPort: healthCheck?.port,
      healthCheckIntervalSeconds: healthCheck?.intervalSeconds,
      thresholdCount: healthCheck?.threshold,
      portOverride: group.portOverrides?.map(({ listenerPort, endpointPort }) => ({
        listenerPort,
        endpointPort,
      })),
      endpointConfiguration: group.endpoints.map(renderEndpoint),
    });
  }
}

function renderEndpoint({ endpoint, weight, clientIpPreservation, attachmentArn }: EndpointOptions) {
  return {
    endpointId: endpoint.endpointId,
    // The provider sends 0 for a weight that is left out, and the endpoint would get no traffic.
    weight: weight ?? 128,
    clientIpPreservationEnabled: clientIpPreservation ?? !isElasticIp(endpoint),
    attachmentArn,
  };
}
