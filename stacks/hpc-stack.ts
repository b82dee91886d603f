import { Annotations, TerraformOutput, type App } from "cdktf";

import type { Environment } from "../environments";
import { formatFinding, HpcCluster } from "../modules/hpc-cluster";
import type { ClusterFile } from "./hpc/cluster-files";
import type { NetworkStack } from "./network-stack";
import { alarmTopicArn } from "./physical-names";
import { PlatformStack } from "./platform-stack";

/** One HPC cluster in a network of its own, in a state of its own. Its alarms go where its region's go. */
export class HpcStack extends PlatformStack {
  public constructor(app: App, environment: Environment, file: ClusterFile, network: NetworkStack) {
    super(app, environment, `hpc-${file.cluster}`, file.region);
    // Whose topic its alarms go to.
    this.addDependency(network);

    const { slurm, batch } = new HpcCluster(this, "Cluster", {
      name: file.name,
      account: environment.account,
      region: file.region,
      configurationFile: file.text,
      fileName: file.fileName,
      alarmTopic: { topicArn: alarmTopicArn(environment, file.region) },
      logKeyArn: environment.logKeyArns?.[file.region],
      tags: environment.tags,
    });
    for (const finding of file.findings.filter(({ level }) => level === "WARNING")) {
      Annotations.of(this).addWarning(formatFinding(file.fileName, finding));
    }
    if (slurm !== undefined) {
      this.tell("head_node_address", slurm.headAddress.privateAddress);
      for (const [pool, { loadBalancer }] of Object.entries(slurm.loginPools)) {
        this.tell(`login_${pool.replaceAll("-", "_")}`, loadBalancer.dnsName);
      }
    }
    for (const [queue, { resource }] of Object.entries(batch?.queues ?? {})) {
      this.tell(`queue_${queue.replaceAll("-", "_")}`, resource.arn);
    }
  }

  /** What a person asks for first; no other stack reads it. */
  private tell(name: string, value: string): void {
    new TerraformOutput(this, `Output-${name}`, { value }).overrideLogicalId(name);
  }
}
