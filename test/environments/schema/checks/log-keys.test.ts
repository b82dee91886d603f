import { check, refusals, sample } from "../../sample";

const key = (region: string): string =>
  `arn:aws:kms:${region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const keys = (...regions: string[]): Record<string, string> =>
  Object.fromEntries(regions.map((region) => [region, key(region)]));

describe("checkLogKeys", () => {
  it("takes a key for every region, and one for Route 53's query log in us-east-1", () => {
    expect(check(sample({ logKeyArns: keys("eu-west-1", "eu-central-1", "us-east-1") }))).toHaveLength(1);
  });

  it("takes no key for us-east-1 where nothing logs there", () => {
    const input = sample({
      domain: { name: "example.com", queryLog: false },
      logKeyArns: keys("eu-west-1", "eu-central-1"),
    });

    expect(check(input)).toHaveLength(1);
  });

  it("refuses a region without a key, a key of another region and a region without logs", () => {
    const logKeyArns = { "eu-west-1": key("eu-central-1"), ...keys("us-east-1", "ap-south-1") };

    expect(refusals(sample({ logKeyArns }))).toEqual([
      `environments/sample.ts: 'logKeyArns.eu-west-1' must be the ARN of a KMS key in eu-west-1, got "${key("eu-central-1")}"; name a key for every region that holds logs, or for none`,
      "environments/sample.ts: 'logKeyArns.eu-central-1' must be the ARN of a KMS key in eu-central-1, got nothing; name a key for every region that holds logs, or for none",
      "environments/sample.ts: 'logKeyArns.ap-south-1' must be a region that holds logs: eu-west-1, eu-central-1, us-east-1, got \"ap-south-1\"; remove it",
    ]);
  });
});
