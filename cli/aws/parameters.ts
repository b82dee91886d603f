import type { AwsAccess } from "./access";
import { clientSettings, type Patience } from "./client";
import { CommandError, messageOf } from "../base/errors";

/** Parameters of Systems Manager: what can be kept, and made by one alone, before any bucket stands. */
export interface Parameters {
  /** Makes a parameter; false where there is one of that name already. */
  create(access: AwsAccess, region: string, name: string, value: string): Promise<boolean>;
  /** Its value, or nothing when it does not exist. */
  read(access: AwsAccess, region: string, name: string): Promise<string | undefined>;
  /** Deletes it, if it is there. */
  remove(access: AwsAccess, region: string, name: string): Promise<void>;
}

/** The SDK's answers, loaded on first use. */
export const ssmParameters: Parameters = {
  async create(access, region, name, value) {
    const { PutParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
    const client = new SSMClient(clientSettings(access, region));
    try {
      await client.send(
        new PutParameterCommand({ Name: name, Value: value, Type: "String", Overwrite: false }),
      );
      return true;
    } catch (error) {
      if (nameOf(error) === "ParameterAlreadyExists") {
        return false;
      }
      throw refused(error, name, "made", "ssm:PutParameter");
    }
  },

  async read(access, region, name) {
    return readParameter(access, region, name).catch((error: unknown) => {
      throw refused(error, name, "read", "ssm:GetParameter");
    });
  },

  async remove(access, region, name) {
    const { DeleteParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
    const client = new SSMClient(clientSettings(access, region));
    try {
      await client.send(new DeleteParameterCommand({ Name: name }));
    } catch (error) {
      if (nameOf(error) !== "ParameterNotFound") {
        throw refused(error, name, "deleted", "ssm:DeleteParameter");
      }
    }
  },
};

/** The value of a parameter, or nothing when it does not exist. Throws what the SDK throws. */
export async function readParameter(
  access: AwsAccess,
  region: string,
  name: string,
  patience?: Patience,
): Promise<string | undefined> {
  const { GetParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
  const client = new SSMClient(clientSettings(access, region, patience));
  try {
    return (await client.send(new GetParameterCommand({ Name: name }))).Parameter?.Value;
  } catch (error) {
    if (nameOf(error) === "ParameterNotFound") {
      return undefined;
    }
    throw error;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

function refused(error: unknown, name: string, what: string, permission: string): CommandError {
  return new CommandError(
    `The parameter ${name} cannot be ${what}: ${messageOf(error)}`,
    `Allow the credentials ${permission} on it.`,
  );
}
