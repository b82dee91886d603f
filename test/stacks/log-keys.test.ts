import { sample } from "../environments/sample";
import { resourcesOf } from "../support/synth";
import { stackOf } from "./sample-stacks";

describe("an environment with keys for its logs", () => {
  it("encrypts every log group of every stack with the key of the group's region", () => {
    const regions = ["eu-west-1", "eu-central-1", "us-east-1"];
    const keyOf = (region: string) => `arn:aws:kms:${region}:111122223333:key/${region}`;
    const logKeyArns = Object.fromEntries(regions.map((region) => [region, keyOf(region)]));
    const input = sample({ logKeyArns });
    const keys = ["foundation", "eu-west-1-network", "eu-west-1", "eu-central-1-network", "eu-central-1"].map(
      (layer) =>
        Object.values(resourcesOf(stackOf(input, layer), "aws_cloudwatch_log_group")).map(
          ({ kms_key_id: key }) => key,
        ),
    );

    expect(keys).toEqual([
      [keyOf("us-east-1")],
      [keyOf("eu-west-1")],
      [keyOf("eu-west-1"), keyOf("eu-west-1")],
      [keyOf("eu-central-1")],
      [keyOf("eu-central-1"), keyOf("eu-central-1")],
    ]);
  });
});
