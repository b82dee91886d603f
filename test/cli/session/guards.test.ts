import { guardAccount } from "../../../cli/session/guards";
import { devEnvironment, fakeContext } from "../support/fake-context";

const access = { variables: {} };

describe("guardAccount", () => {
  it("gives the ARN that the credentials belong to", async () => {
    expect(await guardAccount(fakeContext(), devEnvironment, access)).toBe(
      "arn:aws:iam::111122223333:user/ada",
    );
  });

  it("refuses credentials of another account and names both", async () => {
    const context = fakeContext();
    context.aws.account = "444455556666";

    await expect(guardAccount(context, devEnvironment, access)).rejects.toMatchObject({
      message:
        "The credentials are for account 444455556666 (arn:aws:iam::444455556666:user/ada), but environment 'dev' is account 111122223333. Nothing was changed.",
      remedy: "Sign in to account 111122223333, or correct environments/dev.ts.",
      exitCode: 1,
    });
  });

  it("says what to do without credentials", async () => {
    const context = fakeContext();
    context.aws.callerIdentity = () =>
      Promise.reject(
        Object.assign(new Error("Could not load credentials from any providers"), {
          name: "CredentialsProviderError",
        }),
      );

    await expect(guardAccount(context, devEnvironment, access)).rejects.toMatchObject({
      message:
        "There are no AWS credentials. (CredentialsProviderError: Could not load credentials from any providers)",
      remedy: expect.stringContaining("Sign in") as string,
    });
  });

  it("names the profile that has no credentials", async () => {
    const context = fakeContext([], { variables: { AWS_PROFILE: "nope" } });
    context.aws.callerIdentity = () =>
      Promise.reject(
        Object.assign(new Error("Could not load credentials from any providers"), {
          name: "CredentialsProviderError",
        }),
      );

    await expect(guardAccount(context, devEnvironment, access)).rejects.toMatchObject({
      message:
        "There are no AWS credentials under the profile 'nope', which AWS_PROFILE names. (CredentialsProviderError: Could not load credentials from any providers)",
      remedy:
        "Sign in (`aws sso login --profile nope`), add the profile to ~/.aws/config, or correct AWS_PROFILE; then run the command again.",
    });
  });
});
