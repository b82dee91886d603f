import type { AwsAccess } from "./aws";
import type { Context, TargetEnvironment } from "./context";
import { explain } from "./diagnose";
import { CommandError, messageOf } from "./errors";
import { stateRegionOf } from "./state/places";

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
      const said = `${(error as Error).name}: ${messageOf(error)}`;
      const known = explain(said);
      throw new CommandError(
        known === undefined
          ? `AWS does not say whose the credentials are: ${said}`
          : `${known.message} (${said})`,
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
