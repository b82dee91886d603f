import {
  type RegistryAccountSettingProps,
  RegistryAccountSetting,
} from "../../../modules/container-registry";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

function stackWith(props: RegistryAccountSettingProps) {
  const stack = emptyStack();
  new RegistryAccountSetting(stack, "Setting", props);
  return stack;
}

describe("RegistryAccountSetting", () => {
  it.each<RegistryAccountSettingProps>([
    { name: "BASIC_SCAN_TYPE_VERSION", value: "AWS_NATIVE" },
    { name: "REGISTRY_POLICY_SCOPE", value: "V2" },
  ])("sets what the registry of a region does: $name", (props) => {
    expect(resourceAt(stackWith(props), "aws_ecr_account_setting")).toEqual(props);
  });

  it("refuses a value that is another setting's", () => {
    const props = { name: "REGISTRY_POLICY_SCOPE", value: "CLAIR" } as unknown as RegistryAccountSettingProps;

    expect(refusal(() => stackWith(props))).toBe(
      "test/Setting: 'value' must be one of V1, V2 for REGISTRY_POLICY_SCOPE, got \"CLAIR\"; write one that the setting has",
    );
  });
});
