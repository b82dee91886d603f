import type { AwsAccess } from "./access";
import { clientSettings } from "./client";

/** Service-linked roles: those of the account in whose names AWS's services work. */
export interface LinkedRoles {
  /** Whether the account has it. */
  isThere(access: AwsAccess, region: string, name: string): Promise<boolean>;
  /** Makes the role of a service, such as `ecs.amazonaws.com`; says nothing where somebody was faster. */
  make(access: AwsAccess, region: string, service: string): Promise<void>;
}

/** IAM's answers. IAM is one for all regions; `region` only says by which it is reached. */
export const iamLinkedRoles: LinkedRoles = {
  async isThere(access, region, name) {
    const { GetRoleCommand, IAMClient, NoSuchEntityException } = await import("@aws-sdk/client-iam");
    try {
      await new IAMClient(clientSettings(access, region)).send(new GetRoleCommand({ RoleName: name }));
      return true;
    } catch (error) {
      if (error instanceof NoSuchEntityException) {
        return false;
      }
      throw error;
    }
  },

  async make(access, region, service) {
    const { CreateServiceLinkedRoleCommand, IAMClient, InvalidInputException } =
      await import("@aws-sdk/client-iam");
    try {
      await new IAMClient(clientSettings(access, region)).send(
        new CreateServiceLinkedRoleCommand({ AWSServiceName: service }),
      );
    } catch (error) {
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html names no code of its own for it.
      if (!(error instanceof InvalidInputException && error.message.includes("has been taken"))) {
        throw error;
      }
    }
  },
};
