import { TerraformOutput, type App } from "cdktf";

import type { Environment } from "../environments";
import { partitionOf } from "../core";
import { DeployRoles } from "../modules/deploy-roles";
import { StateBucket } from "../modules/state-bucket";
import type { ClusterFile } from "./hpc/cluster-files";
import { PlatformStack } from "./platform-stack";

/** What the environment needs before Terraform can keep a state: the bucket for it, and who may deploy. */
export class BootstrapStack extends PlatformStack<"state_bucket"> {
  public constructor(app: App, environment: Environment, clusterFiles: readonly ClusterFile[]) {
    super(app, environment, "bootstrap");

    const stateBucket = this.createStateBucket();
    this.createDeployRoles(stateBucket, clusterFiles);
    this.publish({ state_bucket: stateBucket.resource.bucket });
  }

  private createStateBucket(): StateBucket {
    const { state, homeRegion, deletionProtection } = this.environment;
    return new StateBucket(this, "State", {
      bucketName: state.bucket,
      region: homeRegion,
      replicaRegion: state.replicaRegion,
      replicaProvider: this.providerIn(state.replicaRegion),
      deletionProtection,
    });
  }

  private createDeployRoles(stateBucket: StateBucket, clusterFiles: readonly ClusterFile[]): void {
    const { bucketArn, keyArn, replicaBucketArn, replicaKeyArn } = stateBucket;
    const { name, account, homeRegion, delivery } = this.environment;
    if (delivery === undefined) {
      return;
    }
    const roles = new DeployRoles(this, "DeployRoles", {
      environment: name,
      account,
      region: homeRegion,
      repository: delivery.repository,
      createOidcProvider: delivery.oidcProvider === "create",
      stateBucketArn: bucketArn,
      stateKeyArn: keyArn,
      stateReplica: { bucketArn: replicaBucketArn, keyArn: replicaKeyArn },
      // What a cluster's nodes find in its bucket, which may be one that the cluster's file names.
      managedObjectArns: clusterFiles.map(
        ({ place }) => `arn:${partitionOf(homeRegion)}:s3:::${place.bucketName}/${place.prefix}/*`,
      ),
    });
    new TerraformOutput(this, "PlanRoleArn", { value: roles.planRoleArn }).overrideLogicalId("plan_role_arn");
    new TerraformOutput(this, "ApplyRoleArn", { value: roles.applyRoleArn }).overrideLogicalId(
      "apply_role_arn",
    );
  }
}
