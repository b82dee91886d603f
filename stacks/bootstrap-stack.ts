import type { App } from "cdktf";

import type { Environment } from "../environments";
import { StateBucket } from "../modules/state-bucket";
import { PlatformStack } from "./platform-stack";

/** What the environment needs before Terraform can keep a state: the bucket for it. */
export class BootstrapStack extends PlatformStack<"state_bucket"> {
  public constructor(app: App, environment: Environment) {
    super(app, environment, "bootstrap");

    this.publish({ state_bucket: this.createStateBucket().resource.bucket });
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
}
