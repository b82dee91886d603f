import type { AwsAccess } from "../aws/access";
import type { Context } from "./context";
import type { TargetEnvironment } from "../base/target-environment";
import { type Explanation, explain } from "../base/diagnose";
import { CommandError, messageOf, quoted } from "../base/errors";
import { stateRegionOf } from "./state-places";

/** What the SDK writes around an error of the system, which says enough. */
const wrapper = /^Error: AWS SDK error wrapper for Error: /;

/** The SDK does not say that it looked below a profile only, and that the profile is none. */
function withProfile(known: Explanation | undefined, profile = ""): Explanation | undefined {
  return known?.kind !== "no-credentials" || profile === ""
    ? known
    : {
        ...known,
        message: `There are no AWS credentials under the profile '${profile}', which AWS_PROFILE names.`,
        remedy: `Sign in (\`aws sso login --profile ${quoted(profile)}\`), add the profile to ~/.aws/config, or correct AWS_PROFILE; then run the command again.`,
      };
}

/**
 * Refuses to go on with credentials of another account than the environment's.
 *
 * @returns the ARN that the credentials belong to.
 */
export async function guardAccount(
  context: Context,
  environment: TargetEnvironment,
  access: AwsAccess,
): Promise<string> {
  const { account, arn } = await context.aws
    .callerIdentity(access, stateRegionOf(environment))
    .catch((error: unknown) => {
      const said = `${(error as Error).name}: ${messageOf(error)}`.replace(wrapper, "");
      const known = withProfile(explain(said), context.variables.AWS_PROFILE);
      throw new CommandError(
        known === undefined ? `AWS did not identify the credentials: ${said}` : `${known.message} (${said})`,
        known?.remedy ?? "Check the credentials with `aws sts get-caller-identity`.",
      );
    });
  if (account !== environment.account) {
    throw new CommandError(
      `The credentials are for account ${account} (${arn}), but environment '${environment.name}' is account ${environment.account}. Nothing was changed.`,
      `Sign in to account ${environment.account}, or correct environments/${environment.name}.ts.`,
    );
  }
  return arn;
}
