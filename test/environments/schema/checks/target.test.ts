import { check, refusals, sample } from "../../sample";

describe("checkTarget", () => {
  it("takes the local cloud's account", () => {
    expect(check(sample({ target: "local-cloud", account: "123456789012" }))).toHaveLength(1);
  });

  it("refuses another account for the local cloud", () => {
    expect(refusals(sample({ target: "local-cloud" }))).toEqual([
      "environments/sample.ts: 'account' must be \"123456789012\", the account of the local cloud, " +
        'got "111122223333"; write "123456789012", or set \'target\' to "aws"',
    ]);
  });
});
