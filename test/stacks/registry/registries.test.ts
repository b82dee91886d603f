import { sample } from "../../environments/sample";
import { resourceAt, resourcesOf } from "../../support/synth";
import { stackOf } from "../sample-stacks";

describe("the settings of an account's registries", () => {
  it("are set in every region where an environment states them", () => {
    const accountSettings = { basicScanTypeVersion: "AWS_NATIVE", registryPolicyScope: "V2" } as const;
    const regional = stackOf(sample({ registry: { accountSettings } }), "eu-central-1");

    expect(resourceAt(regional, "aws_ecr_account_setting", "BasicScanTypeVersion/Resource")).toEqual({
      name: "BASIC_SCAN_TYPE_VERSION",
      value: "AWS_NATIVE",
    });
    expect(resourceAt(regional, "aws_ecr_account_setting", "RegistryPolicyScope/Resource")).toEqual({
      name: "REGISTRY_POLICY_SCOPE",
      value: "V2",
    });
  });

  it("are left as they are else", () => {
    expect(resourcesOf(stackOf(sample(), "eu-central-1"), "aws_ecr_account_setting")).toEqual({});
  });
});
