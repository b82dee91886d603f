import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Construct } from "constructs";
import { nameLimits, resourceName } from "../../../core";
import { peerOf, TrafficFrom, TrafficTo } from "./security-rules";

/** What the security groups of a cluster are made of. */
export interface ClusterSecurityProps {
  /** The cluster's name. */
  readonly name: string;
  /** The VPC that the groups belong to. */
  readonly vpcId: string;
  /**
   * Where SSH to the head node may come from: an IPv4 block or a prefix list.
   *
   * @default - the cluster has no head node
   */
  readonly headSshFrom?: string;
  /**
   * Where SSH to each login pool may come from, by the pool's name.
   *
   * @default - no login nodes
   */
  readonly loginSshFrom?: Readonly<Record<string, string>>;
  /**
   * Groups that the file gives nodes instead of the cluster's own. The cluster's nodes and storage let
   * them in; what they let in themselves is theirs.
   *
   * @default - none
   */
  readonly givenGroupIds?: readonly string[];
  /**
   * Whether the subnets of the nodes have IPv6 addresses too.
   *
   * @default false
   */
  readonly dualStack?: boolean;
}

const ssh = { from: 22, to: 22 };
const nfs = { from: 2049, to: 2049 };
const slurmctld = { from: 6819, to: 6829 };
const everywhere = { ipv4CidrBlock: "0.0.0.0/0" };
const everywhereIpv6 = { ipv6CidrBlock: "::/0" };

/**
 * Who may talk to whom in a cluster. Compute nodes reach one another on everything, in both
 * directions and by their own group, as EFA demands; head, compute and login nodes reach each other
 * as Slurm and NFS need; nothing else comes in but SSH from where the file says.
 *
 * **Creates** a security group for compute nodes, one for the head node, one for login nodes.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html#efa-start-security
 */
export class ClusterSecurity extends Construct {
  /** The group of the compute nodes, for settings that this construct does not model. */
  public readonly resource: SecurityGroup;
  /** The group of the head node. */
  public readonly head?: SecurityGroup;
  /** The group of the login nodes. */
  public readonly login?: SecurityGroup;

  private readonly given: Readonly<Record<string, string>>;

  public constructor(scope: Construct, id: string, props: ClusterSecurityProps) {
    super(scope, id);
    this.resource = this.createGroup("Compute", props, "compute nodes");
    this.createComputeRules();
    if (props.headSshFrom !== undefined) {
      this.head = this.createGroup("Head", props, "head node");
      this.createHeadRules(this.head, props.headSshFrom);
    }
    if (props.loginSshFrom !== undefined) {
      this.login = this.createGroup("Login", props, "login nodes");
      this.createLoginRules(this.login, props.loginSshFrom);
    }
    this.given = Object.fromEntries((props.givenGroupIds ?? []).map((id) => [`Given-${id}`, id]));
    this.createGivenRules();
    if (props.dualStack === true) {
      this.createIpv6Rules();
    }
  }

  /** Ids of all groups whose members mount the cluster's storage, by the role that they play. */
  public get memberGroupIds(): Readonly<Record<string, string>> {
    return { ...this.ownGroupIds, ...this.given };
  }

  private get ownGroupIds(): Readonly<Record<string, string>> {
    return {
      Compute: this.resource.id,
      ...(this.head === undefined ? {} : { Head: this.head.id }),
      ...(this.login === undefined ? {} : { Login: this.login.id }),
    };
  }

  private createGroup(id: string, { name, vpcId }: ClusterSecurityProps, of: string): SecurityGroup {
    const groupName = resourceName(nameLimits.securityGroup, name, of.replace(" ", "-"));
    return new SecurityGroup(this, id, {
      name: groupName,
      description: `The ${of} of the cluster ${name}`,
      vpcId,
      tags: { Name: groupName },
    });
  }

  private createGivenRules(): void {
    for (const [own, securityGroupId] of Object.entries(this.ownGroupIds)) {
      for (const [role, peer] of Object.entries(this.given)) {
        new TrafficFrom(this, `${own}From${role}`, {
          securityGroupId,
          peer: { securityGroupId: peer },
          ports: "all",
          description: "Nodes of the cluster in a group that the file gives",
        });
      }
    }
  }

  private createIpv6Rules(): void {
    for (const [role, securityGroupId] of Object.entries(this.ownGroupIds)) {
      new TrafficTo(this, `${role}ToAllIpv6`, {
        securityGroupId,
        peer: everywhereIpv6,
        ports: "all",
        description: "Services of AWS and the internet over IPv6",
      });
    }
  }

  private createComputeRules(): void {
    const self = { securityGroupId: this.resource.id };
    const rule = { securityGroupId: this.resource.id, ports: "all" as const };
    new TrafficFrom(this, "ComputeFromCompute", {
      ...rule,
      peer: self,
      description: "Between compute nodes, as EFA needs",
    });
    new TrafficTo(this, "ComputeToCompute", {
      ...rule,
      peer: self,
      description: "Between compute nodes, as EFA needs",
    });
    new TrafficTo(this, "ComputeToAll", {
      ...rule,
      peer: everywhere,
      description: "Services of AWS and the internet",
    });
  }

  private createHeadRules(head: SecurityGroup, sshFrom: string): void {
    const group = { securityGroupId: head.id };
    const compute = { securityGroupId: this.resource.id };
    new TrafficFrom(this, "HeadFromSsh", { ...group, peer: peerOf(sshFrom), ports: ssh, description: "SSH" });
    new TrafficFrom(this, "HeadFromCompute", {
      ...group,
      peer: compute,
      ports: "all",
      description: "Slurm and NFS of compute nodes",
    });
    new TrafficTo(this, "HeadToAll", {
      ...group,
      peer: everywhere,
      ports: "all",
      description: "Compute nodes, services of AWS and the internet",
    });
    new TrafficFrom(this, "ComputeFromHead", {
      ...compute,
      peer: group,
      ports: "all",
      description: "Slurm and SSH of the head node",
    });
  }

  private createLoginRules(login: SecurityGroup, sshFrom: Readonly<Record<string, string>>): void {
    const group = { securityGroupId: login.id };
    for (const [pool, from] of Object.entries(sshFrom)) {
      new TrafficFrom(this, `LoginFromSsh-${pool}`, {
        ...group,
        peer: peerOf(from),
        ports: ssh,
        description: `SSH to the pool ${pool}`,
      });
    }
    new TrafficFrom(this, "LoginFromLogin", {
      ...group,
      peer: group,
      ports: ssh,
      description: "Health checks of the balancer, which is in this group too",
    });
    new TrafficTo(this, "LoginToAll", {
      ...group,
      peer: everywhere,
      ports: "all",
      description: "The cluster, services of AWS and the internet",
    });
    for (const [id, peer] of Object.entries({
      Compute: this.resource.id,
      ...(this.head === undefined ? {} : { Head: this.head.id }),
    })) {
      new TrafficFrom(this, `LoginFrom${id}`, {
        ...group,
        peer: { securityGroupId: peer },
        ports: "all",
        description: "srun and X forwarding",
      });
    }
    new TrafficFrom(this, "ComputeFromLogin", {
      securityGroupId: this.resource.id,
      peer: group,
      ports: "all",
      description: "srun and SSH of login nodes",
    });
    if (this.head !== undefined) {
      const headGroup = { securityGroupId: this.head.id, peer: group };
      new TrafficFrom(this, "HeadFromLoginSlurm", {
        ...headGroup,
        ports: slurmctld,
        description: "Slurm of login nodes",
      });
      new TrafficFrom(this, "HeadFromLoginNfs", {
        ...headGroup,
        ports: nfs,
        description: "NFS of login nodes",
      });
    }
  }
}
