import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { EcrRepositoryPolicy } from "@cdktf/provider-aws/lib/ecr-repository-policy";
import { Construct } from "constructs";

import type { IImageRepository } from "../../core";
import { inWords, repositoryName } from "../../core/forms";
import { hasForm, validate, type ValidationRule } from "../parts";
import type { LifecycleRule } from "./lifecycle-rule";
import { accountCheck, pullAccountChecks } from "./private/account-checks";
import { repositoryArn, repositoryUri } from "./private/arns";
import { repositoryDefaults } from "./private/defaults";
import { renderLifecyclePolicy } from "./private/lifecycle-policy";
import { lifecycleRuleChecks } from "./private/lifecycle-rules";
import { renderEncryption, renderPullPolicy } from "./private/repository-settings";
import type { RepositoryEncryption } from "./repository-encryption";

/** What a repository of images is made of. */
export interface ImageRepositoryProps {
  /** The name, the same in every region it is replicated to; `team/app` is allowed. */
  readonly name: string;

  /** The account that holds the registry. */
  readonly account: string;

  /** The region that images are pushed to. */
  readonly region: string;

  /**
   * Encryption at rest. Replication carries images out of either kind, and does not carry the kind.
   *
   * @default `{ kind: "kms" }`
   */
  readonly encryption?: RepositoryEncryption;

  /**
   * What is deleted and when. The order is the priority; an empty list deletes nothing.
   *
   * @default `[{ kind: "expire-untagged", afterDays: 14 }]`
   */
  readonly lifecycleRules?: readonly LifecycleRule[];

  /**
   * Whether Terraform refuses to destroy the repository. Without it, destroying deletes all images.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * Other accounts whose roles may pull, where their own policies let them.
   *
   * @default - the repository's account only
   */
  readonly pullAccounts?: readonly string[];
}

/**
 * A private repository of container images: a pushed tag never changes, every push is scanned,
 * everything is encrypted.
 *
 * Creates:
 * 1. the repository,
 * 2. its lifecycle policy, unless it has no rules,
 * 3. its repository policy, where other accounts may pull.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/Repositories.html
 */
export class ImageRepository extends Construct implements IImageRepository {
  /** A repository that stands already, or that another stack makes. Nothing is looked up. */
  public static fromName(name: string, account: string): IImageRepository {
    return {
      repositoryName: name,
      repositoryArn: (region) => repositoryArn(name, account, region),
      repositoryUri: (region) => repositoryUri(name, account, region),
    };
  }

  /** The repository of the provider, for settings that this module does not model. */
  public readonly resource: EcrRepository;
  /** The name, the same in every region it is replicated to. */
  public readonly repositoryName: string;

  private readonly account: string;

  public constructor(scope: Construct, id: string, props: ImageRepositoryProps) {
    super(scope, id);
    validate(this, rules, props);
    const {
      encryption = repositoryDefaults.encryption,
      lifecycleRules = repositoryDefaults.lifecycleRules,
      deletionProtection = true,
      pullAccounts = repositoryDefaults.pullAccounts,
    } = props;

    this.account = props.account;
    this.repositoryName = props.name;
    this.resource = new EcrRepository(this, "Resource", {
      name: props.name,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [renderEncryption(encryption)],
      forceDelete: !deletionProtection,
      ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
    });
    if (lifecycleRules.length > 0) {
      new EcrLifecyclePolicy(this, "LifecyclePolicy", {
        repository: this.resource.name,
        policy: renderLifecyclePolicy(lifecycleRules),
      });
    }
    if (pullAccounts.length > 0) {
      new EcrRepositoryPolicy(this, "Policy", {
        repository: this.resource.name,
        policy: renderPullPolicy(pullAccounts, props.region),
      });
    }
  }

  /** The repository's ARN in a region. */
  public repositoryArn(region: string): string {
    return repositoryArn(this.repositoryName, this.account, region);
  }

  /** The repository's address in a region, without tag or digest. */
  public repositoryUri(region: string): string {
    return repositoryUri(this.repositoryName, this.account, region);
  }
}

const rules: readonly ValidationRule<ImageRepositoryProps>[] = [
  hasForm("name", inWords(repositoryName(), "rename the repository")),
  accountCheck,
  ...pullAccountChecks,
  ...lifecycleRuleChecks,
];
