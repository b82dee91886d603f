import { CloudfrontKeyGroup } from "@cdktf/provider-aws/lib/cloudfront-key-group";
import { CloudfrontPublicKey } from "@cdktf/provider-aws/lib/cloudfront-public-key";
import { Construct } from "constructs";

import { resourceName, shortDigest } from "../../core";
import { distributionLimits } from "./distribution-limits";

/** Settings of {@link TrustedKeys}. */
export interface TrustedKeysProps {
  /** Name of the distribution. */
  readonly name: string;
  /** Public keys in PEM, by name. */
  readonly publicKeys: Readonly<Record<string, string>>;
}

/**
 * The keys whose signatures a distribution takes under URLs and cookies, in a group of their own.
 *
 * A key is named after its text: one that takes the place of another stands before the group names it,
 * and the other goes when the group has let go of it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html
 */
export class TrustedKeys extends Construct {
  /** The group of the provider, for settings that this module does not model. */
  public readonly resource: CloudfrontKeyGroup;
  /** Ids of the keys by name, which signers send as `Key-Pair-Id`. */
  public readonly publicKeyIds: Readonly<Record<string, string>>;

  public constructor(scope: Construct, id: string, { name, publicKeys }: TrustedKeysProps) {
    super(scope, id);
    const keys = Object.entries(publicKeys).map(([key, text]): [string, CloudfrontPublicKey] => {
      const encodedKey = normalized(text);
      return [
        key,
        new CloudfrontPublicKey(this, key, {
          name: resourceName(distributionLimits.publicKeyName, name, key, shortDigest(encodedKey)),
          comment: `Signatures of ${key} for ${name}`,
          encodedKey,
          lifecycle: { createBeforeDestroy: true },
        }),
      ];
    });
    this.publicKeyIds = Object.fromEntries(keys.map(([key, publicKey]) => [key, publicKey.id]));
    this.resource = new CloudfrontKeyGroup(this, "Resource", {
      name: resourceName(distributionLimits.keyGroupName, name, "signers"),
      comment: `Who signs URLs and cookies of ${name}`,
      items: Object.values(this.publicKeyIds),
    });
  }
}

/** A key as CloudFront gives it back: with one end of line, or every plan would replace it. */
function normalized(publicKey: string): string {
  return `${publicKey.replaceAll("\r\n", "\n").trim()}\n`;
}
