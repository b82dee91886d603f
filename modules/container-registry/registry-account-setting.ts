import { EcrAccountSetting } from "@cdktf/provider-aws/lib/ecr-account-setting";
import { Construct } from "constructs";

import { type ValidationRule, validate } from "../parts";

/**
 * A setting of the account's registry in one region.
 *
 * `BASIC_SCAN_TYPE_VERSION` is who does basic scanning: ECR itself (`AWS_NATIVE`), or Clair, which AWS
 * keeps for accounts of before. `REGISTRY_POLICY_SCOPE` is what a registry policy speaks of: every action
 * of ECR (`V2`), or replication and pull-through caches alone (`V1`).
 */
export type RegistryAccountSettingProps =
  | { readonly name: "BASIC_SCAN_TYPE_VERSION"; readonly value: "AWS_NATIVE" | "CLAIR" }
  | { readonly name: "REGISTRY_POLICY_SCOPE"; readonly value: "V1" | "V2" };

/**
 * Sets what the account's registry of the stack's region does. All environments of the account share
 * it, so that one stack owns it; destroying it leaves the value as it is.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html
 */
export class RegistryAccountSetting extends Construct {
  /** The setting of the provider, for values that this module does not model. */
  public readonly resource: EcrAccountSetting;

  public constructor(scope: Construct, id: string, props: RegistryAccountSettingProps) {
    super(scope, id);
    validate(this, rules, props);

    this.resource = new EcrAccountSetting(this, "Resource", { name: props.name, value: props.value });
  }
}

const values: Readonly<Record<string, readonly string[]>> = {
  BASIC_SCAN_TYPE_VERSION: ["AWS_NATIVE", "CLAIR"],
  REGISTRY_POLICY_SCOPE: ["V1", "V2"],
};

const rules: readonly ValidationRule<RegistryAccountSettingProps>[] = [
  {
    property: "value",
    isValid: ({ name, value }) => values[name]?.includes(value) === true,
    expected: ({ name }) => `be one of ${(values[name] ?? []).join(", ")} for ${name}`,
    remedy: "write one that the setting has",
  },
];
