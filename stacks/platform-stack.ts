import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { DataTerraformRemoteStateS3, S3Backend, TerraformOutput, TerraformStack, type App } from "cdktf";

import type { Environment } from "../environments";
import { replicaBucketName } from "../modules/state-bucket";
import { InternalError, pascalCase, platformTags } from "../core";

/** What is known of an upstream stack: its outputs by name, read from its state at plan time. */
export type Outputs<Name extends string> = Readonly<Record<Name, string>>;

/** One of a stack's outputs whose names depend on the environment. */
export function outputNamed<Name extends string>(outputs: Outputs<Name>, name: Name): string {
  if (!Object.hasOwn(outputs, name)) {
    throw new InternalError(`output ${name} was not published`);
  }
  return outputs[name];
}

/**
 * The AWS provider that stacks accept: everything that the modules emit is valid in both majors.
 * Types come from 6.25; 5.100 is the last of its line.
 */
const awsProviderVersion = ">= 5.100.0, < 7.0.0";

/** Native locking of S3 state needs Terraform or OpenTofu 1.10. */
const terraformVersion = ">= 1.10.0, < 2.0.0";

/** The region that the states are in, and that work on what has no region goes out from. */
export function stateRegionOf({ homeRegion, state }: Environment): string {
  return state.location === "replica" ? state.replicaRegion : homeRegion;
}

/**
 * One Terraform stack of an environment: one region, one provider, one state.
 *
 * Every stack sits directly under the App under the id `<environment>-<layer>`: stacks that are
 * nested in constructs overwrite each other without a word.
 *
 * Creates the provider (bound to the environment's account, with default tags), the S3 back end
 * with native locking, and the version constraints.
 */
export class PlatformStack<Name extends string = never> extends TerraformStack {
  private readonly published: Name[] = [];
  private readonly providers = new Map<string, AwsProvider>();

  public constructor(
    app: App,
    protected readonly environment: Environment,
    /** The layer: `bootstrap`, `foundation`, `<region>-network`, a region, `cloudfront`, `edge` or `hpc-<cluster>`. */
    public readonly layer: string,
    /** The region of the stack's provider. */
    public readonly region: string = environment.homeRegion,
  ) {
    super(app, `${environment.name}-${layer}`);

    new AwsProvider(this, "Aws", this.providerSettings(region));
    new S3Backend(this, this.stateLocation());
    // The typed back end of cdktf 0.21 has no field for native locking.
    this.addOverride("terraform.backend.s3.use_lockfile", true);
    // Else cdktf pins the version that its types were made from, under an ambiguous source.
    this.addOverride("terraform.required_providers.aws", {
      source: "hashicorp/aws",
      version: awsProviderVersion,
    });
    this.addOverride("terraform.required_version", terraformVersion);
  }

  /**
   * Reads this stack's outputs in a later one, which then depends on it.
   *
   * Call it after the producer was built: it offers what was published by then.
   */
  public read(consumer: PlatformStack<string>): Outputs<Name> {
    const remote = new DataTerraformRemoteStateS3(
      consumer,
      `Upstream-${pascalCase(this.layer)}`,
      this.stateLocation(),
    );
    consumer.addDependency(this);
    return Object.fromEntries(this.published.map((name) => [name, remote.getString(name)])) as Outputs<Name>;
  }

  /**
   * Publishes the stack's outputs: the only values that later stacks may read. Never a secret,
   * since whoever reads one output can read the whole state.
   */
  protected publish(outputs: Outputs<Name>): void {
    for (const name of Object.keys(outputs) as Name[]) {
      if (this.published.includes(name)) {
        throw new InternalError(`${this.node.id}: output ${name} is published twice`);
      }
      this.published.push(name);
      new TerraformOutput(this, `Output-${name}`, { value: outputs[name] }).overrideLogicalId(name);
    }
  }

  /** A second provider for the rare resource that belongs to another region; one for each region. */
  protected providerIn(region: string): AwsProvider {
    const provider =
      this.providers.get(region) ??
      new AwsProvider(this, `Aws-${pascalCase(region)}`, {
        ...this.providerSettings(region),
        alias: region,
      });
    this.providers.set(region, provider);
    return provider;
  }

  private providerSettings(region: string): {
    region: string;
    allowedAccountIds: string[];
    defaultTags: { tags: Record<string, string> }[];
  } {
    return {
      region,
      allowedAccountIds: [this.environment.account],
      defaultTags: [{ tags: platformTags(this.environment.name, this.node.id, this.environment.tags) }],
    };
  }

  /**
   * Where the state lies. `encrypt` is left out on purpose: it would ask for S3-managed keys and so
   * override the bucket's default, which is its own KMS key.
   */
  private stateLocation(): { bucket: string; key: string; region: string } {
    const { bucket, location } = this.environment.state;
    return {
      bucket: location === "replica" ? replicaBucketName(bucket) : bucket,
      key: `${this.environment.name}/${this.node.id}.tfstate`,
      region: stateRegionOf(this.environment),
    };
  }
}
