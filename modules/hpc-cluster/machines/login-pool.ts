import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { nameLimits, resourceName } from "../../../core";
import type { LoginPoolConfiguration } from "../file/cluster-keys";
import type { NodeImage } from "./node-image";

/** What a {@link LoginPool} is made of. */
export interface LoginPoolProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The pool of the file. */
  readonly pool: LoginPoolConfiguration;
  /** The name of the Auto Scaling group. */
  readonly groupName: string;
  /** The VPC. */
  readonly vpcId: string;
  /** The subnet of the nodes. */
  readonly subnetId: string;
  /** The subnet of the balancer; a public one where it faces the internet. */
  readonly balancerSubnetId: string;
  /** Security groups of nodes and balancer. */
  readonly securityGroupIds: readonly string[];
  /** The image. */
  readonly image: NodeImage;
  /**
   * The least size of the root volume; the image's where that is larger.
   *
   * @default - the image's
   */
  readonly leastVolumeSizeGiB?: number;
  /** The instance profile. */
  readonly instanceProfileArn: string;
  /** What a node runs when it boots. */
  readonly userData: string;
  /** Whether metadata needs a token. */
  readonly imdsSupport: "v1.0" | "v2.0";
  /** What must exist before the first node boots, as `depends_on` names it. */
  readonly after: readonly string[];
  /** Tags of the instances. */
  readonly tags: Readonly<Record<string, string>>;
}

const launchTimeoutSeconds = 600;
const ssh = 22;

/**
 * Machines that people log in to, behind one name.
 *
 * **Creates** a launch template, an Auto Scaling group with hooks for boot and for the grace period
 * before a node ends, a network load balancer for SSH, its target group and its listener.
 */
export class LoginPool extends Construct {
  /** The Auto Scaling group, for settings that this construct does not model. */
  public readonly resource: AutoscalingGroup;
  /** The balancer, whose name people connect to. */
  public readonly loadBalancer: Lb;

  public constructor(scope: Construct, id: string, props: LoginPoolProps) {
    super(scope, id);
    const { clusterName, pool } = props;
    const template = this.createTemplate(props);
    this.loadBalancer = new Lb(this, "LoadBalancer", {
      name: resourceName(nameLimits.loadBalancer, clusterName, pool.Name),
      internal: !pool.Meridian.InternetFacing,
      loadBalancerType: "network",
      subnets: [props.balancerSubnetId],
      securityGroups: [...props.securityGroupIds],
    });
    const targets = new LbTargetGroup(this, "Targets", {
      name: resourceName(nameLimits.targetGroup, clusterName, pool.Name),
      port: ssh,
      protocol: "TCP",
      vpcId: props.vpcId,
    });
    new LbListener(this, "Listener", {
      loadBalancerArn: this.loadBalancer.arn,
      port: ssh,
      protocol: "TCP",
      defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
    });
    this.resource = new AutoscalingGroup(this, "Resource", {
      name: props.groupName,
      minSize: pool.Count,
      maxSize: pool.Count,
      desiredCapacity: pool.Count,
      vpcZoneIdentifier: [props.subnetId],
      targetGroupArns: [targets.arn],
      launchTemplate: { id: template.id, version: template.latestVersion.toString() },
      initialLifecycleHook: [
        {
          name: "boot",
          lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
          heartbeatTimeout: launchTimeoutSeconds,
          defaultResult: "CONTINUE",
        },
        {
          name: "grace",
          lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
          heartbeatTimeout: pool.GracetimePeriod * 60,
          defaultResult: "CONTINUE",
        },
      ],
      // A pool that boots slowly must not hold up the apply: its nodes need the head node first.
      waitForCapacityTimeout: "0",
    });
    this.resource.dependsOn = [...props.after];
  }

  private createTemplate(props: LoginPoolProps): LaunchTemplate {
    const { clusterName, pool, image, leastVolumeSizeGiB } = props;
    return new LaunchTemplate(this, "Template", {
      name: `${clusterName}-login-${pool.Name}`,
      updateDefaultVersion: true,
      imageId: image.imageId,
      instanceType: pool.InstanceType,
      keyName: pool.Ssh.KeyName,
      vpcSecurityGroupIds: [...props.securityGroupIds],
      iamInstanceProfile: { arn: props.instanceProfileArn },
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: props.imdsSupport === "v1.0" ? "optional" : "required",
        httpPutResponseHopLimit: 1,
      },
      blockDeviceMappings: [
        {
          deviceName: image.rootDeviceName,
          ebs: {
            encrypted: "true",
            volumeType: "gp3",
            volumeSize:
              leastVolumeSizeGiB === undefined ? undefined : image.volumeSizeFrom(leastVolumeSizeGiB),
          },
        },
      ],
      userData: Fn.base64encode(props.userData),
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({
        resourceType,
        tags: { Name: "LoginNode", ...props.tags },
      })),
    });
  }
}
